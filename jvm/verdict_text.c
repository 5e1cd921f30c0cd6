/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a verdict. Somebody reads them at 3 a.m., in a log line: what happened, with the
 * figures that show it, then what to do, where that is known. Nothing is said that is not known:
 * readings of the heap are those of the last collection and can be far behind (25+), so they are
 * given only where they bear the statement out, or as what they are.
 *
 * Frames, reasons and messages come from a dying JVM and the program's name from its user:
 * verdict_clean() goes over all of it at the end.
 */
#include "jvm/verdict_text.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include "base/macro.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "jvm/hserr.h"

void verdict_clean(char *text)
{
	struct slice rest = slice_of(text);

	rest.len = utf8_whole(rest);
	text[rest.len] = '\0';
	while (rest.len) {
		size_t n = utf8_printable(rest);

		if (!n)
			text[rest.ptr - text] = '?';
		rest = slice_skip(rest, n ? n : 1);
	}
}

static const char *app(const struct evidence *e)
{
	return e->app && *e->app ? e->app : "The JVM";
}

static const char *seems(const struct verdict *v)
{
	return v->confidence == CONFIDENCE_PRESUMED ? ", it seems" : "";
}

/* Borrowed text as one run of words: blanks in a row (hs_err aligns columns by two) become one. */
static void add_words(struct strbuf *s, const char *text, size_t max)
{
	bool blank = false;

	for (size_t i = 0; i < max && text[i]; i++) {
		bool is_blank = text[i] == ' ' || text[i] == '\t';

		if (!is_blank || !blank)
			strbuf_putc(s, text[i]);
		blank = is_blank;
	}
}

/* "SIGSEGV (segmentation fault)" */
static void add_signal(struct strbuf *s, uint64_t sig)
{
	char buf[16];

	if (sig > (uint64_t)SIGRTMAX)
		sig = 0;
	strbuf_printf(s, "SIG%s (%s)", signal_name((int)sig, buf), signal_text((int)sig));
}

/* "63 MiB of at most 64 MiB" */
static void add_use(struct strbuf *s, const struct fact_nums *n, enum fact_num used,
		    enum fact_num max)
{
	strbuf_size(s, n->v[used]);
	if (fact_yes(n, max)) {
		strbuf_puts(s, " of at most ");
		strbuf_size(s, n->v[max]);
	}
}

static void add_end(struct strbuf *s, const struct fact_nums *n)
{
	if (n->has[FACT_SIGNAL]) {
		strbuf_puts(s, "by ");
		add_signal(s, n->v[FACT_SIGNAL]);
	} else if (n->has[FACT_EXIT_CODE]) {
		strbuf_printf(s, "with exit code %" PRIu64, n->v[FACT_EXIT_CODE]);
	} else {
		strbuf_puts(s, "unseen");
	}
}

void tell_not_run(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	int code = (int)(e->num->v[FACT_EXEC_FAILED] & 0xfff);
	const char *why = strerrordesc_np(code);

	strbuf_printf(s, "%s was not started: java could not be run: %s.", app(e),
		      why ? why : "unknown error");
	if (code == ENOENT)
		strbuf_puts(s, " Check JVISOR_JAVA, [java] path and JAVA_HOME.");
}

void tell_refused(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	bool loaded = !fact_is(e->num, FACT_EXIT_CODE, LOADER_EXIT);

	strbuf_printf(s, "%s did not start: java %s ", app(e),
		      loaded ? "refused its command line" : "could not be loaded and ended");
	add_end(s, e->num);
	if (loaded && e->refused) {
		strbuf_puts(s, ", presumably over ");
		add_words(s, e->refused, 200);
		strbuf_puts(s, ". Java's own message is in the lines above.");
		return;
	}
	strbuf_puts(s, loaded ? ". An option, the jar or an agent is wrong: see java's own message."
			      : ". A library of the JDK is missing: see java's own message.");
}

// clang-format off
/* What each kind of OutOfMemoryError means, and the reading that bears it out from so many percent
 * on (0: none does). */
static const struct {
	const char *what;
	enum fact_num used, max;
	unsigned near;
	const char *advice; /* NULL: as for the heap */
} ooms[OOM_KIND_COUNT] = {
	[OOM_UNKNOWN] = {
		.what = "of which kind is not known here",
		.advice = "The JVM's output says it (java.lang.OutOfMemoryError: ...).",
	},
	[OOM_HEAP] = {
		.what = "the Java heap is full",
		.used = FACT_HEAP_USED, .max = FACT_HEAP_MAX, .near = HEAP_NEAR,
	},
	[OOM_GC_OVERHEAD] = {
		.what = "garbage collection ran nearly all the time and freed next to nothing",
		.used = FACT_HEAP_USED, .max = FACT_HEAP_MAX, .near = HEAP_NEAR,
	},
	[OOM_METASPACE] = {
		.what = "the metaspace is full",
		.used = FACT_META_USED, .max = FACT_META_MAX, .near = META_NEAR,
		.advice = "Raise -XX:MaxMetaspaceSize, or look for class loaders that are kept.",
	},
	[OOM_CLASS_SPACE] = {
		.what = "the compressed class space is full",
		.used = FACT_CLASS_USED, .max = FACT_CLASS_MAX, .near = META_NEAR,
		.advice = "Raise -XX:CompressedClassSpaceSize, or look for class loaders that are "
			  "kept.",
	},
	[OOM_ARRAY] = {
		.what = "an array longer than the JVM can make was asked for",
		.advice = "More heap does not help: look for a length taken from input.",
	},
	[OOM_NATIVE] = {
		.what = "the system gave the JVM itself no more memory",
		.advice = "Look at the limits (container, ulimit -v) and the number of threads; a "
			  "smaller -Xmx leaves more to the JVM.",
	},
};
// clang-format on

/* A JVM with these flags does not outlive the dump. */
static bool ends_at_oom(const struct fact_nums *n)
{
	return fact_yes(n, FACT_CRASH_ON_OOM) || fact_yes(n, FACT_EXIT_ON_OOM);
}

static void add_oom_end(struct strbuf *s, const struct fact_nums *n)
{
	if (fact_is(n, FACT_SIGNAL, SIGKILL) && fact_is(n, FACT_DUMP_NO_ROOM, DUMP_SKIPPED)) {
		strbuf_puts(s, "jvisor ended it before its heap dump");
		return;
	}
	if (n->has[FACT_DUMP_STALLED]) {
		strbuf_puts(s, "its heap dump stood still for ");
		strbuf_duration(s, n->v[FACT_DUMP_STALLED]);
		strbuf_puts(s, ", so jvisor killed it");
		return;
	}
	if (!n->has[FACT_EXIT_CODE] && !fact_is(n, FACT_SIGNAL, SIGABRT)) {
		strbuf_puts(s, "it ended ");
		add_end(s, n);
		if (fact_yes(n, FACT_LOST) || fact_is(n, FACT_SIGNAL, SIGKILL))
			strbuf_puts(s, " while it dealt with that");
		return;
	}
	if (ends_at_oom(n))
		strbuf_puts(s, "the JVM ended itself ");
	else
		strbuf_puts(s, "it ended ");
	add_end(s, n);
}

void tell_oom(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;
	enum oom_kind k = v->oom_kind;

	strbuf_printf(s, "%s ran out of memory%s: ", app(e), seems(v));
	if (k == OOM_UNKNOWN && e->oom_message)
		add_words(s, e->oom_message, 100);
	else
		strbuf_puts(s, ooms[k].what);
	if (k == OOM_NATIVE && e->hserr_reason) {
		strbuf_puts(s, " (");
		add_words(s, e->hserr_reason, 120);
		strbuf_putc(s, ')');
	} else if (ooms[k].near && fact_near(n, ooms[k].used, ooms[k].max, ooms[k].near)) {
		strbuf_puts(s, " (");
		add_use(s, n, ooms[k].used, ooms[k].max);
		strbuf_puts(s, " used)");
	} else if (ooms[k].near && fact_yes(n, ooms[k].max)) {
		strbuf_puts(s, " (at most ");
		strbuf_size(s, n->v[ooms[k].max]);
		strbuf_putc(s, ')');
	}
	strbuf_puts(s, "; ");
	add_oom_end(s, n);
	strbuf_puts(s, ". ");
	if (ooms[k].advice)
		strbuf_puts(s, ooms[k].advice);
	else if (fact_yes(n, FACT_HEAP_DUMP_CUT))
		strbuf_puts(s,
			    "The heap dump is cut: make room where it was written. Raise -Xmx, or "
			    "look for a leak with the next one.");
	else if (n->has[FACT_HEAP_DUMP_BYTES])
		strbuf_puts(s, "Raise -Xmx, or look for a leak in the heap dump.");
	else if (fact_yes(n, FACT_DUMP_NO_ROOM))
		strbuf_puts(s, "No heap dump was written: there was no room for it above [collect] "
			       "min_free. Raise -Xmx, or make room to look for a leak.");
	else if (fact_yes(n, FACT_DUMP_ON_OOM))
		strbuf_puts(s, "No heap dump was left, though one was asked for: see what the JVM "
			       "says of it. Raise -Xmx, or look for a leak.");
	else
		strbuf_puts(s, "Raise -Xmx, or have a heap dump written ([oom] heap_dump = yes) to "
			       "look for a leak.");
}

/* Nothing was left that tells both apart. */
void tell_oom_or_exit(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	strbuf_printf(s, "%s ran out of memory%s: it ended ", app(e), seems(v));
	add_end(s, e->num);
	strbuf_puts(s, ", by ExitOnOutOfMemoryError or by a System.exit of its own. The JVM's "
		       "output says it (Terminating due to java.lang.OutOfMemoryError: ...).");
}

void tell_went_on(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;

	strbuf_printf(s, "%s ran out of memory, wrote a heap dump and went on; later it ", app(e));
	strbuf_puts(s, n->has[FACT_STOP_SIGNAL] ? "was stopped as asked, " : "ended by itself ");
	add_end(s, n);
	strbuf_puts(s, ". Look into the heap dump for what filled the memory; the JVM's output "
		       "says which (java.lang.OutOfMemoryError: ...).");
}

/* Behind an end that has another reason. */
static void add_earlier_oom(struct strbuf *s, const struct fact_nums *n)
{
	if (n->has[FACT_HEAP_DUMP_BYTES])
		strbuf_puts(s, " It had run out of memory before: see the heap dump.");
}

/* Somebody sent the signal: 11 to 28 say so in the title, 8 only by si_code. */
static bool was_sent(const struct evidence *e)
{
	const struct fact_nums *n = e->num;

	if (e->hserr_reason && slice_starts(slice_of(e->hserr_reason), "sent by "))
		return true;
	return n->has[FACT_HSERR_SI_CODE] && (int64_t)n->v[FACT_HSERR_SI_CODE] <= 0 &&
	       !n->has[FACT_HSERR_ADDRESS];
}

static void add_place(struct strbuf *s, const struct evidence *e)
{
	if (e->hserr_library && *e->hserr_library) {
		strbuf_puts(s, " in ");
		add_words(s, e->hserr_library, 60);
	}
	if (e->hserr_frame && *e->hserr_frame) {
		strbuf_puts(s, " [problematic frame ");
		add_words(s, e->hserr_frame, 120);
		strbuf_putc(s, ']');
	}
}

static void add_crash_advice(struct strbuf *s, const struct evidence *e)
{
	if (!e->hserr_frame || !*e->hserr_frame)
		return;
	if (!e->hserr_library || !*e->hserr_library) {
		strbuf_puts(s, " Compiled Java code or the JVM's own: try a newer update of the "
			       "JDK.");
	} else if (!strcmp(e->hserr_library, "libjvm.so")) {
		strbuf_puts(s,
			    " Try a newer update of the JDK; native code and sun.misc.Unsafe can "
			    "also be behind it.");
	} else {
		strbuf_puts(s, " Look for a newer version of ");
		add_words(s, e->hserr_library, 60);
		strbuf_puts(s, " or of what brings it.");
	}
}

static void tell_silent_crash(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;

	strbuf_printf(s, "%s crashed%s: it ended ", app(e), seems(v));
	add_end(s, n);
	if (n->has[FACT_HS_ERR_BYTES]) {
		strbuf_puts(s, " and left an hs_err log that says why.");
		return;
	}
	strbuf_puts(s, " and left no hs_err log.");
	if (fact_is(n, FACT_SIGNAL, SIGABRT))
		strbuf_puts(s, " Native code that calls abort() ends a JVM so, or a kill -ABRT; or "
			       "the disk was too full for the log.");
}

void tell_crash(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;
	uint64_t sig = fact_get(n, FACT_HSERR_SIGNAL, fact_get(n, FACT_SIGNAL, 0));

	if (fact_is(n, FACT_HSERR_CAUSE, HSERR_INTERNAL)) {
		strbuf_printf(s, "%s crashed: internal error of the JVM", app(e));
		if (e->hserr_reason && *e->hserr_reason) {
			strbuf_puts(s, " (");
			add_words(s, e->hserr_reason, 160);
			strbuf_putc(s, ')');
		}
	} else if (!fact_is(n, FACT_HSERR_CAUSE, HSERR_SIGNAL)) {
		tell_silent_crash(e, v, s);
		return;
	} else if (was_sent(e)) {
		strbuf_printf(s, "%s crashed: it was sent ", app(e));
		add_signal(s, sig);
		strbuf_puts(s, " from outside; no code of it is at fault. Look for who did that.");
		return;
	} else {
		char buf[16];

		strbuf_printf(s, "%s crashed: %s (SIG%s)", app(e),
			      signal_text(sig > (uint64_t)SIGRTMAX ? 0 : (int)sig),
			      signal_name(sig > (uint64_t)SIGRTMAX ? 0 : (int)sig, buf));
	}
	add_place(s, e);
	strbuf_putc(s, '.');
	add_crash_advice(s, e);
}

/* How the memory of a JVM was shared out when it was killed; 0: not known. */
struct share {
	uint64_t all, heap, rest;
};

/* What is committed of the heap is what it takes, as a rule: pages that were used once stay. Where
 * that is more than there was in all, it cannot have been touched. */
static struct share share_of(const struct fact_nums *n)
{
	uint64_t last = fact_get(n, FACT_RSS, 0), most = fact_get(n, FACT_MAX_RSS, 0);
	struct share s = { .all = most > last ? most : last };

	s.heap = fact_get(n, FACT_HEAP_COMMITTED, 0);
	if (!s.heap || s.heap > s.all)
		s.heap = fact_get(n, FACT_HEAP_USED, 0);
	if (s.heap > s.all)
		s.heap = s.all;
	s.rest = s.heap ? s.all - s.heap : 0;
	return s;
}

/* Whether the cgroup's own limit was what the kernel ran into. */
static bool limit_reached(const struct fact_nums *n)
{
	return fact_near(n, FACT_CGROUP_PEAK, FACT_CGROUP_LIMIT, 95) ||
	       fact_near(n, FACT_CGROUP_USED, FACT_CGROUP_LIMIT, 95) ||
	       fact_near(n, FACT_RSS, FACT_CGROUP_LIMIT, 85) ||
	       (!n->has[FACT_CGROUP_PEAK] && n->has[FACT_CGROUP_LIMIT]);
}

static void add_limit(struct strbuf *s, const struct fact_nums *n)
{
	if (limit_reached(n)) {
		strbuf_puts(s, "the container's memory limit of ");
		strbuf_size(s, n->v[FACT_CGROUP_LIMIT]);
		strbuf_puts(s, " was reached");
	} else if (n->has[FACT_CGROUP_LIMIT]) {
		strbuf_puts(s, "its own limit of ");
		strbuf_size(s, n->v[FACT_CGROUP_LIMIT]);
		strbuf_puts(s,
			    " was not reached, so the machine or a group above was out of memory");
	} else {
		strbuf_puts(s,
			    "no memory limit of its own is known, so the machine or a group above "
			    "was out of memory");
	}
}

/* "It had 500 MiB: 400 MiB Java heap (of at most 450 MiB) and 100 MiB beside it" */
static void add_share(struct strbuf *s, const struct fact_nums *n, const struct share *m)
{
	uint64_t heap = m->all ? m->heap : fact_get(n, FACT_HEAP_USED, 0);
	uint64_t max = fact_get(n, FACT_HEAP_MAX, 0);

	if (!m->all && !heap)
		return;
	strbuf_puts(s, ". It had ");
	if (m->all)
		strbuf_size(s, m->all);
	if (m->all && heap)
		strbuf_puts(s, ": ");
	if (heap) {
		strbuf_size(s, heap);
		strbuf_puts(s, " Java heap");
	}
	if (heap && max) {
		strbuf_puts(s, " (of at most ");
		strbuf_size(s, max);
		strbuf_puts(s, max > fact_get(n, FACT_CGROUP_LIMIT, max)
				       ? ", which is over that limit)"
				       : ")");
	}
	if (m->rest) {
		strbuf_puts(s, " and ");
		strbuf_size(s, m->rest);
		strbuf_puts(s, " beside it");
	}
}

#define STEP_OF_ADVICE (16ULL * 1024 * 1024)

/* A heap that is full and the rest as it was, with a tenth of that to spare. */
static void add_figures(struct strbuf *s, uint64_t limit, uint64_t heap_max, uint64_t rest)
{
	uint64_t beside = rest + rest / 10;
	uint64_t fits = limit > beside ? (limit - beside) / STEP_OF_ADVICE * STEP_OF_ADVICE : 0;
	uint64_t needs = (heap_max + beside + STEP_OF_ADVICE - 1) / STEP_OF_ADVICE * STEP_OF_ADVICE;

	if (fits) {
		strbuf_puts(s, " Lower -Xmx to ");
		strbuf_size(s, fits);
		strbuf_puts(s, " (or MaxRAMPercentage likewise), or raise the limit to ");
	} else {
		strbuf_puts(s, " Raise the limit to ");
	}
	strbuf_size(s, needs);
	strbuf_putc(s, '.');
}

static void add_oom_killer_advice(struct strbuf *s, const struct fact_nums *n,
				  const struct share *m)
{
	uint64_t limit = fact_get(n, FACT_CGROUP_LIMIT, 0), max = fact_get(n, FACT_HEAP_MAX, 0);

	if (!limit_reached(n))
		strbuf_puts(s, " Look for what else took memory there, or move it; a lower -Xmx "
			       "makes this JVM a smaller target.");
	else if (m->rest > m->heap && m->rest > limit / 3)
		strbuf_puts(s,
			    " Most of it is not heap: look for direct buffers, threads and native "
			    "code (-XX:NativeMemoryTracking=summary tells), or raise the limit.");
	else if (m->rest && max && max + m->rest > limit)
		add_figures(s, limit, max, m->rest);
	else if (m->all && m->all < limit / 4 * 3)
		strbuf_puts(s, " Other processes in the container took the rest: look for them, or "
			       "raise the limit.");
	else
		strbuf_puts(s,
			    " Lower -Xmx (or MaxRAMPercentage), since the JVM needs memory beside "
			    "the heap, or raise the limit.");
}

void tell_oom_killer(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;
	const struct share m = share_of(n);

	strbuf_printf(s, "%s was killed by the kernel's OOM killer", app(e));
	if (fact_yes(n, FACT_LOST))
		strbuf_printf(s, " together with its %s",
			      fact_yes(n, FACT_KILLS_ALL) ? "whole container" : "supervisor");
	strbuf_printf(s, "%s: ", seems(v));
	add_limit(s, n);
	add_share(s, n, &m);
	strbuf_putc(s, '.');
	add_oom_killer_advice(s, n, &m);
	add_earlier_oom(s, n);
}

void tell_killed(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;

	strbuf_printf(s, "%s was ended from outside by ", app(e));
	add_signal(s, fact_get(n, FACT_SIGNAL, 0));
	if (n->has[FACT_STOP_SIGNAL])
		strbuf_puts(s, " while it was being stopped");
	if (!fact_is(n, FACT_SIGNAL, SIGKILL)) {
		strbuf_puts(s, ". Look for who sent it.");
	} else if (v->confidence == CONFIDENCE_CONFIRMED) {
		strbuf_puts(s,
			    ", not by jvisor and not by the kernel's OOM killer. Look for who did: "
			    "the container runtime, a failed health check, an operator.");
	} else {
		strbuf_puts(s,
			    ", not by jvisor. Whether it was the kernel's OOM killer is not known: "
			    "look into the kernel's log.");
	}
	add_earlier_oom(s, n);
}

void tell_lost(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	strbuf_printf(s, "%s was killed, it seems, together with its supervisor", app(e));
	if (e->num->has[FACT_STOP_SIGNAL])
		strbuf_puts(s, " while it was being stopped");
	strbuf_puts(s,
		    ": nobody saw the end. A machine or container that went down, or a kill -9 of "
		    "all, does that.");
	add_earlier_oom(s, e->num);
}

void tell_stop_timeout(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;

	strbuf_printf(s, "%s did not stop in time", app(e));
	if (n->has[FACT_STOP_SIGNAL]) {
		strbuf_puts(s, " after ");
		add_signal(s, n->v[FACT_STOP_SIGNAL]);
	}
	if ((n->has[FACT_HEAP_DUMP_BYTES] || n->has[FACT_HELD_AT]) && ends_at_oom(n)) {
		strbuf_puts(s, " and was killed while it dealt with an OutOfMemoryError: its heap "
			       "dump may be cut short. Raise [stop] timeout.");
		return;
	}
	strbuf_puts(s,
		    " and was killed. Look for what its shutdown hooks wait for, or raise [stop] "
		    "timeout.");
	add_earlier_oom(s, n);
}

void tell_exit(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;
	uint64_t code = fact_get(n, FACT_EXIT_CODE, 0);

	strbuf_printf(s, "%s ended ", app(e));
	add_end(s, n);
	if (code == 128 + SIGTERM || code == 128 + SIGINT || code == 128 + SIGHUP)
		strbuf_puts(s, ", as after a stop that was not asked of jvisor");
	else if (n->has[FACT_STOP_SIGNAL])
		strbuf_puts(s, " when it was stopped");
	strbuf_putc(s, '.');
	add_earlier_oom(s, n);
}

void tell_none(const struct evidence *e, const struct verdict *v, struct strbuf *s)
{
	const struct fact_nums *n = e->num;

	if (n->has[FACT_STOP_SIGNAL]) {
		strbuf_printf(s, "%s stopped as asked, ", app(e));
		add_end(s, n);
	} else {
		strbuf_printf(s, "%s ended by itself ", app(e));
		add_end(s, n);
	}
	strbuf_putc(s, '.');
	add_earlier_oom(s, n);
}
