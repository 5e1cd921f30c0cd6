/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applying retention: what retain_decide says is removed or made thin.
 *
 * Several jvisors may prune one store at once, so what is gone already is no error.
 */
#include "incident/prune.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "incident/folder.h"
#include "incident/incident.h"
#include "incident/share.h"
#include "incident/store.h"
#include "incident/take.h"

struct retain_limits store_limits(const struct fact_nums *n)
{
	return (struct retain_limits){
		.max_total = fact_get(n, FACT_MAX_TOTAL, 0),
		.min_free = fact_get(n, FACT_MIN_FREE, 0),
		.keep_time = fact_get(n, FACT_KEEP_TIME, 0),
		.keep_count = fact_get(n, FACT_KEEP_COUNT, 0),
	};
}

static bool is_big(const struct js *artifact)
{
	const char *type = js_get_str(artifact, "type"), *status = js_get_str(artifact, "status");

	return type && status &&
	       (!strcmp(type, artifact_type_names[ARTIFACT_CORE]) ||
		!strcmp(type, artifact_type_names[ARTIFACT_HEAP_DUMP])) &&
	       (!strcmp(status, artifact_state_names[ARTIFACT_TAKEN]) ||
		!strcmp(status, artifact_state_names[ARTIFACT_COMPRESSED]));
}

static uint64_t big_bytes(const struct js *json)
{
	const struct js *artifacts = js_get(json, "artifacts");
	uint64_t sum = 0;

	for (size_t i = 0; i < js_len(artifacts); i++)
		if (is_big(js_at(artifacts, i)))
			sum += (uint64_t)js_get_int(js_at(artifacts, i), "bytes", 0);
	return sum;
}

/* Only a name of our own making, in the folder itself: the json is text. */
static bool is_plain_name(const char *name)
{
	return name && *name && !strchr(name, '/') && *name != '.';
}

/* The report is text that somebody wrote at the time: what is gone is said at its end. */
static int tell_in_report(int dir, const char *gone, const char *reason)
{
	_cleanup_close_ int fd =
		openat(dir, "report.txt", O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (fd < 0)
		return -errno;
	strbuf_printf(&text, "\nRemoved since, to save room (%s)\n%s", reason, gone);
	if (strbuf_error(&text))
		return strbuf_error(&text);
	return file_write_all(fd, text.buf, text.len);
}

static int thin(int store, const struct incident_entry *e, const char *reason, struct err *err)
{
	const struct js *artifacts = js_get(e->json, "artifacts");
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT, gone = STRBUF_INIT;
	_cleanup_close_ int dir = dir_open(store, e->id, err);
	int r;

	if (dir < 0)
		return dir;
	for (size_t i = 0; i < js_len(artifacts); i++) {
		struct js *a = js_at(artifacts, i);
		const char *name = js_get_str(a, "name");

		if (!is_big(a) || !is_plain_name(name))
			continue;
		if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
			return err_errno(err, errno, "cannot remove %s/%s", e->id, name);
		js_set_str(a, "status", artifact_state_names[ARTIFACT_REMOVED]);
		strbuf_printf(&gone, "  %s\n", name);
	}
	r = tell_in_report(dir, strbuf_str(&gone), reason);
	if (r < 0 && r != -ENOENT)
		return err_errno(err, -r, "cannot write the report of %s", e->id);
	r = js_format(e->json, false, &text);
	if (r < 0)
		return err_errno(err, -r, "cannot write %s", e->id);
	r = file_replace(dir, "incident.json", text.buf, text.len, 0600, err);
	if (!r)
		share_alike(dir, "report.txt", "incident.json");
	return r;
}

static int apply(int store, const struct incident_entry *e, const struct retain_choice *c,
		 struct err *err)
{
	int r = c->what == RETAIN_THIN ? thin(store, e, c->reason, err)
				       : store_remove(store, e->id, err);

	return r == -ENOENT || r == -EBUSY ? 0 : r;
}

static struct retain_item *make_items(int store, const struct incident_list *l)
{
	struct retain_item *items = calloc(l->n + 1, sizeof(*items));

	for (size_t i = 0; items && i < l->n; i++) {
		const struct incident_entry *e = &l->items[i];

		items[i] = (struct retain_item){
			.bytes = e->bytes,
			.ended = e->ended,
			.big_bytes = big_bytes(e->json),
			.pinned = e->pinned,
			/* it is complete before its collected hooks have ended: they read it */
			.in_progress = e->in_progress || folder_is_locked(store, e->id),
			.signature = e->signature,
			.instance = e->instance,
		};
	}
	return items;
}

int store_prune(int store, const struct retain_limits *limits, bool dry_run,
		void (*tell)(void *arg, const char *id, enum retain_what what, const char *reason,
			     uint64_t bytes),
		void *arg, struct err *err)
{
	_cleanup_(incident_list_done) struct incident_list list = { 0 };
	_cleanup_free_ struct retain_choice *choice = NULL;
	_cleanup_free_ struct retain_item *items = NULL;
	int r = store_list(store, &list, err), n = 0, first = 0;

	if (r < 0)
		return r;
	items = make_items(store, &list);
	choice = calloc(list.n + 1, sizeof(*choice));
	if (!items || !choice)
		return err_errno(err, ENOMEM, "cannot apply retention");
	retain_decide(items, list.n, limits, clock_real(), room_left(store, 0), choice);
	for (size_t i = 0; i < list.n; i++) {
		if (choice[i].what == RETAIN_KEEP)
			continue;
		r = dry_run ? 0 : apply(store, &list.items[i], &choice[i], err);
		if (r < 0) {
			first = first ? first : r;
			continue;
		}
		if (tell)
			tell(arg, list.items[i].id, choice[i].what, choice[i].reason,
			     choice[i].what == RETAIN_THIN ? items[i].big_bytes : items[i].bytes);
		n++;
	}
	return first ? first : n;
}
