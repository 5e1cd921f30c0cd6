/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/err.h"
#include "base/strv.h"
#include "policy/policy.h"

/* Where incidents go, by the contract: [collect] dir; else $STATE_DIRECTORY, /var/lib/jvisor/UID,
 * $XDG_STATE_HOME/jvisor (also ~/.local/state/jvisor), $TMPDIR/jvisor-UID: the first that is there
 * and ours or, with make, can be made. A foreign-owned folder or a link in its place is refused. */

struct store_dir {
	char *path;	/* absolute */
	int fd;		/* O_DIRECTORY, close it; -1: does not exist (make false) */
	bool volatile_; /* on tmpfs or ramfs: gone with the machine */
	bool named;	/* by the policy */
};

void store_dir_done(struct store_dir *d);

/* -ENOENT etc. with a sentence when there is none: jvisor then runs without collecting. With make,
 * DIR and DIR/.run are made 0711. */
int store_dir_find(const struct policy *p, const struct strv *env, bool make, struct store_dir *ret,
		   struct err *err);
