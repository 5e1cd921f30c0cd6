/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <sys/signalfd.h>
#include "base/err.h"

/* Watches a few folders for new files, by inotify; where that has run out (128 instances per uid on
 * the whole kernel is the default) by dnotify, which needs nothing but the folder's descriptor and
 * tells by a real-time signal, which the caller reads from its signalfd. Allocates nothing. */

#define DIRWATCH_MAX 2

enum dirwatch_way { DIRWATCH_NONE, DIRWATCH_INOTIFY, DIRWATCH_DNOTIFY };

struct dirwatch {
	int fd; /* the inotify instance, -1: none; to be polled by the caller, who reads it */
	struct dirwatch_dir {
		enum dirwatch_way way; /* DIRWATCH_NONE: not in use */
		int id;		       /* watch descriptor, or the open folder */
	} dirs[DIRWATCH_MAX];
};

void dirwatch_init(struct dirwatch *w);

/* One more folder: its number; -errno with a sentence that names both ways' reasons. */
int dirwatch_add(struct dirwatch *w, const char *path, struct err *err);

/* Forgets the folders; the inotify instance is kept for the next ones. */
void dirwatch_clear(struct dirwatch *w);

/* Calls created() for each file that has come into one of the folders. name NULL: not known, the
 * caller looks. Reads until there is nothing more. */
void dirwatch_read(struct dirwatch *w, void (*created)(void *arg, unsigned dir, const char *name),
		   void *arg);

/* A signal that tells of a new file (and is nobody else's); created() is called as above. */
bool dirwatch_signal(struct dirwatch *w, const struct signalfd_siginfo *si,
		     void (*created)(void *arg, unsigned dir, const char *name), void *arg);
