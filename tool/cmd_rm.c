/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl rm and pin: the same walk over the IDs that were named. One that fails does not keep
 * the others from their turn. All IDs are looked up first: after the first removal "last" would
 * mean another incident.
 */
#include "base/log.h"
#include "incident/store.h"
#include "tool/cmd.h"
#include "tool/out.h"

enum change { CHANGE_REMOVE, CHANGE_PIN, CHANGE_UNPIN };

static const char *const done_words[] = {
	[CHANGE_REMOVE] = "removed",
	[CHANGE_PIN] = "pinned",
	[CHANGE_UNPIN] = "unpinned",
};

static int find_all(struct context *c, const struct tool_args *args, struct strv *ret)
{
	int status = TOOL_OK;

	for (int i = 0; i < args->n; i++) {
		_cleanup_free_ char *id = NULL;

		if (context_find(c, args->v[i], &id) != TOOL_OK)
			status = TOOL_FAILED;
		else if (!strv_has(ret, id))
			strv_push(ret, id);
	}
	return ret->err ? TOOL_FAILED : status;
}

static int change_one(struct context *c, const char *id, enum change what)
{
	struct err err = { 0 };
	int r;

	if (what == CHANGE_REMOVE)
		r = store_remove(c->store, id, &err);
	else
		r = store_pin(c->store, id, what == CHANGE_PIN, &err);
	if (r < 0) {
		log_error("not %s: %s", done_words[what], err.msg);
		return TOOL_FAILED;
	}
	return TOOL_OK;
}

static int change(struct context *c, const struct tool_args *args, enum change what)
{
	_cleanup_strv_ struct strv ids = STRV_INIT;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_js_ struct js *all = js_array();
	int status = context_store(c, true), printed;

	if (status != TOOL_OK)
		return status;
	status = find_all(c, args, &ids);
	for (size_t i = 0; i < ids.n; i++) {
		bool ok = change_one(c, ids.v[i], what) == TOOL_OK;
		struct js *o = js_object();

		js_set_str(o, "id", ids.v[i]);
		js_set_bool(o, done_words[what], ok);
		js_push(all, o);
		if (ok)
			strbuf_printf(&b, "%s %s\n", done_words[what], ids.v[i]);
		else
			status = TOOL_FAILED;
	}
	printed = c->json ? out_js(c, all) : out_write(&b);
	return status == TOOL_OK ? printed : status;
}

int cmd_rm(struct context *c, int argc, char *argv[])
{
	struct tool_args args;
	int status;

	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	return change(c, &args, CHANGE_REMOVE);
}

int cmd_pin(struct context *c, int argc, char *argv[])
{
	int undo = 0, status;
	const struct option own[] = { { "undo", no_argument, &undo, 1 }, { 0 } };
	struct tool_args args;

	if (!context_options(c, argc, argv, own, &args, &status))
		return status;
	return change(c, &args, undo ? CHANGE_UNPIN : CHANGE_PIN);
}
