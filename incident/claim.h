/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/folder.h"
#include "incident/incident.h"

/* The first half of collecting: inc has the facts; its id is made, the files are taken, the folder
 * is published with status "in progress". hook_set_fd: kept for a successor, -1: none. On an error
 * nothing that was there is lost; err says where it is. */
int claim_new(int store, struct incident *inc, int hook_set_fd, struct folder *ret,
	      struct err *err);

/* The rest of a claim that folder_resume found unpublished. */
int claim_finish(struct folder *f, struct incident *inc, struct err *err);
