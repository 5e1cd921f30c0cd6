/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened: one list of cases, the strongest evidence first; the first that holds decides.
 *
 * What one would get wrong: the wait status is the weakest evidence there is. A crash ends by
 * signal 6, or with exit code 1 (-CreateCoredumpOnCrash), or by signal 11 (as PID 1); exit code 3
 * is an OutOfMemoryError or the program's own; 137 of a shell script is an exit code like any
 * other. What the JVM left behind tells them apart: hs_err, a heap dump, its hsperfdata file, which
 * only ExitOnOutOfMemoryError and violence leave (HotSpot 8 to 28).
 */
#include "jvm/verdict.h"

#include <signal.h>
#include "base/macro.h"
#include "jvm/hserr.h"
#include "jvm/verdict_text.h"

const char *const kind_names[KIND_COUNT] = {
	[KIND_NONE] = "none",
	[KIND_OOM] = "oom",
	[KIND_CRASH] = "crash",
	[KIND_OOM_KILLER] = "oom-killer",
	[KIND_KILLED] = "killed",
	[KIND_EXIT] = "exit",
	[KIND_START_FAILED] = "start-failed",
	[KIND_STOP_TIMEOUT] = "stop-timeout",
};

const char *const oom_kind_names[OOM_KIND_COUNT] = {
	[OOM_UNKNOWN] = "",
	[OOM_HEAP] = "heap",
	[OOM_GC_OVERHEAD] = "gc-overhead",
	[OOM_METASPACE] = "metaspace",
	[OOM_CLASS_SPACE] = "class-space",
	[OOM_ARRAY] = "array",
	[OOM_NATIVE] = "native",
};

#define JVM_OOM_EXIT 3 /* os::_exit(3) of ExitOnOutOfMemoryError, not to be configured */

bool fact_yes(const struct fact_nums *n, enum fact_num f)
{
	return n->has[f] && n->v[f];
}

bool fact_is(const struct fact_nums *n, enum fact_num f, uint64_t v)
{
	return n->has[f] && n->v[f] == v;
}

bool fact_near(const struct fact_nums *n, enum fact_num used, enum fact_num max, unsigned percent)
{
	return fact_yes(n, used) && fact_yes(n, max) && n->v[used] / percent >= n->v[max] / 100;
}

/* A smaller count is that of another cgroup, or of another boot. */
static int64_t rise(const struct fact_nums *n, enum fact_num start, enum fact_num end)
{
	if (!n->has[start] || !n->has[end] || n->v[end] < n->v[start])
		return -1;
	return (int64_t)(n->v[end] - n->v[start]);
}

int64_t fact_oom_kills(const struct fact_nums *n)
{
	return rise(n, FACT_OOM_KILLS_START, FACT_OOM_KILLS_END);
}

int64_t fact_host_kills(const struct fact_nums *n)
{
	return rise(n, FACT_HOST_KILLS_START, FACT_HOST_KILLS_END);
}

/* The signals by which a fault ends a process. */
static bool fault_signal(const struct fact_nums *n)
{
	switch (fact_get(n, FACT_SIGNAL, 0)) {
	case SIGABRT:
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
		return true;
	default:
		return false;
	}
}

static bool nobody_saw(const struct fact_nums *n)
{
	return fact_yes(n, FACT_LOST) || (!n->has[FACT_EXIT_CODE] && !n->has[FACT_SIGNAL]);
}

static bool dumped(const struct fact_nums *n)
{
	return n->has[FACT_HEAP_DUMP_BYTES];
}

/* The dump had begun, though perhaps not with a byte. */
static bool began_dump(const struct fact_nums *n)
{
	return dumped(n) || n->has[FACT_HELD_AT];
}

static bool java_not_run(const struct fact_nums *n)
{
	return n->has[FACT_EXEC_FAILED];
}

static bool report_of_java_oom(const struct fact_nums *n)
{
	return fact_is(n, FACT_HSERR_CAUSE, HSERR_JAVA_OOM);
}

static bool report_of_native_oom(const struct fact_nums *n)
{
	return fact_is(n, FACT_HSERR_CAUSE, HSERR_NATIVE_OOM);
}

static bool report_of_crash(const struct fact_nums *n)
{
	return fact_is(n, FACT_HSERR_CAUSE, HSERR_SIGNAL) ||
	       fact_is(n, FACT_HSERR_CAUSE, HSERR_INTERNAL);
}

static bool aborted_at_oom(const struct fact_nums *n)
{
	return fact_yes(n, FACT_CRASH_ON_OOM) && dumped(n) &&
	       (fault_signal(n) || fact_is(n, FACT_EXIT_CODE, 1));
}

/* If both flags are set the JVM crashes (8 to 28). */
static bool exit_of_oom(const struct fact_nums *n)
{
	return fact_is(n, FACT_EXIT_CODE, JVM_OOM_EXIT) && fact_yes(n, FACT_EXIT_ON_OOM) &&
	       !fact_yes(n, FACT_CRASH_ON_OOM);
}

static bool exit_of_oom_proved(const struct fact_nums *n)
{
	return exit_of_oom(n) && (fact_yes(n, FACT_PERF_LEFT) || began_dump(n));
}

static bool exit_of_oom_perhaps(const struct fact_nums *n)
{
	return exit_of_oom(n) && !n->has[FACT_PERF_LEFT];
}

static bool report_unread(const struct fact_nums *n)
{
	return n->has[FACT_HS_ERR_BYTES];
}

static bool report_unread_fault(const struct fact_nums *n)
{
	return report_unread(n) && fault_signal(n);
}

static bool kill_was_needed(const struct fact_nums *n)
{
	return fact_yes(n, FACT_KILL_SENT);
}

static bool dump_stalled(const struct fact_nums *n)
{
	return n->has[FACT_DUMP_STALLED] && fact_is(n, FACT_SIGNAL, SIGKILL);
}

static bool kernel_killed(const struct fact_nums *n)
{
	return fact_is(n, FACT_SIGNAL, SIGKILL) && fact_oom_kills(n) > 0;
}

/* Without a cgroup of our own: it can have been another process that the kernel killed. */
static bool kernel_killed_here(const struct fact_nums *n)
{
	return fact_is(n, FACT_SIGNAL, SIGKILL) && fact_oom_kills(n) < 0 && fact_host_kills(n) > 0;
}

/* The last reading is up to a tick old, and what the page cache holds counts as use. */
static bool was_at_limit(const struct fact_nums *n)
{
	return fact_near(n, FACT_RSS, FACT_CGROUP_LIMIT, 85) ||
	       (fact_near(n, FACT_RSS, FACT_CGROUP_LIMIT, 50) &&
		fact_near(n, FACT_CGROUP_USED, FACT_CGROUP_LIMIT, 95));
}

/* A container that is killed as a whole takes its supervisor along and is gone with its counters:
 * the next one has new ones. The machine's count is there still. */
static bool kernel_killed_unseen(const struct fact_nums *n)
{
	if (!nobody_saw(n))
		return false;
	if (fact_oom_kills(n) >= 0)
		return fact_oom_kills(n) > 0;
	return fact_host_kills(n) > 0 && was_at_limit(n);
}

/* A JVM with these flags does not outlive the dump, so it was killed while it wrote it or just
 * after: by a health check that found it hanging, as a rule. */
static bool killed_at_oom(const struct fact_nums *n)
{
	return (nobody_saw(n) || fact_is(n, FACT_SIGNAL, SIGKILL)) && began_dump(n) &&
	       (fact_yes(n, FACT_EXIT_ON_OOM) || fact_yes(n, FACT_CRASH_ON_OOM));
}

/* Held at its dump, which would not have fitted. */
static bool ended_without_dump(const struct fact_nums *n)
{
	return fact_is(n, FACT_SIGNAL, SIGKILL) && fact_is(n, FACT_DUMP_NO_ROOM, DUMP_SKIPPED);
}

static bool killed_not_by_kernel(const struct fact_nums *n)
{
	return fact_is(n, FACT_SIGNAL, SIGKILL) &&
	       (!fact_oom_kills(n) || (fact_oom_kills(n) < 0 && !fact_host_kills(n)));
}

static bool killed(const struct fact_nums *n)
{
	return fact_is(n, FACT_SIGNAL, SIGKILL);
}

static bool stop_signal(uint64_t sig)
{
	return sig == SIGTERM || sig == SIGINT || sig == SIGHUP;
}

/* HotSpot exits with 128 + the signal after its shutdown hooks; with -Xrs the signal itself ends
 * it. */
static bool stopped_as_asked(const struct fact_nums *n)
{
	uint64_t asked = fact_get(n, FACT_STOP_SIGNAL, 0);
	uint64_t code = fact_get(n, FACT_EXIT_CODE, 0);

	if (!n->has[FACT_STOP_SIGNAL])
		return false;
	if (n->has[FACT_SIGNAL])
		return n->v[FACT_SIGNAL] == asked || stop_signal(n->v[FACT_SIGNAL]);
	return !code || code == 128 + asked || (code > 128 && stop_signal(code - 128));
}

/* Nothing but an OutOfMemoryError writes into our own place. */
static bool dumped_for_us(const struct fact_nums *n)
{
	return dumped(n) && fact_yes(n, FACT_HEAP_DUMP_OURS);
}

/* An uncaught error in the main thread, as a rule: it hardly went on. */
static bool failed_with_our_dump(const struct fact_nums *n)
{
	return fact_is(n, FACT_EXIT_CODE, 1) && dumped_for_us(n);
}

static bool went_on(const struct fact_nums *n)
{
	return dumped_for_us(n) && (n->has[FACT_EXIT_CODE] || stopped_as_asked(n));
}

static bool other_signal(const struct fact_nums *n)
{
	return n->has[FACT_SIGNAL];
}

/* hsperfdata is made after the options are read and before anything of Java runs. */
static bool refused(const struct fact_nums *n)
{
	return (fact_is(n, FACT_EXIT_CODE, 1) || fact_is(n, FACT_EXIT_CODE, LOADER_EXIT)) &&
	       fact_yes(n, FACT_PERF_DATA) && fact_yes(n, FACT_PERF_NEVER);
}

static bool failed_with_dump(const struct fact_nums *n)
{
	return fact_is(n, FACT_EXIT_CODE, 1) && dumped(n);
}

/* Serial and Parallel keep room for the young that nothing old gets into (26 to 28 a third). */
static bool heap_full(const struct fact_nums *n)
{
	return fact_near(n, FACT_HEAP_USED, FACT_HEAP_MAX, HEAP_NEAR) ||
	       fact_near(n, FACT_OLD_USED, FACT_OLD_MAX, OLD_NEAR);
}

/* A main thread that cannot even detach for lack of memory leaves hsperfdata behind (17, 25). */
static bool failed_with_full_heap(const struct fact_nums *n)
{
	return fact_is(n, FACT_EXIT_CODE, 1) && fact_yes(n, FACT_PERF_LEFT) && heap_full(n);
}

static bool good_exit(const struct fact_nums *n)
{
	return fact_is(n, FACT_EXIT_CODE, 0);
}

static bool always(const struct fact_nums *n)
{
	return true;
}

// clang-format off
static const struct {
	bool (*holds)(const struct fact_nums *n);
	enum incident_kind kind;
	enum confidence confidence;
	verdict_tell *tell;
} cases[] = {
	{ java_not_run,          KIND_START_FAILED, CONFIDENCE_CONFIRMED, tell_not_run },

	/* The JVM said itself what it died of. */
	{ report_of_java_oom,    KIND_OOM,          CONFIDENCE_CONFIRMED, tell_oom },
	{ report_of_native_oom,  KIND_OOM,          CONFIDENCE_CONFIRMED, tell_oom },
	{ report_of_crash,       KIND_CRASH,        CONFIDENCE_CONFIRMED, tell_crash },

	/* It left what only one kind of end leaves. */
	{ aborted_at_oom,        KIND_OOM,          CONFIDENCE_CONFIRMED, tell_oom },
	{ exit_of_oom_proved,    KIND_OOM,          CONFIDENCE_CONFIRMED, tell_oom },
	{ report_unread_fault,   KIND_CRASH,        CONFIDENCE_CONFIRMED, tell_crash },
	{ report_unread,         KIND_CRASH,        CONFIDENCE_PRESUMED,  tell_crash },
	{ exit_of_oom_perhaps,   KIND_OOM,          CONFIDENCE_PRESUMED,  tell_oom_or_exit },

	/* It was ended from outside. */
	{ dump_stalled,          KIND_OOM,          CONFIDENCE_CONFIRMED, tell_oom },
	{ kill_was_needed,       KIND_STOP_TIMEOUT, CONFIDENCE_CONFIRMED, tell_stop_timeout },
	{ ended_without_dump,    KIND_OOM,          CONFIDENCE_CONFIRMED, tell_oom },
	{ kernel_killed,         KIND_OOM_KILLER,   CONFIDENCE_CONFIRMED, tell_oom_killer },
	{ kernel_killed_here,    KIND_OOM_KILLER,   CONFIDENCE_PRESUMED,  tell_oom_killer },
	{ kernel_killed_unseen,  KIND_OOM_KILLER,   CONFIDENCE_PRESUMED,  tell_oom_killer },
	{ killed_at_oom,         KIND_OOM,          CONFIDENCE_PRESUMED,  tell_oom },
	{ nobody_saw,            KIND_KILLED,       CONFIDENCE_PRESUMED,  tell_lost },
	{ killed_not_by_kernel,  KIND_KILLED,       CONFIDENCE_CONFIRMED, tell_killed },
	{ killed,                KIND_KILLED,       CONFIDENCE_PRESUMED,  tell_killed },

	/* It ended for another reason, after an OutOfMemoryError that must not be lost. */
	{ failed_with_our_dump,  KIND_OOM,          CONFIDENCE_CONFIRMED, tell_oom },
	{ went_on,               KIND_OOM,          CONFIDENCE_CONFIRMED, tell_went_on },
	{ stopped_as_asked,      KIND_NONE,         CONFIDENCE_CONFIRMED, tell_none },

	/* Only the status is left. */
	{ fault_signal,          KIND_CRASH,        CONFIDENCE_PRESUMED,  tell_crash },
	{ other_signal,          KIND_KILLED,       CONFIDENCE_CONFIRMED, tell_killed },
	{ refused,               KIND_START_FAILED, CONFIDENCE_CONFIRMED, tell_refused },
	{ failed_with_dump,      KIND_OOM,          CONFIDENCE_PRESUMED,  tell_oom },
	{ failed_with_full_heap, KIND_OOM,          CONFIDENCE_PRESUMED,  tell_oom },
	{ good_exit,             KIND_NONE,         CONFIDENCE_CONFIRMED, tell_none },
	{ always,                KIND_EXIT,         CONFIDENCE_CONFIRMED, tell_exit },
};
// clang-format on

/* The JVM's own messages (8 to 28); some builds put more behind them. */
static const struct {
	const char *message;
	enum oom_kind kind;
} oom_messages[] = {
	{ "Java heap space", OOM_HEAP },
	{ "GC overhead limit exceeded", OOM_GC_OVERHEAD },
	{ "Metaspace", OOM_METASPACE },
	{ "Compressed class space", OOM_CLASS_SPACE },
	{ "Requested array size exceeds VM limit", OOM_ARRAY },
};

static enum oom_kind which_oom(const struct evidence *e)
{
	const struct fact_nums *n = e->num;

	if (report_of_native_oom(n))
		return OOM_NATIVE;
	if (e->oom_message) {
		for (size_t i = 0; i < ARRAY_SIZE(oom_messages); i++) {
			if (slice_starts(slice_of(e->oom_message), oom_messages[i].message))
				return oom_messages[i].kind;
		}
		return OOM_UNKNOWN;
	}
	if (fact_near(n, FACT_META_USED, FACT_META_MAX, META_NEAR))
		return OOM_METASPACE;
	if (fact_near(n, FACT_CLASS_USED, FACT_CLASS_MAX, META_NEAR))
		return OOM_CLASS_SPACE;
	return heap_full(n) ? OOM_HEAP : OOM_UNKNOWN;
}

void verdict_decide(const struct evidence *evidence, struct verdict *ret)
{
	static const struct fact_nums nothing;
	struct evidence known = *evidence;
	struct verdict v = { 0 };
	struct strbuf sentence = STRBUF_FIXED(v.sentence);
	size_t i = 0;

	if (!known.num)
		known.num = &nothing;
	while (!cases[i].holds(known.num))
		i++;
	v.kind = cases[i].kind;
	v.confidence = cases[i].confidence;
	if (v.kind == KIND_OOM)
		v.oom_kind = which_oom(&known);
	cases[i].tell(&known, &v, &sentence);
	verdict_clean(v.sentence);
	verdict_tell_evidence(&known, &v);
	*ret = v;
}

struct evidence verdict_evidence(const struct facts *f)
{
	return (struct evidence){
		.num = &f->num,
		.app = f->str[FACT_APP],
		.hserr_frame = f->str[FACT_HSERR_FRAME],
		.hserr_library = f->str[FACT_HSERR_LIBRARY],
		.hserr_reason = f->str[FACT_HSERR_REASON],
		.oom_message = f->str[FACT_OOM_MESSAGE],
		.refused = f->str[FACT_REFUSED],
	};
}

void verdict_nums(const struct verdict *v, struct fact_nums *ret)
{
	fact_set(ret, FACT_KIND, v->kind);
	fact_set(ret, FACT_CONFIDENCE, v->confidence);
	fact_set(ret, FACT_OOM_KIND, v->oom_kind);
}
