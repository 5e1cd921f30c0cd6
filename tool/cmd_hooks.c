/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl hooks: which hooks would run, in order, and why one would not; --run tries them.
 *
 * The list is that of a start from this shell: another user's environment and rights may give
 * another one.
 */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/mask.h"
#include "base/parse.h"
#include "tool/cmd.h"
#include "tool/hookset.h"
#include "tool/out.h"
#include "tool/trial.h"

static const struct table_column columns[] = {
	{ .title = "EVENT" },
	{ .title = "ORDER", .right = true },
	{ .title = "NAME" },
	{ .title = "DEADLINE", .right = true },
	{ .title = "COMMAND", .spare = true },
	{ .title = "STATE", .cut = true },
};

struct listing {
	const struct context *c;
	struct table table;
	struct js *all;
	struct diags notes;
	const struct strv *secrets;
};

/* The command, without the secrets that a policy may hold. */
static void put_command(const struct listing *l, const struct hook *h, struct strbuf *out)
{
	mask_text(l->secrets, slice_of(h->section ? h->section->run : h->path), out);
}

static uint64_t deadline_of(const struct hook *h, enum hook_event e)
{
	return h->timeout ? h->timeout : hook_event_timeout(e);
}

static unsigned long long deadline_ms(const struct hook *h, enum hook_event e)
{
	return deadline_of(h, e) / NSEC_PER_MSEC;
}

static struct js *hook_js(const struct listing *l, const struct hook *h, enum hook_event e)
{
	_cleanup_strbuf_ struct strbuf command = STRBUF_INIT;
	struct js *o = js_object();

	put_command(l, h, &command);
	js_set_str(o, "event", hook_event_names[e]);
	js_set_int(o, "order", h->order);
	js_set_str(o, "name", h->name);
	js_set_str(o, "command", strbuf_str(&command));
	js_set_str(o, "source", h->section ? "policy" : "folder");
	js_set_int(o, "timeout_ms", (int64_t)deadline_ms(h, e));
	js_set_bool(o, "runs", !h->unsafe);
	js_set_str(o, "reason", h->unsafe);
	return o;
}

static void add_hook(struct listing *l, const struct hook *h, enum hook_event e)
{
	_cleanup_strbuf_ struct strbuf order = STRBUF_INIT, deadline = STRBUF_INIT,
				       command = STRBUF_INIT, state = STRBUF_INIT;

	if (l->c->json) {
		js_push(l->all, hook_js(l, h, e));
		return;
	}
	strbuf_printf(&order, "%u", h->order);
	if (l->c->terminal)
		strbuf_duration(&deadline, deadline_of(h, e));
	else
		strbuf_printf(&deadline, "%llu", deadline_ms(h, e));
	strbuf_puts(&state, h->unsafe ? "skipped: " : "runs");
	strbuf_puts(&state, h->unsafe ? h->unsafe : "");
	table_cell(&l->table, hook_event_names[e]);
	table_cell(&l->table, strbuf_str(&order));
	table_cell(&l->table, h->name);
	table_cell(&l->table, strbuf_str(&deadline));
	put_command(l, h, &command);
	table_cell(&l->table, strbuf_str(&command));
	table_cell_colour(&l->table, h->unsafe ? TABLE_RED : TABLE_PLAIN, strbuf_str(&state));
}

static int add_event(struct listing *l, const struct hook_set *s, enum hook_event e)
{
	struct hook_list list = { 0 };
	int r = hooks_list(s, e, geteuid() == 0, &list, &l->notes);

	if (r < 0) {
		log_error("the hooks of %s cannot be listed: %s", hook_event_names[e],
			  strerror(-r));
		return TOOL_FAILED;
	}
	for (size_t i = 0; i < list.n; i++)
		add_hook(l, &list.items[i], e);
	hook_list_done(&list);
	return TOOL_OK;
}

static int print(const struct listing *l)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	diags_log(&l->notes);
	if (l->c->json)
		return out_js(l->c, l->all);
	if (!l->table.cells.n) {
		if (l->c->terminal)
			log_notice("there are no hooks");
		return TOOL_OK;
	}
	table_format(&l->table, context_style(l->c), &b);
	return out_write(&b);
}

/* event -1: all. */
static int list_hooks(const struct context *c, const struct policy *p, const struct hook_set *s,
		      int event)
{
	_cleanup_js_ struct js *all = js_array();
	struct listing l = {
		.c = c,
		.table = { .columns = columns, .n_columns = ARRAY_SIZE(columns) },
		.all = all,
		.secrets = &p->secrets,
	};
	int status = TOOL_OK;

	for (int e = 0; e < HOOK_EVENT_COUNT && status == TOOL_OK; e++)
		if (event < 0 || e == event)
			status = add_event(&l, s, (enum hook_event)e);
	if (status == TOOL_OK)
		status = print(&l);
	table_done(&l.table);
	diags_done(&l.notes);
	return status;
}

static int find_event(const char *name, int *ret)
{
	const char *near;

	*ret = hook_event_find(name);
	if (*ret >= 0)
		return TOOL_OK;
	near = parse_nearest(slice_of(name), hook_event_names, HOOK_EVENT_COUNT);
	log_error("there is no event '%s'%s%s%s", name, near ? "; did you mean '" : "",
		  near ? near : "", near ? "'?" : "");
	return TOOL_USAGE;
}

int cmd_hooks(struct context *c, int argc, char *argv[])
{
	int run = 0, status, event = -1;
	const struct option own[] = { { "run", no_argument, &run, 1 }, { 0 } };
	struct policy policy = { 0 };
	struct hook_set set = { 0 };
	struct err err = { 0 };
	struct tool_args args;

	if (!context_options(c, argc, argv, own, &args, &status))
		return status;
	if (run && !args.n) {
		log_error("hooks --run needs an event, such as: jvisorctl hooks oom --run");
		return TOOL_USAGE;
	}
	status = args.n ? find_event(args.v[0], &event) : TOOL_OK;
	if (status != TOOL_OK)
		return status;
	status = context_policy(c, &policy);
	if (status == TOOL_OK && hookset_make(c, &policy, &set, &err) < 0) {
		log_error("%s", err.msg);
		status = TOOL_FAILED;
	}
	if (status == TOOL_OK && run)
		status = trial_run(c, &set, (enum hook_event)event);
	else if (status == TOOL_OK)
		status = list_hooks(c, &policy, &set, event);
	hookset_done(&set);
	policy_done(&policy);
	return status;
}
