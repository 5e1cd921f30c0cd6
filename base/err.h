/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/macro.h"

/* One error with the sentence a person will read. It lives on the caller's stack and never
 * allocates, so it can be set when memory is what ran out. */
struct err {
	int code; /* positive errno, 0: none */
	char msg[256];
};

/* Sets code and message, returns -code, so that "return err_set(err, errno, ...)" reads well.
 * err may be NULL. An over-long message is cut at a whole UTF-8 character. */
int err_set(struct err *err, int code, const char *fmt, ...) _printf_(3, 4);

/* As err_set, and appends ": " and the text of the errno. */
int err_errno(struct err *err, int code, const char *fmt, ...) _printf_(3, 4);

/* Puts "context: " in front of the message; returns -err->code (-EINVAL without an err). */
int err_wrap(struct err *err, const char *fmt, ...) _printf_(2, 3);
