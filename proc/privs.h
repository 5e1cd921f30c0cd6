/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/macro.h"

/* Who a child is to be, and what of our own rights is in force. The only file with libcap is
 * privs.c. A set of capabilities has bit n for capability n. */
#define PRIVS_GROUPS 64
#define PRIVS_ALL    UINT64_MAX

struct privs {
	bool change; /* false: stay as we are */
	uid_t uid;
	gid_t gid;
	gid_t groups[PRIVS_GROUPS];
	unsigned n_groups;
	bool no_new_privs;
	uint64_t denied;  /* what it may never have (not in its bounding set) */
	uint64_t ambient; /* what it has in force although it is not root */
	bool no_root;	  /* uid 0 shall give it nothing (SECBIT_NOROOT) */
};

/* Names or numbers; a NULL user leaves the uid, a NULL group takes the user's own. Names come from
 * our own bounded reader of /etc/passwd and /etc/group below root ("" in life; a static binary
 * cannot use nss). Supplementary groups as the group file has them. A number without an entry has
 * the group of the same number. `change` is false when that is who we are already. Nothing is
 * denied. */
int privs_find(const char *root, const char *user, const char *group, struct privs *ret,
	       struct err *err);

/* The name of a uid, for hsperfdata_NAME; -ENOENT when there is none. */
int privs_user_name(const char *root, uid_t uid, char *ret, size_t size);

/* In the child, raw system calls only (it shares its parent's memory): groups, gid, uid,
 * capabilities, no_new_privs. -errno where it cannot be that user; what cannot be given or taken of
 * capabilities is not. */
int privs_become(const struct privs *p);

/* What we may have and what we may pass on. */
struct privs_own {
	uint64_t permitted, bounding;
};
void privs_own(struct privs_own *ret);

/* Gives up, for good, all capabilities but caps, and for all that we start what is not in bound.
 * Ambient ones stay: they are meant for the JVM. Uid 0 gives up only what goes from the bounding
 * set too, so there caps has to hold bound. */
void privs_give_up_all_but(uint64_t caps, uint64_t bound);

/* For a process that executes nothing any more: these and nothing else. */
void privs_keep_only(uint64_t caps);

/* Of what we may have only these are in force from here on. */
void privs_in_force(uint64_t caps);

/* All that we may have is in force; for a scope, or in a child. Raw system calls. */
struct privs_scope {
	uint64_t before;
	bool raised;
};
struct privs_scope privs_raise(void);
void privs_lower(struct privs_scope *scope);
#define _cleanup_lower_ _cleanup_(privs_lower) __attribute__((unused)) /* clang */

/* Files are opened as this user from here on, until the same by NULL. For a process of one thread.
 * The kernel takes the file capabilities out of force by itself meanwhile. -errno: as before. */
int privs_files_as(const struct privs *who);

/* CAP_* by the roles that need them; see the table in jvisor(1). */
extern const uint64_t privs_of_supervisor; /* that starts a JVM of another user, and guards it */
extern const uint64_t privs_of_supervisor_in_force;
extern const uint64_t privs_of_hooks, privs_of_collector, privs_of_guard;
extern const uint64_t privs_to_change_user, privs_to_shrink, privs_for_limits;

/* For the sandboxed digest: no capabilities in any set, no_new_privs. -errno. */
int privs_drop_all(void);

/* The file has file capabilities; 1, 0, -errno. Which it gives to who executes it. */
int privs_file_caps(const char *path);
uint64_t privs_caps_of_file(const char *path);
