/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"

/* Who a child is to be. The only file with libcap is privs.c. */
#define PRIVS_GROUPS 64

struct privs {
	bool change; /* false: stay as we are */
	uid_t uid;
	gid_t gid;
	gid_t groups[PRIVS_GROUPS];
	unsigned n_groups;
	bool no_new_privs;
};

/* Names or numbers; a NULL user leaves the uid, a NULL group takes the user's own. Names come from
 * our own bounded reader of /etc/passwd and /etc/group below root ("" in life; a static binary
 * cannot use nss). Supplementary groups as the group file has them. A number without an entry has
 * the group of the same number. `change` is false when that is who we are already. */
int privs_find(const char *root, const char *user, const char *group, struct privs *ret,
	       struct err *err);

/* The name of a uid, for hsperfdata_NAME; -ENOENT when there is none. */
int privs_user_name(const char *root, uid_t uid, char *ret, size_t size);

/* In the child, raw system calls only (it shares its parent's memory): groups, gid, uid,
 * no_new_privs. -errno. */
int privs_become(const struct privs *p);

/* For the sandboxed digest: no capabilities in any set, no_new_privs. -errno. */
int privs_drop_all(void);

/* The file has file capabilities; 1, 0, -errno. */
int privs_file_caps(const char *path);
