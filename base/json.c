/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON over jansson; no other file knows it. A struct js is jansson's json_t under another name.
 *
 * A value that was lost for lack of memory cannot be marked in the tree (that would need memory
 * too), so the loss is remembered for the whole process and every later js_format refuses: a
 * document that looks whole but is not would be worse than none. Our processes that write JSON are
 * short-lived and have one thread.
 */
#include "base/json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include "base/utf8.h"

enum { DEPTH_MAX = 64 };

static bool lost;

static json_t *in(const struct js *v)
{
	return (json_t *)(void *)(uintptr_t)v;
}

static struct js *out(json_t *v)
{
	return (struct js *)v;
}

static struct js *made(json_t *v)
{
	if (!v)
		lost = true;
	return out(v);
}

struct js *js_object(void)
{
	return made(json_object());
}

struct js *js_array(void)
{
	return made(json_array());
}

struct js *js_str(const char *s)
{
	return s ? js_slice(slice_of(s)) : js_null();
}

/* NUL counts as a bad byte: our own reader, as most, refuses \u0000. */
static void clean(struct slice s, struct strbuf *b)
{
	while (s.len) {
		size_t n = *s.ptr ? utf8_char(s) : 0;

		if (n)
			strbuf_add(b, s.ptr, n);
		else
			strbuf_puts(b, "\xef\xbf\xbd");
		s = slice_skip(s, n ? n : 1);
	}
}

struct js *js_slice(struct slice s)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	clean(s, &b);
	return made(b.err ? NULL : json_stringn_nocheck(strbuf_str(&b), b.len));
}

struct js *js_int(int64_t v)
{
	return made(json_integer(v));
}

struct js *js_bool(bool v)
{
	return made(json_boolean(v));
}

struct js *js_real(double v)
{
	return isfinite(v) ? made(json_real(v)) : js_null(); /* JSON has no NaN */
}

struct js *js_null(void)
{
	return made(json_null());
}

void js_free(struct js *v)
{
	json_decref(in(v));
}

void js_freep(struct js **v)
{
	js_free(*v);
}

void js_set(struct js *object, const char *key, struct js *value)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	clean(slice_of(key), &b);
	if (b.err)
		js_free(value);
	/* Frees the value itself when it fails. */
	if (b.err || json_object_set_new_nocheck(in(object), strbuf_str(&b), in(value)))
		lost = true;
}

void js_push(struct js *array, struct js *value)
{
	if (json_array_append_new(in(array), in(value)))
		lost = true;
}

void js_set_str(struct js *object, const char *key, const char *s)
{
	if (s && *s)
		js_set(object, key, js_str(s));
}

void js_set_int(struct js *object, const char *key, int64_t v)
{
	js_set(object, key, js_int(v));
}

void js_set_bool(struct js *object, const char *key, bool v)
{
	js_set(object, key, js_bool(v));
}

static int append(const char *data, size_t len, void *b)
{
	strbuf_add(b, data, len);
	return strbuf_error(b) ? -1 : 0;
}

int js_format(const struct js *v, bool compact, struct strbuf *ret)
{
	/* 15 digits print 0.1 as 0.1; 17, the default, as 0.10000000000000001. */
	size_t flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(15) |
		       (compact ? JSON_COMPACT : JSON_INDENT(2));

	if (!v || lost)
		return -ENOMEM;
	if (json_dump_callback(in(v), append, ret, flags))
		return ret->err ? ret->err : -ENOMEM;
	if (!compact)
		strbuf_putc(ret, '\n');
	return ret->err;
}

/* jansson recurses up to 2048 levels; a hostile text is refused before it gets there. */
static bool too_deep(struct slice text)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']'))
			depth--;
		if (depth > DEPTH_MAX)
			return true;
	}
	return false;
}

int js_parse(struct slice text, struct js **ret, struct err *err)
{
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	json_error_t why;
	json_t *v;

	if (too_deep(text))
		return err_set(err, EBADMSG, "JSON: nested deeper than %d levels", DEPTH_MAX);
	v = json_loadb(text.len ? text.ptr : "", text.len, flags, &why);
	if (!v && json_error_code(&why) == json_error_out_of_memory)
		return err_errno(err, ENOMEM, "JSON");
	if (!v)
		return err_set(err, EBADMSG, "JSON, line %d, column %d: %s", why.line, why.column,
			       why.text);
	*ret = out(v);
	return 0;
}

struct js *js_get(const struct js *object, const char *key)
{
	return out(json_object_get(in(object), key));
}

struct js *js_path(const struct js *object, const char *dotted)
{
	struct slice rest = slice_of(dotted), part;
	json_t *v = in(object);

	while (v && slice_next(&rest, '.', &part))
		v = json_object_getn(v, part.ptr, part.len);
	return out(v);
}

size_t js_len(const struct js *array)
{
	return json_array_size(in(array));
}

struct js *js_at(const struct js *array, size_t i)
{
	return out(json_array_get(in(array), i));
}

const char *js_text(const struct js *v)
{
	return json_string_value(in(v));
}

const char *js_get_str(const struct js *object, const char *key)
{
	return js_text(js_get(object, key));
}

int64_t js_get_int(const struct js *object, const char *key, int64_t otherwise)
{
	const json_t *v = in(js_get(object, key));

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool js_get_bool(const struct js *object, const char *key, bool otherwise)
{
	const json_t *v = in(js_get(object, key));

	return json_is_boolean(v) ? json_is_true(v) : otherwise;
}
