/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/json.h"

/* The store as readers see it: folders ID/ with an incident.json. A folder that is no incident is
 * passed over, a broken incident.json is an entry with status "damaged". */

struct incident_entry {
	char *id;
	char *time;		       /* ISO, of the end */
	char *kind, *status, *verdict; /* as in incident.json; "damaged" status: from the id */
	char *app;
	char *signature; /* equal for equal deaths: kind, oom kind, app, frame */
	char *instance;
	uint64_t bytes; /* disk blocks of the folder */
	uint64_t ended; /* ns since the epoch, of the id if the json does not say */
	bool pinned, in_progress;
	struct js *json; /* the whole incident.json, or NULL */
};

struct incident_list {
	struct incident_entry *items; /* oldest first */
	size_t n;
};

void incident_list_done(struct incident_list *l);
int store_list(int store, struct incident_list *ret, struct err *err);

/* An id, or a prefix or suffix of one that is unique, "last" for the newest. -ENOENT, -ENOTUNIQ
 * with a sentence. */
int store_find(int store, const char *what, char **ret_id, struct err *err);

int store_remove(int store, const char *id, struct err *err); /* -EBUSY: in progress */
int store_pin(int store, const char *id, bool pin, struct err *err);

/* The incident as one ustar archive (pax headers where sizes need them) on fd, its files below ID/.
 * Links are not followed. */
int store_export(int store, const char *id, int fd, struct err *err);

/* Is id of the form that jvisor makes? Guards every path made from user input. */
bool store_id_valid(const char *id);
