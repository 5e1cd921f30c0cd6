/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan: which wishes the policy's keys stand for, in which order they are decided, and what of
 * the outcome the supervisor needs as numbers.
 *
 * Pure. The order matters: whether a heap dump will be written decides about its path, and what is
 * forbidden is taken off before anybody asks what the user has set.
 */
#include "policy/plan.h"

#include <errno.h>
#include <stdlib.h>
#include "base/parse.h"
#include "policy/planner.h"

void plan_done(struct plan *p)
{
	for (size_t i = 0; i < p->n_edits; i++)
		free(p->edits[i].block);
	for (size_t i = 0; i < p->n_flags; i++)
		free(p->flags[i].block);
	free(p->edits);
	free(p->flags);
	free(p->hs_err_path);
	free(p->heap_dump_path);
	strv_done(&p->warnings);
	*p = (struct plan){ 0 };
}

static void planner_done(struct planner *pl)
{
	for (size_t i = 0; i < pl->n_options; i++)
		policy_flag_done(&pl->options[i]);
	free(pl->options);
	free(pl->gone);
	free(pl->left);
	free(pl->index);
	strbuf_done(&pl->reason);
	strv_done(&pl->handled);
}

/* Whether somebody else's word already is that this switch is on. */
static bool asked_for(struct planner *pl, const char *name)
{
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;
	const struct flag_setting *user = planner_user(pl, name);
	struct want w;

	if (planner_wish(pl, name, NULL, &w, &where) && (w.rule == RULE_FORCE || !user))
		return !strcmp(w.value, "true");
	return user && !strcmp(user->value, "true");
}

/* With both switches on the JVM crashes, so that one of them asked for by name keeps the other
 * from being added. */
static void plan_oom_action(struct planner *pl)
{
	static const struct {
		const char *flag, *other;
		struct want want;
	} actions[] = {
		[OOM_ACTION_EXIT] = { "ExitOnOutOfMemoryError",
				      "CrashOnOutOfMemoryError",
				      { "true", RULE_DEFAULT, "[oom] action = exit",
					"a JVM out of memory ends at once, with exit status 3" } },
		[OOM_ACTION_CRASH] = { "CrashOnOutOfMemoryError",
				       "ExitOnOutOfMemoryError",
				       { "true", RULE_DEFAULT, "[oom] action = crash",
					 "a JVM out of memory ends by a crash, with its error "
					 "report" } },
	};
	uint64_t action = pl->in->policy->oom_action;

	if (action >= ARRAY_SIZE(actions))
		return;
	if (asked_for(pl, actions[action].other))
		planner_note(pl, actions[action].flag, "%s: %s is asked for, which is kept",
			     actions[action].want.where, actions[action].other);
	else
		planner_decide(pl, actions[action].flag, &actions[action].want);
}

/* Whether the key's own wish is followed. One that the user turned off is his affair. */
static bool may_dump(struct planner *pl)
{
	static const char flag[] = "HeapDumpOnOutOfMemoryError";
	bool asked = asked_for(pl, flag), fits = true;

	if (asked || (pl->in->policy->heap_dump && !planner_user(pl, flag)))
		fits = planner_dump_fits(pl, asked);
	if (!fits && !asked)
		fact_set(&pl->plan->nums, FACT_DUMP_NO_ROOM, DUMP_NOT_ASKED);
	return pl->in->policy->heap_dump && (fits || asked);
}

static void plan_heap_dump(struct planner *pl)
{
	static const struct want dump = {
		"true",
		RULE_DEFAULT,
		"[oom] heap_dump = yes",
		"a heap dump is written at the first OutOfMemoryError",
	};
	const struct policy *p = pl->in->policy;
	char level[] = { (char)('0' + p->dump_gzip % 10), '\0' };
	const struct want gzip = {
		level,
		RULE_DEFAULT,
		"[oom] dump_gzip",
		"the JVM compresses the heap dump",
	};
	bool dumps;

	planner_decide(pl, "HeapDumpOnOutOfMemoryError", may_dump(pl) ? &dump : NULL);
	dumps = planner_bool(pl, "HeapDumpOnOutOfMemoryError", false);
	planner_decide(pl, "HeapDumpGzipLevel",
		       p->heap_dump && dumps && p->dump_gzip ? &gzip : NULL);
	planner_heap_dump_path(pl);
}

static void plan_core(struct planner *pl)
{
	static const struct want off = {
		"false",
		RULE_DEFAULT,
		"[crash] core = no",
		"core_pattern is a pipe, whose handler a core limit of 0 does not stop",
	};
	bool wanted = pl->in->policy->core == CORE_YES;

	planner_decide(pl, "CreateCoredumpOnCrash", !wanted && pl->in->core_piped ? &off : NULL);
	pl->plan->core_wanted = wanted;
	if (wanted && !planner_bool(pl, "CreateCoredumpOnCrash", true))
		planner_warn(pl, "[crash] core = yes, but CreateCoredumpOnCrash is turned off: a "
				 "crash leaves no core");
}

/* The rows that no key stands for. */
static void plan_rows(struct planner *pl)
{
	const struct policy *p = pl->in->policy;

	for (size_t i = 0; i < p->n_flags; i++)
		if (p->flags[i].rule != RULE_FORBID && planner_row_holds(pl, &p->flags[i]) &&
		    !strv_has(&pl->handled, p->flags[i].name))
			planner_decide(pl, p->flags[i].name, NULL);
	for (size_t i = 0; i < pl->n_options; i++)
		if (!strv_has(&pl->handled, pl->options[i].name))
			planner_decide(pl, pl->options[i].name, NULL);
}

/* Settings with which an incident goes worse than without, whoever made them. */
static const struct {
	const char *flag;
	enum { IF_ON, IF_OVER_ZERO, IF_OUTSIDE } when;
	int64_t min, max;
	const char *text;
} dangers[] = {
	{ "ShowMessageBoxOnError", IF_ON, 0, 0,
	  "a crashed JVM waits on the terminal for an answer and never ends by itself" },
	{ "SuppressFatalErrorMessage", IF_ON, 0, 0,
	  "a crash leaves no error report and runs no OnError" },
	{ "SelfDestructTimer", IF_OVER_ZERO, 0, 0, "the JVM ends itself after that many minutes" },
	{ "MaxJavaStackTraceDepth", IF_OUTSIDE, 100, 10000,
	  "less than 100 frames hide the cause, more than 10000 make each exception expensive" },
};

static void plan_dangers(struct planner *pl)
{
	for (size_t i = 0; i < ARRAY_SIZE(dangers); i++) {
		const char *value = planner_value(pl, dangers[i].flag, NULL);
		int64_t n = 0;
		bool bad = false;

		if (!value)
			continue;
		if (dangers[i].when == IF_ON)
			bad = !strcmp(value, "true");
		else if (dangers[i].when == IF_OVER_ZERO) /* an integer, from 21 on a fraction */
			bad = strpbrk(value, "123456789") && *value != '-';
		else if (flag_number(value, &n))
			bad = n < dangers[i].min || n > dangers[i].max;
		if (bad)
			planner_warn(pl, "%s = %s: %s", dangers[i].flag, value, dangers[i].text);
	}
}

/* Managed flags that the user set and that hold. */
static void list_user_flags(struct planner *pl)
{
	const struct java_line *l = pl->in->line;
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;
	_cleanup_free_ const struct flag_def **defs = calloc(l->n_flags + 1, sizeof(*defs));

	if (!defs)
		pl->err = -ENOMEM;
	for (size_t i = 0; defs && i < flag_defs_count; i++)
		for (const struct flag_setting *s = NULL;
		     (s = planner_setting(pl, flag_defs[i].name, s));)
			defs[s - l->flags] = &flag_defs[i];
	for (size_t i = 0; defs && i < l->n_flags; i++) {
		const struct flag_setting *s = &l->flags[i];

		if (!defs[i] || s->replaced || (s->replaces && !*s->value) ||
		    (defs[i]->type != FLAG_LIST && planner_value(pl, s->name, NULL) != s->value))
			continue;
		strbuf_reset(&where);
		planner_origin(s, &where);
		planner_add_flag(pl, s->name, s->value, false, s->origin, strbuf_str(&where), NULL);
	}
}

static void fill_numbers(struct planner *pl)
{
	static const struct {
		enum fact_num fact;
		const char *flag;
		bool otherwise;
	} switches[] = {
		{ FACT_EXIT_ON_OOM, "ExitOnOutOfMemoryError", false },
		{ FACT_CRASH_ON_OOM, "CrashOnOutOfMemoryError", false },
		{ FACT_DUMP_ON_OOM, "HeapDumpOnOutOfMemoryError", false },
		{ FACT_CORE_ON_CRASH, "CreateCoredumpOnCrash", true },
	};
	struct fact_nums *n = &pl->plan->nums;
	const struct flag_setting *user = planner_user(pl, "CreateCoredumpOnCrash");
	bool core = planner_bool(pl, "CreateCoredumpOnCrash", true);

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		fact_set(n, switches[i].fact,
			 planner_bool(pl, switches[i].flag, switches[i].otherwise));
	fact_set(n, FACT_CORE_OFF_OURS, !core && (!user || strcmp(user->value, "false") != 0));
	fact_set(n, FACT_PERF_DATA,
		 planner_bool(pl, "UsePerfData", true) &&
			 !planner_bool(pl, "PerfDisableSharedMem", false));
}

static void plan_hotspot(struct planner *pl)
{
	planner_read_options(pl);
	if (pl->err)
		return;
	planner_take_off_forbidden(pl);
	plan_oom_action(pl);
	plan_heap_dump(pl);
	planner_error_file(pl);
	plan_core(pl);
	plan_rows(pl);
	planner_outvote_forbidden(pl);
	plan_dangers(pl);
	fill_numbers(pl);
	list_user_flags(pl);
}

/* No flag of HotSpot's means anything there; options that were named on purpose still may. */
static void plan_other(struct planner *pl)
{
	const struct strv *options = &pl->in->policy->java_options;
	enum jvm_kind kind = pl->in->jdk->kind;

	planner_note(pl, NULL, "this is no HotSpot JVM (%s): no flag is added or taken off",
		     jvm_kind_names[kind]);
	pl->plan->core_wanted = pl->in->policy->core == CORE_YES;
	for (size_t i = 0; i < options->n && kind != JVM_NATIVE_IMAGE; i++)
		planner_add_option(pl, NULL, options->v[i],
				   &(struct want){ .where = "[java] options" });
}

int plan_make(const struct plan_input *in, struct plan *ret, struct err *err)
{
	struct plan plan = { 0 };
	struct planner pl = { .in = in, .plan = &plan };

	pl.gone = calloc(in->line->n_flags + 1, sizeof(*pl.gone));
	pl.left = calloc(in->line->n_flags + 1, sizeof(*pl.left));
	pl.err = pl.gone && pl.left ? planner_index_make(&pl) : -ENOMEM;
	if (!pl.err && in->jdk->kind == JVM_HOTSPOT)
		plan_hotspot(&pl);
	else if (!pl.err)
		plan_other(&pl);
	if (!pl.err)
		pl.err = pl.handled.err ? pl.handled.err : plan.warnings.err;
	planner_done(&pl);
	if (pl.err) {
		plan_done(&plan);
		return err_set(err, -pl.err, "no memory for the plan");
	}
	*ret = plan;
	return 0;
}
