/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct sup;

/* Where [notify] termination_log leads here; NULL: nowhere. */
const char *termlog_path(const char *setting);

/* The sentence, and the incident where it has a name. */
void termlog_write(struct sup *s, const char *sentence);

/* At an end without a verdict: nothing is left of an earlier one. */
void termlog_clear(struct sup *s);
