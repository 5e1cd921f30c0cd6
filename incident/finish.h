/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/incident.h"

/* What predecessors left in .run: lives whose end nobody saw, claims and digests that nobody is at.
 */

enum finish_what {
	FINISH_INCIDENT, /* name is the id: folder_resume takes it up */
	FINISH_LIFE,	 /* name is the run folder's */
};

/* Calls each() for what might have to be finished (whether it must, its lock says), after removing
 * what is certainly nobody's: half-removed incidents, empty old run folders. */
int finish_each(int store, void (*each)(void *arg, enum finish_what what, const char *name),
		void *arg);

enum {
	X_FINISH_ALIVE = 1, /* its supervisor lives, or the JVM itself still does */
	X_FINISH_NOTHING,   /* no life in this folder, or another finisher was faster */
};

/* The life of run folder `name` as an incident to be claimed, its kind decided. *ret_lock: held
 * until the claim is made. */
int finish_life(int store, const char *name, struct incident *inc, int *ret_lock, struct err *err);
