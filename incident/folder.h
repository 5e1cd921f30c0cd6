/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/incident.h"
#include "proc/privs.h"

/* The places of one incident in a store. While it is being collected:
 *
 *   .run/ID.facts   the record, flock'ed by whoever is at it; the first to come and the last to go,
 *                   so that a collector that was killed at any moment can be followed by another
 *   .run/ID.hooks   the hook set, for the same successor
 *   .run/ID.run     the JVM's run folder, renamed: who has renamed it files it, nobody else
 *   .run/ID.new     the folder before it is published
 *   ID              the folder after
 */
struct folder {
	int store, run; /* the store (borrowed) and its .run */
	int lock;	/* ID.facts */
	int dir;	/* ID.new or ID */
	bool published;
};

#define FOLDER_INIT                                           \
	{                                                     \
		.store = -1, .run = -1, .lock = -1, .dir = -1 \
	}

/* A name of the list above. */
struct folder_name {
	char text[INCIDENT_ID_MAX + 8];
};
struct folder_name folder_name(const char *id, const char *suffix);

void folder_close(struct folder *f);
#define _cleanup_folder_ _cleanup_(folder_close)

int folder_open_run(int store, struct err *err); /* the descriptor of .run */

/* Makes an id that was never used (into inc), ID.facts with the record, locked, and ID.new. */
int folder_reserve(int store, struct incident *inc, struct folder *ret, struct err *err);

/* Takes up what another collector left: ID.facts is locked and read into inc. */
enum {
	X_FOLDER_BUSY = 1, /* somebody is at it */
	X_FOLDER_GONE,	   /* nothing is there to be taken up */
};
int folder_resume(int store, const char *id, struct incident *inc, struct folder *ret,
		  struct err *err);

/* Makes .run/NAME ours: the descriptor of the renamed folder; -ENOENT: there is none (any more). */
int folder_adopt_run(const struct folder *f, const struct incident *inc, const char *run_name,
		     const struct privs *who, struct err *err);

int folder_publish(struct folder *f, const struct incident *inc, struct err *err);

/* The end: ID.facts and ID.hooks go. */
void folder_finish(struct folder *f, const struct incident *inc);

/* A folder below `in`, made 0700 when it is missing. */
int folder_sub(int in, const char *name, struct err *err);

/* Is the id's collector alive? */
bool folder_is_locked(int store, const char *id);
