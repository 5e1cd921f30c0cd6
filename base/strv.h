/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include "base/macro.h"
#include "base/slice.h"

/* An owned vector of strings, always NULL-terminated once something was pushed; the first
 * error sticks as in strbuf. */
struct strv {
	char **v;
	size_t n, cap;
	int err;
};

#define STRV_INIT ((struct strv){ 0 })

void strv_done(struct strv *s);
#define _cleanup_strv_ _cleanup_(strv_done)

void strv_push(struct strv *s, const char *text); /* copies */
void strv_push_slice(struct strv *s, struct slice text);
void strv_printf(struct strv *s, const char *fmt, ...) _printf_(2, 3);
void strv_vprintf(struct strv *s, const char *fmt, va_list ap) _printf_(2, 0);
void strv_take(struct strv *s, char *text); /* owns text from now on; NULL is -ENOMEM */
void strv_insert(struct strv *s, size_t at, const char *text);
void strv_remove(struct strv *s, size_t at);
bool strv_has(const struct strv *s, const char *text);

/* The vector for exec; never NULL. */
char *const *strv_argv(const struct strv *s);

/* An environment: NAME=VALUE entries. Our own is borrowed: it is read, never ended by strv_done. */
struct strv strv_environ(void);
const char *strv_env_get(const struct strv *env, const char *name);
void strv_env_set(struct strv *env, const char *name, const char *value); /* NULL: unset */
