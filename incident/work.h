/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/strbuf.h"
#include "incident/job.h"

/* The inside of a job, and the record by which it answers. These are the functions that see hostile
 * bytes: they run in the sandbox, open nothing and return. */

/* 0, or a negative errno that the record carries too. */
int work_do(const struct job *job, struct strbuf *record);

/* Trusts nothing: -EBADMSG. A positive value is the errno the job itself ended with. */
int work_read(struct slice record, struct job_result *ret);

#define WORK_RECORD_MAX (256 * 1024)

/* Of an hs_err log, what is looked at. */
int work_read_log(int fd, struct strbuf *ret);

/* The HSERR_* facts of an hs_err log's text; false when it is none. */
bool work_hs_err(struct slice text, struct facts *ret);
