/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"
#include "base/strbuf.h"

/* JSON values over jansson, which is known only to json.c. A js is owned by its holder until it
 * is put into another one, which then owns it (also when that fails). NULL is accepted
 * everywhere: it stands for "no memory" and makes js_format return -ENOMEM. Order of keys is
 * kept. Text that is not UTF-8 gets U+FFFD for each bad byte. */
struct js;

struct js *js_object(void);
struct js *js_array(void);
struct js *js_str(const char *s); /* NULL: null */
struct js *js_slice(struct slice s);
struct js *js_int(int64_t v);
struct js *js_bool(bool v);
struct js *js_real(double v);
struct js *js_null(void);
void js_free(struct js *v);
void js_freep(struct js **v);
#define _cleanup_js_ _cleanup_(js_freep)

void js_set(struct js *object, const char *key, struct js *value); /* owns value */
void js_push(struct js *array, struct js *value);		   /* owns value */

/* The common cases; a NULL or empty text is left out of the object. */
void js_set_str(struct js *object, const char *key, const char *s);
void js_set_int(struct js *object, const char *key, int64_t v);
void js_set_bool(struct js *object, const char *key, bool v);

/* Indented by two, ending in a newline; compact: one line without one. */
int js_format(const struct js *v, bool compact, struct strbuf *out);

/* Reading. A text with trailing bytes, duplicate keys or over 64 levels is refused. */
int js_parse(struct slice text, struct js **ret, struct err *err);
struct js *js_get(const struct js *object, const char *key);	 /* borrowed; NULL: no such */
struct js *js_path(const struct js *object, const char *dotted); /* "memory.rss"; borrowed */
size_t js_len(const struct js *array);
struct js *js_at(const struct js *array, size_t i);		  /* borrowed */
const char *js_get_str(const struct js *object, const char *key); /* NULL: no such text */
int64_t js_get_int(const struct js *object, const char *key, int64_t otherwise);
bool js_get_bool(const struct js *object, const char *key, bool otherwise);
const char *js_text(const struct js *v); /* NULL when it is no string */
