/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl check: every finding of a policy, unknown names included, and what can be known of its
 * hooks and of java without running anything. The findings are the output, so they go to stdout;
 * the exit status is 1 when one of them is an error.
 */
#include <string.h>
#include <sys/auxv.h>
#include "base/log.h"
#include "jvm/home.h"
#include "tool/flaglist.h"
#include "tool/keylist.h"
#include "tool/cmd.h"
#include "tool/hookset.h"
#include "tool/out.h"
#include "tool/unit.h"

static const char *const level_names[] = {
	[DIAG_NOTE] = "note",
	[DIAG_WARNING] = "warning",
	[DIAG_ERROR] = "error",
};

/* What a start would only warn of is here an error where a hook would not run. */
static int check_hooks(const struct context *c, const struct policy *p, struct diags *diags)
{
	struct hook_set set = { 0 };
	struct err err = { 0 };

	if (hookset_make(c, p, &set, &err) < 0) {
		diags_add(diags, DIAG_ERROR, "[process]", 0, 0, "%s", err.msg);
		return 0;
	}
	for (int e = 0; e < HOOK_EVENT_COUNT; e++) {
		struct hook_list list = { 0 };
		int r = hooks_list(&set, (enum hook_event)e, geteuid() == 0, &list, diags);

		if (r < 0) {
			diags_add(diags, DIAG_ERROR, set.dir, 0, 0, "%s: %s", hook_event_names[e],
				  strerror(-r));
			continue;
		}
		for (size_t i = 0; i < list.n; i++) {
			const struct hook *h = &list.items[i];

			if (h->unsafe)
				diags_add(diags, DIAG_ERROR, h->path, 0, 0,
					  "hook %s of %s will not run: %s", h->name,
					  hook_event_names[e], h->unsafe);
		}
		hook_list_done(&list);
	}
	hookset_done(&set);
	return diags->err;
}

static void check_java(const struct context *c, const struct policy *p, struct diags *diags)
{
	struct home_query q = {
		.path = p->java_path,
		.home = p->java_home,
		.env = &c->env,
		.trust_env = !getauxval(AT_SECURE),
	};
	_cleanup_free_ char *java = NULL;
	struct err err = { 0 };
	const char *how;

	if (home_find(&q, &java, &how, &err))
		diags_add(diags, DIAG_WARNING, "java", 0, 0, "%s", err.msg);
	else
		diags_add(diags, DIAG_NOTE, java, 0, 0, "the java that would be run (%s)", how);
}

static void sources_text(const struct policy *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->sources.n; i++)
		strbuf_printf(out, "%s%s", i ? ", " : "", p->sources.v[i]);
	if (!p->sources.n)
		strbuf_printf(out, "no policy file, the built-in profile %s",
			      profile_names[p->profile]);
}

static int print_text(const struct context *c, const struct policy *p, const struct diags *diags)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	for (size_t i = 0; i < diags->n; i++) {
		diag_format(&diags->items[i], &b);
		strbuf_putc(&b, '\n');
	}
	if (diags->errors || diags->warnings)
		strbuf_printf(&b, "%zu error%s, %zu warning%s: ", diags->errors,
			      diags->errors == 1 ? "" : "s", diags->warnings,
			      diags->warnings == 1 ? "" : "s");
	else
		strbuf_puts(&b, "no errors: ");
	sources_text(p, &b);
	strbuf_putc(&b, '\n');
	return out_foreign(c, (struct slice){ b.buf, b.len });
}

static int print_json(const struct context *c, const struct policy *p, const struct diags *diags)
{
	_cleanup_js_ struct js *o = js_object();
	struct js *findings = js_array(), *sources = js_array();

	for (size_t i = 0; i < diags->n; i++) {
		const struct diag *d = &diags->items[i];
		struct js *f = js_object();

		js_set_str(f, "level", level_names[d->level]);
		js_set_str(f, "file", d->file);
		if (d->line)
			js_set_int(f, "line", d->line);
		if (d->col)
			js_set_int(f, "col", d->col);
		js_set_str(f, "text", d->text);
		js_push(findings, f);
	}
	for (size_t i = 0; i < p->sources.n; i++)
		js_push(sources, js_str(p->sources.v[i]));
	js_set_int(o, "errors", (int64_t)diags->errors);
	js_set_int(o, "warnings", (int64_t)diags->warnings);
	js_set_str(o, "profile", profile_names[p->profile]);
	js_set(o, "sources", sources);
	js_set(o, "findings", findings);
	return out_js(c, o);
}

static int check(const struct context *c, const char *file, const char *unit)
{
	struct policy_source source = context_policy_source(c);
	struct policy policy = { 0 };
	struct diags diags = { 0 };
	struct err err = { 0 };
	char own[256];
	int r, status;

	if (file)
		source.file = file;
	r = policy_load(&source, true, &policy, &diags, &err);
	if (r >= 0) {
		r = check_hooks(c, &policy, &diags);
		check_java(c, &policy, &diags);
	}
	if (unit || unit_own(own, sizeof(own)))
		unit_check(unit ? unit : own, &diags);
	if (r < 0 || diags.err) {
		log_error("the policy could not be checked: %s", err.code ? err.msg : strerror(-r));
		status = TOOL_FAILED;
	} else {
		status = c->json ? print_json(c, &policy, &diags) : print_text(c, &policy, &diags);
	}
	if (status == TOOL_OK && diags.errors)
		status = TOOL_FAILED;
	diags_done(&diags);
	policy_done(&policy);
	return status;
}

int cmd_check(struct context *c, int argc, char *argv[])
{
	int keys = 0, flags = 0, unit = 0, status;
	const struct option own[] = { { "keys", no_argument, &keys, 1 },
				      { "flags", no_argument, &flags, 1 },
				      { "unit", no_argument, &unit, 1 },
				      { 0 } };
	struct tool_args args;

	if (!context_options(c, argc, argv, own, &args, &status))
		return status;
	if (keys + flags + unit > 1) {
		log_error("check takes one of --keys, --flags and --unit");
		return TOOL_USAGE;
	}
	if (unit && !args.n) {
		log_error("check --unit takes the name or the file of a unit");
		return TOOL_USAGE;
	}
	if (flags)
		return flaglist_print(c, args.n ? args.v[0] : NULL);
	if (!keys)
		return check(c, args.n && !unit ? args.v[0] : NULL, unit ? args.v[0] : NULL);
	if (args.n) {
		log_error("check --keys takes no file");
		return TOOL_USAGE;
	}
	return keylist_print(c);
}
