/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <sys/stat.h>
#include "incident/incident.h"
#include "proc/privs.h"

/* Taking one file into the incident's folder, without looking into it. */

enum take_mode {
	TAKE_MOVE, /* it is ours: renamed where it can be, else copied and removed */
	TAKE_LINK, /* a place the user chose, and nobody will write to it: linked, else copied */
	TAKE_COPY, /* a place the user chose, or others may still write to it */
};

/* What the incident may still grow by. */
struct room {
	uint64_t max_incident; /* bytes, 0: no limit */
	uint64_t min_free;     /* bytes that stay free on the file system */
	uint64_t used;	       /* copied so far */
};

struct take {
	int dirfd; /* of the source's folder */
	const char *name;
	const char *path;	 /* the source as a person names it */
	uid_t uid;		 /* who must own it; (uid_t)-1: any */
	const struct privs *who; /* it is opened as this user, so that no link on the way leads to
				  * what he may not read; NULL: as we are */
	uint64_t since;		 /* ns since the epoch: older is from another life; 0: any age */
	enum take_mode mode;
	enum artifact_type type;
	const char *as; /* its name in the incident */
};

enum {
	X_TAKE_NOTHING = 1, /* there is no such file, or it is from another life */
	X_TAKE_REFERENCED,  /* no room for a copy: only its path is noted; err says why */
};

/* dir: the incident's folder. The artifact is added to inc (also when referenced). */
int take_file(struct incident *inc, struct room *room, int dir, const struct take *t,
	      struct err *err);

/* The same without a row in artifacts[]; *ret is what the file was. */
int take_plain(struct room *room, int dir, const struct take *t, struct stat *ret, struct err *err);

/* As take_file for a path: its folder is opened, links on the way followed, one as the last part
 * not. */
int take_path(struct incident *inc, struct room *room, int dir, struct take t, struct err *err);

/* Whether a file was written in the life that began at `since`. */
bool take_is_fresh(const struct stat *st, uint64_t since);

/* Bytes that may still be written to the file system of fd. */
uint64_t room_left(int fd, uint64_t min_free);
