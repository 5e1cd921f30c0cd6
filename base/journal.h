/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include "base/log.h"
#include "base/slice.h"

/* systemd's journal by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram of
 * NAME=value lines. No library, no allocation, and it does not wait. */

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

int journal_open(const char *path); /* the descriptor, -errno */

/* Texts are cut where they do not fit, line ends in them become blanks, and secrets in
 * them are hidden (base/mask.h). -EAGAIN: the journal's
 * queue is full. */
int journal_send(int fd, const char *identifier, enum log_level level, struct slice message,
		 const struct log_field *fields, size_t n_fields, const struct strv *secrets);
