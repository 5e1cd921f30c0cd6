/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owned vectors of strings: argument lists and environments.
 *
 * cap counts the terminating NULL. An environment may hold a name twice (execve does not care);
 * the first one counts, as in getenv, and setting leaves one.
 */
#include "base/strv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void strv_done(struct strv *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = STRV_INIT;
}

static bool reserve(struct strv *s)
{
	size_t cap = s->cap ? s->cap * 2 : 16;
	char **v;

	if (s->err)
		return false;
	if (s->n + 2 <= s->cap)
		return true;
	v = reallocarray(s->v, cap, sizeof(*v));
	if (!v) {
		s->err = -ENOMEM;
		return false;
	}
	s->v = v;
	s->cap = cap;
	return true;
}

static void take_at(struct strv *s, size_t at, char *text)
{
	if (!text && !s->err)
		s->err = -ENOMEM;
	if (!reserve(s)) {
		free(text);
		return;
	}
	if (at > s->n)
		at = s->n;
	memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof(*s->v));
	s->v[at] = text;
	s->v[++s->n] = NULL;
}

void strv_take(struct strv *s, char *text)
{
	take_at(s, s->n, text);
}

void strv_push(struct strv *s, const char *text)
{
	strv_take(s, strdup(text));
}

void strv_push_slice(struct strv *s, struct slice text)
{
	strv_take(s, strndup(text.len ? text.ptr : "", text.len));
}

void strv_printf(struct strv *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strv_vprintf(s, fmt, ap);
	va_end(ap);
}

void strv_vprintf(struct strv *s, const char *fmt, va_list ap)
{
	char *text;

	strv_take(s, vasprintf(&text, fmt, ap) < 0 ? NULL : text);
}

void strv_insert(struct strv *s, size_t at, const char *text)
{
	take_at(s, at, strdup(text));
}

void strv_remove(struct strv *s, size_t at)
{
	if (at >= s->n)
		return;
	free(s->v[at]);
	memmove(s->v + at, s->v + at + 1, (s->n - at) * sizeof(*s->v)); /* the NULL too */
	s->n--;
}

bool strv_has(const struct strv *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->v[i], text))
			return true;
	return false;
}

char *const *strv_argv(const struct strv *s)
{
	static char *const none[] = { NULL };

	return s->n ? s->v : none;
}

struct strv strv_environ(void)
{
	struct strv env = { .v = environ };

	while (environ && environ[env.n])
		env.n++;
	return env;
}

static const char *value_of(const char *entry, const char *name, size_t len)
{
	return !strncmp(entry, name, len) && entry[len] == '=' ? entry + len + 1 : NULL;
}

const char *strv_env_get(const struct strv *env, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < env->n; i++) {
		const char *value = value_of(env->v[i], name, len);

		if (value)
			return value;
	}
	return NULL;
}

void strv_env_set(struct strv *env, const char *name, const char *value)
{
	size_t len = strlen(name), at = env->n;
	char *entry = NULL;

	/* Made before the old one goes: value may point into it. */
	if (value && asprintf(&entry, "%s=%s", name, value) < 0)
		entry = NULL;
	for (size_t i = env->n; i-- > 0;) {
		if (value_of(env->v[i], name, len)) {
			strv_remove(env, i);
			at = i;
		}
	}
	if (value)
		take_at(env, at < env->n ? at : env->n, entry);
}
