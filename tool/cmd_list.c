/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl list. The newest stands last, next to the prompt, where the person looks.
 */
#include <string.h>
#include "base/log.h"
#include "incident/store.h"
#include "tool/cmd.h"
#include "tool/out.h"
#include "tool/table.h"

/* The id begins with the time and the kind, so a narrow terminal can do without them. */
static const struct table_column columns[] = {
	{ .title = "ID" },
	{ .title = "TIME (UTC)", .spare = true },
	{ .title = "KIND", .spare = true },
	{ .title = "STATUS" },
	{ .title = "SIZE", .right = true },
	{ .title = "VERDICT", .cut = true },
};

static enum table_colour status_colour(const char *status)
{
	static const struct {
		const char *status;
		enum table_colour colour;
	} colours[] = {
		{ "complete", TABLE_GREEN }, { "in progress", TABLE_DIM },
		{ "partial", TABLE_YELLOW }, { "failed", TABLE_RED },
		{ "damaged", TABLE_RED },
	};

	for (size_t i = 0; status && i < ARRAY_SIZE(colours); i++)
		if (!strcmp(status, colours[i].status))
			return colours[i].colour;
	return TABLE_PLAIN;
}

/* 2026-11-22T03:15:02.123Z as "2026-11-22 03:15:02". */
static void short_time(const char *iso, struct strbuf *out)
{
	const char *t = iso ? strchr(iso, 'T') : NULL;

	if (!t) {
		strbuf_puts(out, iso ? iso : "");
		return;
	}
	strbuf_printf(out, "%.*s %.8s", (int)(t - iso), iso, t + 1);
}

static void add_row(struct table *t, const struct incident_entry *e, bool terminal)
{
	_cleanup_strbuf_ struct strbuf time = STRBUF_INIT, size = STRBUF_INIT, status = STRBUF_INIT;

	if (terminal) {
		short_time(e->time, &time);
		strbuf_size(&size, e->bytes);
	} else {
		strbuf_puts(&time, e->time ? e->time : "");
		strbuf_printf(&size, "%llu", (unsigned long long)e->bytes);
	}
	strbuf_puts(&status, e->status ? e->status : "");
	if (e->pinned && terminal)
		strbuf_puts(&status, ", pinned");

	table_cell(t, e->id);
	table_cell(t, strbuf_str(&time));
	table_cell(t, e->kind);
	table_cell_colour(t, status_colour(e->status), strbuf_str(&status));
	table_cell(t, strbuf_str(&size));
	table_cell(t, e->json ? e->verdict : "its incident.json cannot be read");
}

static struct js *entry_js(const struct context *c, const struct incident_entry *e)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct js *o = js_object();

	strbuf_printf(&path, "%s/%s", c->store_path, e->id);
	js_set_str(o, "id", e->id);
	js_set_str(o, "time", e->time);
	js_set_str(o, "kind", e->kind);
	js_set_str(o, "status", e->status);
	js_set_str(o, "app", e->app);
	js_set_int(o, "bytes", (int64_t)e->bytes);
	js_set_bool(o, "pinned", e->pinned);
	js_set_str(o, "path", strbuf_str(&path));
	js_set_str(o, "verdict", e->verdict);
	return o;
}

static int print_json(const struct context *c, const struct incident_list *list)
{
	_cleanup_js_ struct js *all = js_array();

	for (size_t i = 0; i < list->n; i++)
		js_push(all, entry_js(c, &list->items[i]));
	return out_js(c, all);
}

static int print_table(const struct context *c, const struct incident_list *list)
{
	_cleanup_table_ struct table t = { .columns = columns, .n_columns = ARRAY_SIZE(columns) };
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (!list->n) {
		if (c->terminal)
			log_notice("there are no incidents in %s", c->store_path);
		return TOOL_OK;
	}
	for (size_t i = 0; i < list->n; i++)
		add_row(&t, &list->items[i], c->terminal);
	table_format(&t, context_style(c), &b);
	return out_write(&b);
}

int cmd_list(struct context *c, int argc, char *argv[])
{
	struct incident_list list = { 0 };
	struct err err = { 0 };
	struct tool_args args;
	int status;

	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	status = context_store(c, false);
	if (status != TOOL_OK || (c->store < 0 && !c->json))
		return status;
	if (c->store >= 0 && store_list(c->store, &list, &err) < 0) {
		log_error("the incidents in %s cannot be listed: %s", c->store_path, err.msg);
		return TOOL_FAILED;
	}
	status = c->json ? print_json(c, &list) : print_table(c, &list);
	incident_list_done(&list);
	return status;
}
