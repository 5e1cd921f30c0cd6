/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl show and path: what one incident says of itself, and where it lies. Without an ID both
 * take the newest, which is what somebody who was just woken up wants.
 *
 * The files are opened as those of a stranger: root may look at the store of another user.
 */
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "incident/folder.h"
#include "incident/incident.h"
#include "incident/store.h"
#include "tool/cmd.h"
#include "tool/out.h"

static int find(struct context *c, const struct tool_args *args, char **ret_id)
{
	int status = context_store(c, true);

	if (status != TOOL_OK)
		return status;
	return context_find(c, args->n ? args->v[0] : "last", ret_id);
}

static int read_file(struct context *c, const char *id, const char *name, struct strbuf *ret)
{
	struct err err = { 0 };
	_cleanup_close_ int dir = dir_open(c->store, id, &err);
	int r = dir;

	if (dir >= 0)
		r = file_read_source(dir, name, (uid_t)-1, INCIDENT_TEXT_MAX, ret, &err);
	if (r >= 0)
		return TOOL_OK;
	log_error("%s of %s: %s", name, id, err.msg);
	return TOOL_FAILED;
}

/* The report was written at the claim: who reads it now must know that there is more to come, or
 * that nobody is at it. */
static void tell_progress(struct context *c, const char *id)
{
	_cleanup_(incident_list_done) struct incident_list l = { 0 };

	if (store_list(c->store, &l, NULL) < 0)
		return;
	for (size_t i = 0; i < l.n; i++) {
		if (strcmp(l.items[i].id, id) != 0 || !l.items[i].in_progress)
			continue;
		if (folder_is_locked(c->store, id))
			log_notice("%s is still being collected: there will be more of it", id);
		else
			log_notice("the collecting of %s was cut short: `jvisorctl finish` goes on "
				   "with it",
				   id);
	}
}

static int show_json(struct context *c, const char *id, const struct strbuf *text)
{
	_cleanup_js_ struct js *v = NULL;
	struct err err = { 0 };

	if (js_parse((struct slice){ text->buf, text->len }, &v, &err) < 0) {
		log_error("incident.json of %s is damaged: %s; the other files are in %s/%s", id,
			  err.msg, c->store_path, id);
		return TOOL_FAILED;
	}
	return out_js(c, v);
}

int cmd_show(struct context *c, int argc, char *argv[])
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_free_ char *id = NULL;
	struct tool_args args;
	int status;

	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	status = find(c, &args, &id);
	if (status == TOOL_OK)
		status = read_file(c, id, c->json ? "incident.json" : "report.txt", &text);
	if (status != TOOL_OK)
		return status;
	status = c->json ? show_json(c, id, &text)
			 : out_foreign(c, (struct slice){ text.buf, text.len });
	tell_progress(c, id);
	return status;
}

int cmd_path(struct context *c, int argc, char *argv[])
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_free_ char *id = NULL;
	_cleanup_js_ struct js *v = NULL;
	struct tool_args args;
	int status;

	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	status = find(c, &args, &id);
	if (status != TOOL_OK)
		return status;
	strbuf_printf(&b, "%s/%s", c->store_path, id);
	if (c->json) {
		v = js_object();
		js_set_str(v, "id", id);
		js_set_str(v, "path", strbuf_str(&b));
		return out_js(c, v);
	}
	strbuf_putc(&b, '\n');
	return out_write(&b);
}
