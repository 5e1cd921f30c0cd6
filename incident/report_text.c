/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.txt: what happened, for a person who was woken by it. The first line is the verdict; what
 * follows goes from what he must know to what he may look up.
 *
 * Much of the text comes from a dying JVM and will be shown on a terminal: all of it goes through
 * put_text, which lets nothing pass that could drive one.
 */
#include "incident/incident.h"

#include <string.h>
#include "base/clock.h"
#include "base/parse.h"

enum { WIDTH = 80, LABEL = 12, STACK_SHOWN = 12, TEXT_MAX = 2000 };

static void put_text(struct strbuf *out, const char *text)
{
	struct slice s = slice_of(text);

	if (s.len > TEXT_MAX)
		s.len = TEXT_MAX;
	strbuf_clean(out, s, false);
}

/* As strbuf_wrap. */
static void put_wrapped(struct strbuf *out, const char *text, size_t at, const char *indent)
{
	_cleanup_strbuf_ struct strbuf clean = STRBUF_INIT;

	put_text(&clean, text);
	strbuf_wrap(out, strbuf_str(&clean), at, indent, WIDTH);
}

static void heading(struct strbuf *out, const char *text)
{
	strbuf_printf(out, "\n%s\n", text);
}

static const char under_label[] = "              ";

_Static_assert(sizeof(under_label) == LABEL + 3, "as wide as a label and its margin");

static void row(struct strbuf *out, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	strbuf_printf(out, "  %-*s", LABEL, label);
	put_wrapped(out, text, sizeof(under_label) - 1, under_label);
}

static void put_span(struct strbuf *out, const char *label, const struct fact_nums *n,
		     enum fact_num f)
{
	_cleanup_strbuf_ struct strbuf span = STRBUF_INIT;

	if (!n->has[f])
		return;
	strbuf_duration(&span, n->v[f]);
	row(out, label, strbuf_str(&span));
}

static void put_when(struct strbuf *out, const struct fact_nums *n)
{
	char at[CLOCK_ISO_LEN];

	if (n->has[FACT_STARTED]) {
		clock_iso(n->v[FACT_STARTED], at);
		row(out, "started", at);
	}
	if (n->has[FACT_ENDED]) {
		clock_iso(n->v[FACT_ENDED], at);
		row(out, fact_get(n, FACT_LOST, 0) ? "last seen" : "ended", at);
	}
	put_span(out, "uptime", n, FACT_UPTIME);
	put_span(out, "CPU time", n, FACT_CPU_TIME);
}

static void put_end(struct strbuf *out, const struct fact_nums *n)
{
	char buf[16];

	if (n->has[FACT_EXIT_CODE]) {
		strbuf_printf(out, "exit code %llu", (unsigned long long)n->v[FACT_EXIT_CODE]);
	} else if (n->has[FACT_SIGNAL]) {
		int sig = (int)n->v[FACT_SIGNAL];

		strbuf_printf(out, "SIG%s (%s)", signal_name(sig, buf), signal_text(sig));
	} else if (fact_get(n, FACT_LOST, 0)) {
		strbuf_puts(out, "nobody saw it: its jvisor was gone too");
	}
	if (fact_get(n, FACT_CORE_DUMPED, 0))
		strbuf_puts(out, ", core dumped");
}

static void put_java(struct strbuf *out, const struct facts *f)
{
	const char *const parts[] = { f->str[FACT_JVM_VERSION], f->str[FACT_JVM_VENDOR],
				      f->str[FACT_JAVA_HOME] ? f->str[FACT_JAVA_HOME]
							     : f->str[FACT_JAVA] };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i])
			strbuf_printf(out, "%s%s", out->len ? ", " : "", parts[i]);
}

static void what_happened(struct strbuf *out, const struct incident *inc)
{
	const struct facts *f = &inc->facts;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	heading(out, "What happened");
	row(out, "incident", inc->id);
	put_when(out, &f->num);
	put_end(&b, &f->num);
	row(out, "end", strbuf_str(&b));
	strbuf_reset(&b);
	strbuf_puts(&b, f->str[FACT_APP] ? f->str[FACT_APP] : "java");
	if (f->num.has[FACT_PID])
		strbuf_printf(&b, ", pid %llu", (unsigned long long)f->num.v[FACT_PID]);
	if (f->str[FACT_USER])
		strbuf_printf(&b, ", user %s", f->str[FACT_USER]);
	if (f->str[FACT_HOST])
		strbuf_printf(&b, ", on %s", f->str[FACT_HOST]);
	if (fact_get(&f->num, FACT_RESTARTS, 0))
		strbuf_printf(&b, ", restart %llu", (unsigned long long)f->num.v[FACT_RESTARTS]);
	row(out, "program", strbuf_str(&b));
	strbuf_reset(&b);
	put_java(&b, f);
	row(out, "java", strbuf_str(&b));
	row(out, "directory", f->str[FACT_CWD]);
	row(out, "policy", f->str[FACT_POLICY]);
	row(out, "status",
	    inc->status == INCIDENT_IN_PROGRESS
		    ? "in progress: its files are still to be compressed and checked"
		    : incident_status_names[inc->status]);
}

static void list(struct strbuf *out, const struct strv *items)
{
	for (size_t i = 0; i < items->n; i++) {
		strbuf_puts(out, "  - ");
		put_wrapped(out, items->v[i], 4, "    ");
	}
}

static void evidence(struct strbuf *out, const struct incident *inc)
{
	const struct fact_nums *n = &inc->facts.num;

	if (!inc->facts.list[FACT_EVIDENCE].n && !inc->found.n)
		return;
	heading(out, fact_get(n, FACT_CONFIDENCE, 0) == CONFIDENCE_CONFIRMED
			     ? "Evidence (confirmed)"
			     : "Evidence (presumed)");
	list(out, &inc->facts.list[FACT_EVIDENCE]);
	list(out, &inc->found);
}

static void memory_row(struct strbuf *out, const struct fact_nums *n, const char *label,
		       enum fact_num used, enum fact_num max)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (!n->has[used] && (max == FACT_NUM_COUNT || !n->has[max]))
		return;
	if (n->has[used])
		strbuf_size(&b, n->v[used]);
	else
		strbuf_puts(&b, "unknown");
	if (max != FACT_NUM_COUNT && n->has[max] && n->v[max]) {
		strbuf_puts(&b, " of ");
		strbuf_size(&b, n->v[max]);
		if (n->has[used])
			strbuf_printf(&b, " (%.0f%%)",
				      100.0 * (double)n->v[used] / (double)n->v[max]);
	}
	row(out, label, strbuf_str(&b));
}

static void memory(struct strbuf *out, const struct fact_nums *n)
{
	static const struct {
		const char *label;
		enum fact_num used, max;
	} rows[] = {
		{ "heap", FACT_HEAP_USED, FACT_HEAP_MAX },
		{ "committed", FACT_HEAP_COMMITTED, FACT_NUM_COUNT },
		{ "old gen", FACT_OLD_USED, FACT_OLD_MAX },
		{ "metaspace", FACT_META_USED, FACT_META_MAX },
		{ "class space", FACT_CLASS_USED, FACT_CLASS_MAX },
		{ "RSS", FACT_RSS, FACT_NUM_COUNT },
		{ "largest RSS", FACT_MAX_RSS, FACT_NUM_COUNT },
		{ "cgroup", FACT_CGROUP_USED, FACT_CGROUP_LIMIT },
		{ "cgroup peak", FACT_CGROUP_PEAK, FACT_NUM_COUNT },
	};
	size_t start = out->len, head;

	heading(out, "Memory at the last reading");
	head = out->len;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		memory_row(out, n, rows[i].label, rows[i].used, rows[i].max);
	if (out->len == head) /* nothing is known */
		strbuf_cut(out, start);
}

static void crash(struct strbuf *out, const struct facts *f)
{
	const struct strv *stack = &f->list[FACT_HSERR_STACK];
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	char buf[16];

	if (!f->num.has[FACT_HSERR_CAUSE])
		return;
	heading(out, "From the crash report (hs_err.log)");
	if (f->num.has[FACT_HSERR_SIGNAL])
		strbuf_printf(&b, "SIG%s", signal_name((int)f->num.v[FACT_HSERR_SIGNAL], buf));
	if (f->num.has[FACT_HSERR_ADDRESS])
		strbuf_printf(&b, "%sat address 0x%016llx", b.len ? " " : "",
			      (unsigned long long)f->num.v[FACT_HSERR_ADDRESS]);
	row(out, "signal", strbuf_str(&b));
	row(out, "reason", f->str[FACT_HSERR_REASON]);
	row(out, "frame", f->str[FACT_HSERR_FRAME]);
	row(out, "library", f->str[FACT_HSERR_LIBRARY]);
	row(out, "thread", f->str[FACT_HSERR_THREAD]);
	row(out, "version", f->str[FACT_HSERR_VERSION]);
	for (size_t i = 0; i < stack->n && i < STACK_SHOWN; i++) {
		strbuf_printf(out, "  %-*s", LABEL, i ? "" : "stack");
		put_text(out, stack->v[i]);
		strbuf_putc(out, '\n');
	}
	if (stack->n > STACK_SHOWN)
		strbuf_printf(out, "  %-*s(%zu more in hs_err.log)\n", LABEL, "",
			      stack->n - STACK_SHOWN);
}

static void hooks(struct strbuf *out, const struct incident *inc)
{
	if (!inc->n_hooks)
		return;
	heading(out, "Hooks");
	for (size_t i = 0; i < inc->n_hooks; i++) {
		const struct hook_row *h = &inc->hooks[i];
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

		put_text(&b, h->name);
		if (h->reason && *h->reason) {
			strbuf_printf(&b, " %s", h->reason);
		} else {
			strbuf_printf(&b, ": %s, ", h->status);
			strbuf_duration(&b, h->ms * NSEC_PER_MSEC);
		}
		row(out, h->event, strbuf_str(&b));
	}
}

static void put_file(struct strbuf *out, const struct artifact *a)
{
	static const char *const remarks[ARTIFACT_STATE_COUNT] = {
		[ARTIFACT_REFERENCED] = ", left where it is",
		[ARTIFACT_REMOVED] = ", removed by retention",
	};
	_cleanup_strbuf_ struct strbuf name = STRBUF_INIT;
	bool elsewhere = a->state == ARTIFACT_REFERENCED && a->source;

	put_text(&name, elsewhere ? a->source : a->name);
	strbuf_printf(out, "  %-16s ", strbuf_str(&name));
	strbuf_size(out, a->bytes);
	if (a->original_bytes) {
		strbuf_puts(out, ", from ");
		strbuf_size(out, a->original_bytes);
	}
	if (a->cut)
		strbuf_puts(out, ", cut");
	strbuf_puts(out, remarks[a->state] ? remarks[a->state] : "");
	strbuf_putc(out, '\n');
}

static void files(struct strbuf *out, const struct incident *inc)
{
	if (!inc->n_artifacts)
		return;
	heading(out, "Files");
	for (size_t i = 0; i < inc->n_artifacts; i++)
		put_file(out, &inc->artifacts[i]);
}

/* Steps that went well are no news. */
static void troubles(struct strbuf *out, const struct incident *inc)
{
	bool any = false;

	for (size_t i = 0; i < inc->n_steps; i++) {
		const struct step *s = &inc->steps[i];
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

		if (s->status == STEP_OK)
			continue;
		if (!any)
			heading(out, "What could not be had");
		any = true;
		strbuf_printf(&b, "%s: %s", s->name, s->text ? s->text : "failed");
		strbuf_puts(out, "  - ");
		put_wrapped(out, strbuf_str(&b), 4, "    ");
	}
}

static void flags(struct strbuf *out, const struct strv *list_of_flags)
{
	if (!list_of_flags->n)
		return;
	heading(out, "JVM flags that matter here");
	for (size_t i = 0; i < list_of_flags->n; i++) {
		struct slice rest = slice_of(list_of_flags->v[i]), name, value, origin;
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

		if (!slice_next(&rest, '\t', &name) || !slice_next(&rest, '\t', &value) ||
		    !slice_next(&rest, '\t', &origin))
			continue;
		strbuf_printf(&b, "%.*s=%.*s (%.*s)", SLICE_FMT(name), SLICE_FMT(value),
			      SLICE_FMT(origin));
		if (rest.len)
			strbuf_printf(&b, ": %.*s", SLICE_FMT(rest));
		strbuf_puts(out, "  - ");
		put_wrapped(out, strbuf_str(&b), 4, "    ");
	}
}

static void command_line(struct strbuf *out, const struct strv *argv)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (!argv->n)
		return;
	for (size_t i = 0; i < argv->n && b.len < TEXT_MAX; i++) {
		strbuf_puts(&b, i ? " " : "");
		strbuf_shell(&b, argv->v[i]);
	}
	heading(out, "Command line");
	strbuf_puts(out, "  ");
	put_wrapped(out, strbuf_str(&b), 2, "    ");
}

static bool is_here(const struct artifact *a)
{
	return a && (a->state == ARTIFACT_TAKEN || a->state == ARTIFACT_COMPRESSED);
}

static void command(struct strbuf *out, const char *text, const char *what)
{
	strbuf_printf(out, "  %-40s # %s\n", text, what);
}

static void next_dump(struct strbuf *out, const struct artifact *dump)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (!is_here(dump) || dump->cut)
		return;
	if (dump->state == ARTIFACT_COMPRESSED) {
		strbuf_printf(&b, "gunzip -k %s", dump->name);
		command(out, strbuf_str(&b), "then open it in Eclipse MAT");
	} else {
		strbuf_printf(&b, "ls -l %s", dump->name);
		command(out, strbuf_str(&b), "open it in Eclipse MAT");
	}
}

static void next_core(struct strbuf *out, const struct artifact *core, const char *java)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (!is_here(core))
		return;
	if (core->state == ARTIFACT_COMPRESSED)
		command(out, "gunzip -k core.gz", "then:");
	strbuf_puts(&b, "gdb ");
	strbuf_shell(&b, java ? java : "java");
	strbuf_puts(&b, " core");
	command(out, strbuf_str(&b), "bt: the native stack");
}

static void next(struct strbuf *out, const struct incident *inc)
{
	heading(out, "What to do next");
	strbuf_printf(out, "  cd \"$(jvisorctl path %s)\"\n", inc->id);
	if (is_here(incident_find_artifact(inc, ARTIFACT_HS_ERR)))
		command(out, "less hs_err.log", "the whole crash report");
	next_dump(out, incident_find_artifact(inc, ARTIFACT_HEAP_DUMP));
	next_core(out, incident_find_artifact(inc, ARTIFACT_CORE), inc->facts.str[FACT_JAVA]);
	command(out, "less system.txt", "memory, limits, pressure at the time");
	strbuf_printf(out, "  jvisorctl export %s > incident.tar\n", inc->id);
}

void incident_format_report(const struct incident *inc, struct strbuf *out)
{
	const struct facts *f = &inc->facts;

	put_wrapped(out, f->str[FACT_VERDICT] ? f->str[FACT_VERDICT] : "The JVM ended.", 0, "");
	what_happened(out, inc);
	evidence(out, inc);
	memory(out, &f->num);
	crash(out, f);
	hooks(out, inc);
	files(out, inc);
	troubles(out, inc);
	flags(out, &f->list[FACT_FLAG]);
	if (f->list[FACT_WARNING].n) {
		heading(out, "jvisor warned at the start");
		list(out, &f->list[FACT_WARNING]);
	}
	command_line(out, &f->list[FACT_ARGV]);
	next(out, inc);
}
