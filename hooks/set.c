/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hooks are and what running them takes, as one record.
 *
 * It is written once, before the JVM starts, and handed on unread until the hooks role decodes it:
 * hooks see the environment of the JVM as it was started, whatever happened since. An incident
 * keeps it in a file until its `collected` hooks have run, so it is decoded as somebody else's
 * text.
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/tlv.h"

const char *const hook_event_names[HOOK_EVENT_COUNT] = {
	[HOOK_START] = "start",	    [HOOK_STOP] = "stop",	[HOOK_OOM] = "oom",
	[HOOK_CRASH] = "crash",	    [HOOK_DEATH] = "death",	[HOOK_COLLECTED] = "collected",
	[HOOK_RESTART] = "restart", [HOOK_GIVE_UP] = "give-up",
};

const char *const hook_status_names[HOOK_STATUS_COUNT] = {
	[HOOK_OK] = "ok",
	[HOOK_FAILED] = "failed",
	[HOOK_TIMEOUT] = "timeout",
	[HOOK_NOT_RUN] = "not-run",
};

int hook_event_find(const char *name)
{
	for (int e = 0; name && e < HOOK_EVENT_COUNT; e++)
		if (!strcmp(hook_event_names[e], name))
			return e;
	return -1;
}

/* The JVM or its end waits for all but one: at `collected` it is only the digest that does. */
uint64_t hook_event_timeout(enum hook_event e)
{
	return (e == HOOK_COLLECTED ? 30 * 60 : 10) * NSEC_PER_SEC;
}

static void section_done(struct hook_section *h)
{
	struct strv *env = (struct strv *)h->env;

	free((char *)h->name);
	free((char *)h->run);
	free((char *)h->user);
	if (env)
		strv_done(env);
	free(env);
}

void hook_set_done(struct hook_set *s)
{
	for (size_t i = 0; i < s->n_sections; i++)
		section_done(&s->sections[i]);
	free(s->sections);
	free(s->dir);
	free(s->cwd);
	free(s->instance);
	strv_done(&s->env);
	*s = (struct hook_set){ 0 };
}

/* What is meant for the JVM's own start, or for one process alone. */
static bool is_inherited(const char *entry)
{
	static const char *const names[] = {
		"JAVA_TOOL_OPTIONS=", "JDK_JAVA_OPTIONS=", "_JAVA_OPTIONS=", "LD_PRELOAD=",
		"NOTIFY_SOCKET=",     "LISTEN_",	   "WATCHDOG_"
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(entry, names[i], strlen(names[i])))
			return false;
	return true;
}

int hook_env(char *const *jvm_env, struct strv *ret)
{
	struct strv env = STRV_INIT;

	for (; jvm_env && *jvm_env; jvm_env++)
		if (is_inherited(*jvm_env))
			strv_push(&env, *jvm_env);
	if (env.err) {
		int r = env.err;

		strv_done(&env);
		return r;
	}
	*ret = env;
	return 0;
}

/* Tags of the record, and of a section's record within it. */
enum {
	SET_DIR = 1,
	SET_UID,
	SET_GID,
	SET_CWD,
	SET_ENV,
	SET_SECTION,
	SET_INSTANCE,
	SET_STARTED,
	SET_DENIED,
	SET_NO_ROOT
};

enum {
	SECTION_NAME = 1,
	SECTION_RUN,
	SECTION_USER,
	SECTION_EVENT,
	SECTION_ORDER,
	SECTION_TIMEOUT,
	SECTION_SHELL,
	SECTION_STOP,
	SECTION_ENV
};

static void put_list(struct strbuf *out, uint16_t tag, const struct strv *list)
{
	for (size_t i = 0; list && i < list->n; i++)
		tlv_put_str(out, tag, list->v[i]);
}

static void put_section(struct strbuf *out, const struct hook_section *h)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	tlv_put_str(&b, SECTION_NAME, h->name);
	tlv_put_str(&b, SECTION_RUN, h->run);
	tlv_put_str(&b, SECTION_USER, h->user);
	tlv_put_u64(&b, SECTION_EVENT, (uint64_t)h->event);
	tlv_put_u64(&b, SECTION_ORDER, h->order);
	tlv_put_u64(&b, SECTION_TIMEOUT, h->timeout);
	tlv_put_u64(&b, SECTION_SHELL, h->shell);
	tlv_put_u64(&b, SECTION_STOP, h->stop_on_failure);
	put_list(&b, SECTION_ENV, h->env);
	if (strbuf_error(&b))
		out->err = strbuf_error(&b);
	tlv_put(out, SET_SECTION, strbuf_str(&b), b.len);
}

int hook_set_encode(const struct hook_set *s, struct strbuf *out)
{
	tlv_put_str(out, SET_DIR, s->dir);
	tlv_put_u64(out, SET_UID, s->uid);
	tlv_put_u64(out, SET_GID, s->gid);
	tlv_put_str(out, SET_CWD, s->cwd);
	tlv_put_str(out, SET_INSTANCE, s->instance);
	tlv_put_u64(out, SET_STARTED, s->started);
	tlv_put_u64(out, SET_DENIED, s->denied);
	tlv_put_u64(out, SET_NO_ROOT, s->no_root);
	put_list(out, SET_ENV, &s->env);
	for (size_t i = 0; i < s->n_sections; i++)
		put_section(out, &s->sections[i]);
	return strbuf_error(out);
}

/* Takes the place of what was there; a NUL within is no text of ours. */
static int take_str(const char **field, struct slice s)
{
	char *text;

	if (s.len && memchr(s.ptr, '\0', s.len))
		return -EBADMSG;
	text = strndup(s.len ? s.ptr : "", s.len);
	if (!text)
		return -ENOMEM;
	free((char *)*field);
	*field = text;
	return 0;
}

static int take_entry(struct strv *list, struct slice s)
{
	if (s.len && memchr(s.ptr, '\0', s.len))
		return -EBADMSG;
	strv_push_slice(list, s);
	return list->err;
}

static int take_section_item(struct hook_section *h, const struct tlv_item *item)
{
	uint64_t v = 0;

	switch (item->tag) {
	case SECTION_NAME:
		return take_str(&h->name, item->data);
	case SECTION_RUN:
		return take_str(&h->run, item->data);
	case SECTION_USER:
		return take_str(&h->user, item->data);
	case SECTION_ENV:
		return take_entry((struct strv *)h->env, item->data);
	case SECTION_EVENT:
	case SECTION_ORDER:
	case SECTION_TIMEOUT:
	case SECTION_SHELL:
	case SECTION_STOP:
		break;
	default:
		return 0;
	}
	if (tlv_u64(item, &v) < 0)
		return -EBADMSG;
	if (item->tag == SECTION_EVENT && v >= HOOK_EVENT_COUNT)
		return -EBADMSG;
	if (item->tag == SECTION_EVENT)
		h->event = (enum hook_event)v;
	else if (item->tag == SECTION_ORDER)
		h->order = (unsigned)v;
	else if (item->tag == SECTION_TIMEOUT)
		h->timeout = v;
	else if (item->tag == SECTION_SHELL)
		h->shell = v != 0;
	else
		h->stop_on_failure = v != 0;
	return 0;
}

static int take_section(struct hook_set *s, struct slice record)
{
	struct hook_section *grown = reallocarray(s->sections, s->n_sections + 1, sizeof(*grown));
	struct hook_section *h;
	struct tlv_item item;
	int r;

	if (!grown)
		return -ENOMEM;
	s->sections = grown;
	h = &grown[s->n_sections++];
	*h = (struct hook_section){ .env = calloc(1, sizeof(*h->env)) };
	if (!h->env)
		return -ENOMEM;
	while ((r = tlv_next(&record, &item)) > 0) {
		r = take_section_item(h, &item);
		if (r < 0)
			return r;
	}
	return r < 0 || !h->name || !h->run ? -EBADMSG : 0;
}

static int take_item(struct hook_set *s, const struct tlv_item *item)
{
	switch (item->tag) {
	case SET_DIR:
		return take_str((const char **)&s->dir, item->data);
	case SET_CWD:
		return take_str((const char **)&s->cwd, item->data);
	case SET_INSTANCE:
		return take_str((const char **)&s->instance, item->data);
	case SET_UID:
		return tlv_u64(item, &s->uid);
	case SET_GID:
		return tlv_u64(item, &s->gid);
	case SET_STARTED:
		return tlv_u64(item, &s->started);
	case SET_DENIED:
		return tlv_u64(item, &s->denied);
	case SET_NO_ROOT:
		return tlv_u64(item, &s->no_root);
	case SET_ENV:
		return take_entry(&s->env, item->data);
	case SET_SECTION:
		return take_section(s, item->data);
	default:
		return 0;
	}
}

int hook_set_decode(struct slice record, struct hook_set *ret)
{
	struct hook_set s = { 0 };
	struct tlv_item item;
	int r;

	while ((r = tlv_next(&record, &item)) > 0) {
		r = take_item(&s, &item);
		if (r < 0)
			break;
	}
	if (r < 0) {
		hook_set_done(&s);
		return r;
	}
	*ret = s;
	return 0;
}
