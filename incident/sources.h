/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/folder.h"
#include "incident/incident.h"
#include "incident/take.h"

/* Finds what a life has left, in its run folder and elsewhere, and takes it. */
struct sources {
	struct incident *inc;
	const struct folder *folder;
	struct room room;
	uid_t uid;		 /* of the JVM */
	const struct privs *who; /* its user, NULL: who we are */
	uint64_t started;
	int run;	  /* ID.run, -1: there is none */
	bool left_behind; /* something in the run folder could not be taken: it must stay */
};

/* The JVM's user, with whose rights its files are opened; NULL where that is who we are. */
const struct privs *sources_user(const struct facts *f, struct privs *buf);

/* Every failure costs that file and is a row of steps[]. */
void sources_take(struct sources *s);

/* Where an hs_err log or a heap dump of this life may be outside its run folder, the likeliest
 * first; a place the user chose himself is marked. each() is as in glob_files. */
struct source_place {
	const char *path;
	bool users;
};

int sources_hs_err(const struct facts *f, int (*each)(void *arg, struct source_place p), void *arg);
int sources_dump(const struct facts *f, int (*each)(void *arg, struct source_place p), void *arg);

/* What a file in the run folder is. */
enum artifact_type source_type(const char *name);
