/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence of a verdict, in words with figures: each kind of end has its own order, the
 * strongest first; what is not known says nothing. What was not decisive is told all the same: a
 * person may come to another verdict.
 */
#include "jvm/verdict_text.h"

#include <inttypes.h>
#include <signal.h>
#include "base/macro.h"
#include "base/parse.h"
#include "jvm/hserr.h"

typedef void teller(const struct evidence *e, struct strbuf *s);

static const char *sig_name(uint64_t sig, char buf[static 16])
{
	return signal_name(sig > (uint64_t)SIGRTMAX ? 0 : (int)sig, buf);
}

static void ev_end(const struct evidence *e, struct strbuf *s)
{
	const struct fact_nums *n = e->num;
	char buf[16];

	if (n->has[FACT_SIGNAL])
		strbuf_printf(s, "it was ended by SIG%s%s", sig_name(n->v[FACT_SIGNAL], buf),
			      fact_yes(n, FACT_CORE_DUMPED) ? "; the kernel wrote a core" : "");
	else if (n->has[FACT_EXIT_CODE])
		strbuf_printf(s, "it ended with exit code %" PRIu64, n->v[FACT_EXIT_CODE]);
	else if (fact_yes(n, FACT_LOST))
		strbuf_puts(s, "nobody saw the end: the next start found the open record");
}

static void ev_exec(const struct evidence *e, struct strbuf *s)
{
	const char *name;

	if (!e->num->has[FACT_EXEC_FAILED])
		return;
	name = strerrorname_np((int)(e->num->v[FACT_EXEC_FAILED] & 0xfff));
	strbuf_printf(s, "execve failed: %s", name ? name : "unknown error");
}

static void ev_report(const struct evidence *e, struct strbuf *s)
{
	const struct fact_nums *n = e->num;
	char buf[16];

	if (!n->has[FACT_HS_ERR_BYTES] && !fact_yes(n, FACT_HSERR_CAUSE))
		return;
	strbuf_puts(s, "the JVM wrote an hs_err log");
	if (n->has[FACT_HS_ERR_BYTES]) {
		strbuf_puts(s, " of ");
		strbuf_size(s, n->v[FACT_HS_ERR_BYTES]);
	}
	if (fact_yes(n, FACT_HSERR_SIGNAL))
		strbuf_printf(s, ": SIG%s", sig_name(n->v[FACT_HSERR_SIGNAL], buf));
	if (n->has[FACT_HSERR_ADDRESS])
		strbuf_printf(s, " at address 0x%" PRIx64, n->v[FACT_HSERR_ADDRESS]);
	if (e->hserr_reason && *e->hserr_reason)
		strbuf_printf(s, "%s %s", fact_yes(n, FACT_HSERR_SIGNAL) ? "," : ":",
			      e->hserr_reason);
}

static void ev_frame(const struct evidence *e, struct strbuf *s)
{
	if (e->hserr_frame && *e->hserr_frame)
		strbuf_printf(s, "problematic frame: %s", e->hserr_frame);
}

static void ev_message(const struct evidence *e, struct strbuf *s)
{
	if (e->oom_message && *e->oom_message)
		strbuf_printf(s, "message of the OutOfMemoryError: %s", e->oom_message);
}

static void ev_dump(const struct evidence *e, struct strbuf *s)
{
	if (!e->num->has[FACT_HEAP_DUMP_BYTES])
		return;
	strbuf_puts(s, "it wrote a heap dump of ");
	strbuf_size(s, e->num->v[FACT_HEAP_DUMP_BYTES]);
	strbuf_puts(s, " at an OutOfMemoryError");
}

static void ev_hold(const struct evidence *e, struct strbuf *s)
{
	/* enum dirwatch_way */
	static const char *const ways[] = { "", "inotify", "dnotify" };
	const struct fact_nums *n = e->num;
	uint64_t way = fact_get(n, FACT_WATCHED, 0);

	if (!n->has[FACT_WATCHED])
		return;
	if (!n->has[FACT_HELD_AT]) {
		strbuf_puts(s, way ? "no heap dump was seen to begin, so the oom hooks did not run "
				     "before the end"
				   : "the folder of the heap dump could not be watched, so the oom "
				     "hooks did not run before the end");
		return;
	}
	strbuf_printf(s, "jvisor held it %swhen its heap dump began, ",
		      fact_yes(n, FACT_HEAP_DUMP_OURS) ? "" : "(presumed: your own folder) ");
	strbuf_size(s, fact_get(n, FACT_HELD_BYTES, 0));
	strbuf_puts(s, " written, for the oom hooks: ");
	strbuf_duration(s, fact_get(n, FACT_HELD_TIME, 0));
	strbuf_printf(s, "; seen by %s", way < ARRAY_SIZE(ways) ? ways[way] : "");
	if (fact_yes(n, FACT_HELD_AGAIN))
		strbuf_puts(s, "; somebody let it go before");
}

static void ev_perf(const struct evidence *e, struct strbuf *s)
{
	const struct fact_nums *n = e->num;

	if (fact_yes(n, FACT_PERF_DATA) && fact_yes(n, FACT_PERF_NEVER))
		strbuf_puts(s, "no hsperfdata file was made: it did not get past its options");
	else if (fact_yes(n, FACT_PERF_LEFT))
		strbuf_puts(s,
			    "its hsperfdata file stayed behind: it ended without an orderly exit");
	else if (n->has[FACT_PERF_LEFT])
		strbuf_puts(s, "its hsperfdata file was removed: it had the time to end itself");
}

static void ev_flags(const struct evidence *e, struct strbuf *s)
{
	if (fact_yes(e->num, FACT_CRASH_ON_OOM))
		strbuf_puts(s, "CrashOnOutOfMemoryError was in effect");
	else if (fact_yes(e->num, FACT_EXIT_ON_OOM))
		strbuf_puts(s, "ExitOnOutOfMemoryError was in effect");
}

static void ev_kills(const struct evidence *e, struct strbuf *s)
{
	const struct fact_nums *n = e->num;

	if (fact_oom_kills(n) > 0)
		strbuf_printf(s,
			      "the kernel's count of OOM kills in its cgroup rose from %" PRIu64
			      " to %" PRIu64,
			      n->v[FACT_OOM_KILLS_START], n->v[FACT_OOM_KILLS_END]);
	else if (!fact_oom_kills(n))
		strbuf_printf(s, "the kernel's count of OOM kills in its cgroup stayed at %" PRIu64,
			      n->v[FACT_OOM_KILLS_END]);
	else if (fact_host_kills(n) >= 0)
		strbuf_printf(s,
			      "the count of OOM kills of its cgroup is not known; the machine's %s "
			      "%" PRIu64,
			      fact_host_kills(n) ? "rose to" : "stayed at",
			      n->v[FACT_HOST_KILLS_END]);
	if (fact_yes(n, FACT_KILLS_ALL) && s->len)
		strbuf_puts(s, "; where the kernel kills there, it kills all (memory.oom.group)");
}

static void ev_cgroup(const struct evidence *e, struct strbuf *s)
{
	static const struct {
		enum fact_num fact;
		const char *name;
	} parts[] = {
		{ FACT_CGROUP_USED, "used" },
		{ FACT_CGROUP_PEAK, "highest use" },
		{ FACT_CGROUP_LIMIT, "limit" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!fact_yes(e->num, parts[i].fact))
			continue;
		strbuf_printf(s, "%s%s ", s->len ? ", " : "memory of its cgroup: ", parts[i].name);
		strbuf_size(s, e->num->v[parts[i].fact]);
	}
}

static void ev_stop(const struct evidence *e, struct strbuf *s)
{
	const struct fact_nums *n = e->num;
	char buf[16];

	if (n->has[FACT_STOP_SIGNAL])
		strbuf_printf(s, "a stop was asked for by SIG%s",
			      sig_name(n->v[FACT_STOP_SIGNAL], buf));
	if (n->has[FACT_STOP_AT_DUMP]) {
		strbuf_puts(s, " while it wrote a heap dump: ");
		if (n->v[FACT_STOP_AT_DUMP])
			strbuf_duration(s, n->v[FACT_STOP_AT_DUMP]);
		strbuf_puts(s, n->v[FACT_STOP_AT_DUMP] ? " were left to it" : "it was waited for");
	}
	if (fact_yes(n, FACT_KILL_SENT))
		strbuf_printf(s, "%sjvisor sent SIGKILL when the stop timeout was over",
			      s->len ? "; " : "");
}

static void last_reading(struct strbuf *s, const struct fact_nums *n, const char *name,
			 enum fact_num used, enum fact_num max)
{
	if (!fact_yes(n, used))
		return;
	strbuf_printf(s, "%s at the last reading: ", name);
	strbuf_size(s, n->v[used]);
	if (fact_yes(n, max)) {
		strbuf_puts(s, " of at most ");
		strbuf_size(s, n->v[max]);
	}
}

static void ev_heap(const struct evidence *e, struct strbuf *s)
{
	last_reading(s, e->num, "Java heap", FACT_HEAP_USED, FACT_HEAP_MAX);
	if (s->len && fact_yes(e->num, FACT_HEAP_COMMITTED)) {
		strbuf_puts(s, ", ");
		strbuf_size(s, e->num->v[FACT_HEAP_COMMITTED]);
		strbuf_puts(s, " of it committed");
	}
}

static void ev_meta(const struct evidence *e, struct strbuf *s)
{
	last_reading(s, e->num, "metaspace", FACT_META_USED, FACT_META_MAX);
}

static void ev_class(const struct evidence *e, struct strbuf *s)
{
	if (fact_near(e->num, FACT_CLASS_USED, FACT_CLASS_MAX, META_NEAR))
		last_reading(s, e->num, "compressed class space", FACT_CLASS_USED, FACT_CLASS_MAX);
}

static void ev_rss(const struct evidence *e, struct strbuf *s)
{
	const struct fact_nums *n = e->num;

	if (fact_yes(n, FACT_MAX_RSS)) {
		strbuf_puts(s, "largest resident memory: ");
		strbuf_size(s, n->v[FACT_MAX_RSS]);
	}
	if (!fact_yes(n, FACT_RSS))
		return;
	strbuf_puts(s, s->len ? "; at the last reading" : "resident memory at the last reading");
	if (n->has[FACT_READ_AT] && n->has[FACT_ENDED] && n->v[FACT_ENDED] >= n->v[FACT_READ_AT] &&
	    !fact_yes(n, FACT_LOST))
		strbuf_printf(s, ", %.1f s before the end",
			      (double)(n->v[FACT_ENDED] - n->v[FACT_READ_AT]) / 1e9);
	strbuf_puts(s, ": ");
	strbuf_size(s, n->v[FACT_RSS]);
}

#define TELLERS 14

static teller *const by_kind[KIND_COUNT][TELLERS] = {
	[KIND_NONE] = { ev_end, ev_stop, ev_report, ev_dump, ev_perf },
	[KIND_OOM] = { ev_message, ev_report, ev_dump, ev_hold, ev_stop, ev_end, ev_perf, ev_flags,
		       ev_class, ev_heap, ev_meta, ev_kills, ev_cgroup },
	[KIND_CRASH] = { ev_report, ev_frame, ev_end, ev_dump, ev_flags, ev_stop, ev_heap, ev_rss,
			 ev_cgroup },
	[KIND_OOM_KILLER] = { ev_kills, ev_end, ev_cgroup, ev_rss, ev_heap, ev_dump, ev_meta,
			      ev_stop },
	[KIND_KILLED] = { ev_end, ev_stop, ev_hold, ev_kills, ev_dump, ev_cgroup, ev_rss, ev_heap },
	[KIND_EXIT] = { ev_end, ev_perf, ev_stop, ev_flags, ev_dump, ev_heap },
	[KIND_START_FAILED] = { ev_exec, ev_perf, ev_end },
	[KIND_STOP_TIMEOUT] = { ev_stop, ev_end, ev_dump, ev_hold, ev_kills, ev_rss, ev_heap },
};

void verdict_tell_evidence(const struct evidence *e, struct verdict *v)
{
	for (int i = 0; i < TELLERS && v->n_evidence < VERDICT_EVIDENCE; i++) {
		struct strbuf s = STRBUF_FIXED(v->evidence[v->n_evidence]);

		if (!by_kind[v->kind][i])
			break;
		by_kind[v->kind][i](e, &s);
		verdict_clean(v->evidence[v->n_evidence]);
		v->n_evidence += s.len > 0;
	}
}
