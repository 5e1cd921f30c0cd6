/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/macro.h"
#include "base/strv.h"

/* The only writer of messages. launcher/, tool/ and incident/collect.c call it; everybody else
 * returns an err. One line per message, "jvisor: warning: ..." on stderr, or where log_open
 * says; formatted in a stack buffer, one write(2), no allocation; errno is kept. Control
 * characters of what is printed are replaced, so a file name cannot drive a terminal, and secrets
 * are hidden (base/mask.h). */

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* name: the word in front ("jvisor", "jvisorctl"); it must stay valid. fd -1: stderr. */
void log_open(const char *name, enum log_level max, int fd);

/* More names whose values are hidden in messages, borrowed; NULL: none but the usual ones. */
void log_hide(const struct strv *names);

/* From now on to the journal. 0, or -errno: it cannot be reached, and all goes on as before. */
int log_open_journal(const char *socket);

void log_at(enum log_level level, const char *fmt, ...) _printf_(2, 3);

/* What the journal keeps beside a message; elsewhere it is not shown. */
struct log_field {
	const char *name;
	const char *value; /* NULL: left out */
};

void log_event(enum log_level level, const struct log_field *fields, size_t n_fields,
	       const char *fmt, ...) _printf_(4, 5);

#define log_error(...)	 log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)	 log_at(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)	 log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)
