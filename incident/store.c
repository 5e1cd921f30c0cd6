/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store as a reader sees it. Every name that comes from outside goes through store_id_valid,
 * and an incident.json is somebody's text: what it lacks is taken from the id.
 *
 * An incident is removed by a rename out of sight first, so that nobody meets half of one.
 */
#include "incident/store.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "incident/folder.h"
#include "incident/incident.h"

static const char pin_name[] = "pinned";

static void entry_done(struct incident_entry *e)
{
	free(e->id);
	free(e->time);
	free(e->kind);
	free(e->status);
	free(e->verdict);
	free(e->app);
	free(e->signature);
	free(e->instance);
	js_free(e->json);
}

void incident_list_done(struct incident_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		entry_done(&l->items[i]);
	free(l->items);
	*l = (struct incident_list){ 0 };
}

/* The stamp that an id begins with, as ns since the epoch. */
static uint64_t id_time(const char *id)
{
	return clock_of_stamp(id);
}

static char *id_kind(const char *id)
{
	const char *kind = id + CLOCK_STAMP_LEN; /* its NUL stands for the dash */
	size_t len = strcspn(kind, "0123456789");

	return strndup(kind, len ? len - 1 : 0);
}

/* Deaths are equal when all but the numbers in their frame is: addresses and compile ids are of one
 * run. */
static void put_signature(struct strbuf *b, const char *text)
{
	strbuf_putc(b, '|');
	while (text && *text) {
		if (isdigit((unsigned char)*text)) {
			strbuf_putc(b, '0');
			while (isxdigit((unsigned char)*text) || *text == 'x')
				text++;
		} else {
			strbuf_putc(b, *text++);
		}
	}
}

static char *make_signature(const struct js *json, const char *kind)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	strbuf_puts(&b, kind);
	put_signature(&b, js_text(js_path(json, "oom.kind")));
	put_signature(&b, js_get_str(json, "app"));
	put_signature(&b, js_text(js_path(json, "crash.problematic_frame")));
	return strbuf_steal(&b);
}

static char *dup_text(const char *text, const char *otherwise)
{
	return strdup(text ? text : otherwise);
}

/* The instance is the program's place, not the process: a restart gives a new process. */
static char *make_instance(const struct js *json)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	const char *const parts[] = {
		js_get_str(json, "host"),
		js_get_str(json, "app"),
		js_text(js_path(json, "instance.cwd")),
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		strbuf_puts(&b, parts[i] ? parts[i] : "");
		strbuf_putc(&b, '|');
	}
	return strbuf_steal(&b);
}

/* "2026-11-22T03:15:02.500Z", as clock_iso writes it: deaths of one second have an order too. */
static uint64_t iso_time(const char *iso, uint64_t otherwise)
{
	uint64_t t = iso ? clock_of_iso(iso) : 0;

	return t ? t : otherwise;
}

static int fill_entry(struct incident_entry *e, int dir)
{
	char iso[CLOCK_ISO_LEN];
	const char *kind;
	struct stat st;

	e->ended = id_time(e->id);
	e->ended = iso_time(js_text(js_path(e->json, "times.ended")), e->ended);
	clock_iso(e->ended, iso);
	e->time = strdup(iso);
	kind = js_get_str(e->json, "kind");
	e->kind = kind ? strdup(kind) : id_kind(e->id);
	e->status = dup_text(js_get_str(e->json, "status"), "damaged");
	e->verdict = dup_text(js_get_str(e->json, "verdict"), "");
	e->app = dup_text(js_get_str(e->json, "app"), "");
	e->instance = make_instance(e->json);
	if (!e->time || !e->kind || !e->status || !e->verdict || !e->app || !e->instance)
		return -ENOMEM;
	e->signature = make_signature(e->json, e->kind);
	if (!e->signature)
		return -ENOMEM;
	e->in_progress = !strcmp(e->status, incident_status_names[INCIDENT_IN_PROGRESS]);
	e->pinned = !fstatat(dir, pin_name, &st, AT_SYMLINK_NOFOLLOW);
	return 0;
}

static int read_json(int dir, struct js **ret)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	int r = file_read_source(dir, "incident.json", (uid_t)-1, INCIDENT_TEXT_MAX, &text, NULL);

	return r < 0 ? r : js_parse((struct slice){ strbuf_str(&text), text.len }, ret, NULL);
}

/* With what could not be taken into the folder and lies beside it. */
static uint64_t usage(int store, const char *id)
{
	char left[sizeof(".run/") + sizeof(struct folder_name)];
	uint64_t bytes = 0, beside = 0;

	snprintf(left, sizeof(left), ".run/%s", folder_name(id, ".run").text);
	dir_usage(store, id, &bytes);
	dir_usage(store, left, &beside);
	return bytes + beside;
}

/* 1: it is one, 0: it is none. */
static int read_entry(int store, const char *name, struct incident_entry *ret)
{
	_cleanup_close_ int dir = -1;
	struct incident_entry e = { 0 };
	int r;

	if (!store_id_valid(name))
		return 0;
	dir = dir_open(store, name, NULL);
	if (dir < 0)
		return 0;
	e.id = strdup(name);
	if (!e.id)
		return -ENOMEM;
	e.bytes = usage(store, name);
	r = read_json(dir, &e.json);
	if (r != -ENOMEM)
		r = fill_entry(&e, dir);
	if (r < 0) {
		entry_done(&e);
		return r;
	}
	*ret = e;
	return 1;
}

static int by_end(const void *a, const void *b)
{
	const struct incident_entry *x = a, *y = b;

	return x->ended != y->ended ? (x->ended > y->ended) - (x->ended < y->ended)
				    : strcmp(x->id, y->id);
}

static int read_names(int store, struct dirent ***ret, struct err *err)
{
	int n = scandirat(store, ".", ret, NULL, alphasort);

	return n < 0 ? err_errno(err, errno, "cannot read the incident store") : n;
}

int store_list(int store, struct incident_list *ret, struct err *err)
{
	struct incident_list l = { 0 };
	struct dirent **names;
	int n = read_names(store, &names, err), r = 0;

	if (n < 0)
		return n;
	l.items = calloc((size_t)n + 1, sizeof(*l.items));
	if (!l.items)
		r = -ENOMEM;
	for (int i = 0; i < n; i++) {
		if (r >= 0)
			r = read_entry(store, names[i]->d_name, &l.items[l.n]);
		l.n += r > 0;
		free(names[i]);
	}
	free(names);
	if (r < 0) {
		incident_list_done(&l);
		return err_errno(err, -r, "cannot read the incident store");
	}
	qsort(l.items, l.n, sizeof(*l.items), by_end);
	*ret = l;
	return 0;
}

static int find_last(int store, char **ret_id, struct err *err)
{
	_cleanup_(incident_list_done) struct incident_list l = { 0 };
	int r = store_list(store, &l, err);

	if (r < 0)
		return r;
	if (!l.n)
		return err_set(err, ENOENT, "there is no incident");
	*ret_id = steal_ptr(l.items[l.n - 1].id);
	return 0;
}

static bool fits(const char *id, const char *what)
{
	struct slice s = slice_of(id);

	return slice_starts(s, what) || slice_ends(s, what);
}

int store_find(int store, const char *what, char **ret_id, struct err *err)
{
	_cleanup_free_ char *found = NULL;
	struct dirent **names;
	unsigned count = 0;
	int n;

	if (!strcmp(what, "last"))
		return find_last(store, ret_id, err);
	n = read_names(store, &names, err);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		const char *id = names[i]->d_name;

		if (store_id_valid(id) && *what && fits(id, what)) {
			free(found);
			found = strdup(id);
			count++;
		}
		free(names[i]);
	}
	free(names);
	if (!count)
		return err_set(err, ENOENT, "there is no incident %s", what);
	if (count > 1)
		return err_set(err, ENOTUNIQ, "%s may be one of %u incidents", what, count);
	if (!found)
		return err_errno(err, ENOMEM, "cannot look for %s", what);
	*ret_id = steal_ptr(found);
	return 0;
}

static int check_id(const char *id, struct err *err)
{
	return store_id_valid(id) ? 0 : err_set(err, EINVAL, "\"%s\" is not an incident's id", id);
}

/* With its collector dead an incident in progress may go; what the collector kept, and what it
 * could not take, goes too. */
static void remove_leavings(int run, const char *id)
{
	static const char *const suffixes[] = { ".facts", ".hooks", ".new", ".run" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		dir_remove(run, folder_name(id, suffixes[i]).text);
}

int store_remove(int store, const char *id, struct err *err)
{
	struct folder_name gone = folder_name(id, ".gone");
	_cleanup_close_ int run = -1;
	int r = check_id(id, err);

	if (r < 0)
		return r;
	if (folder_is_locked(store, id))
		return err_set(err, EBUSY, "%s is being collected", id);
	run = folder_open_run(store, err);
	if (run < 0 && run != -ENOENT)
		return run;
	if (run >= 0 && !renameat(store, id, run, gone.text)) {
		remove_leavings(run, id);
		r = dir_remove(run, gone.text);
	} else if (run >= 0 && errno == ENOENT) {
		return err_set(err, ENOENT, "there is no incident %s", id);
	} else {
		r = dir_remove(store, id); /* a store that was copied, without its .run */
	}
	return r < 0 ? err_errno(err, -r, "cannot remove %s", id) : 0;
}

int store_pin(int store, const char *id, bool pin, struct err *err)
{
	_cleanup_close_ int dir = -1, fd = -1;
	int r = check_id(id, err);

	if (r < 0)
		return r;
	dir = dir_open(store, id, NULL);
	if (dir < 0)
		return err_errno(err, -dir, "cannot open %s", id);
	if (!pin)
		return unlinkat(dir, pin_name, 0) < 0 && errno != ENOENT
			       ? err_errno(err, errno, "cannot unpin %s", id)
			       : 0;
	fd = openat(dir, pin_name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? err_errno(err, errno, "cannot pin %s", id) : 0;
}
