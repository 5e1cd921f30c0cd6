/* SPDX-License-Identifier: Apache-2.0 */
/*
 * incident.json, schema 1: written from an incident, and read back as far as a digest needs it to
 * go on. A fact that is not known is left out; nothing is 0 or "" for want of knowledge.
 *
 * Our own file may be damaged or somebody else's: what is read back is checked like any text.
 */
#include "incident/incident.h"

#include <errno.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/parse.h"

enum { SCHEMA = 1, ROWS_MAX = 1000 };

static void set_num(struct js *o, const char *key, const struct fact_nums *n, enum fact_num f)
{
	if (n->has[f])
		js_set_int(o, key, (int64_t)n->v[f]);
}

static void set_flag(struct js *o, const char *key, const struct fact_nums *n, enum fact_num f)
{
	if (n->has[f])
		js_set_bool(o, key, n->v[f]);
}

static void set_ms(struct js *o, const char *key, const struct fact_nums *n, enum fact_num f)
{
	if (n->has[f])
		js_set_int(o, key, (int64_t)(n->v[f] / NSEC_PER_MSEC));
}

static void set_time(struct js *o, const char *key, uint64_t at)
{
	char iso[CLOCK_ISO_LEN];

	if (!at)
		return;
	clock_iso(at, iso);
	js_set_str(o, key, iso);
}

static void set_signal(struct js *o, const char *key, const struct fact_nums *n, enum fact_num f)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	char buf[16];

	if (!n->has[f])
		return;
	strbuf_printf(&b, "SIG%s", signal_name((int)n->v[f], buf));
	js_set_str(o, key, strbuf_str(&b));
}

static struct js *texts(const struct strv *list, const struct strv *more)
{
	struct js *a = js_array();

	for (size_t i = 0; i < list->n; i++)
		js_push(a, js_str(list->v[i]));
	for (size_t i = 0; more && i < more->n; i++)
		js_push(a, js_str(more->v[i]));
	return a;
}

static struct js *times(const struct incident *inc)
{
	const struct fact_nums *n = &inc->facts.num;
	struct js *o = js_object();

	set_time(o, "started", fact_get(n, FACT_STARTED, 0));
	set_time(o, "ended", fact_get(n, FACT_ENDED, 0));
	set_time(o, "collected", inc->collected);
	set_ms(o, "uptime_ms", n, FACT_UPTIME);
	set_ms(o, "cpu_ms", n, FACT_CPU_TIME);
	return o;
}

static struct js *instance(const struct facts *f)
{
	struct js *o = js_object();

	js_set_str(o, "id", f->str[FACT_INSTANCE]);
	set_num(o, "pid", &f->num, FACT_PID);
	set_num(o, "jvisor_pid", &f->num, FACT_JVISOR_PID);
	set_num(o, "restarts", &f->num, FACT_RESTARTS);
	js_set(o, "argv", texts(&f->list[FACT_ARGV], NULL));
	js_set_str(o, "user", f->str[FACT_USER]);
	js_set_str(o, "cwd", f->str[FACT_CWD]);
	js_set_str(o, "policy", f->str[FACT_POLICY]);
	return o;
}

static struct js *jvm(const struct facts *f)
{
	struct js *o = js_object();

	js_set_str(o, "home", f->str[FACT_JAVA_HOME]);
	js_set_str(o, "java", f->str[FACT_JAVA]);
	js_set_str(o, "version", f->str[FACT_JVM_VERSION]);
	if (fact_get(&f->num, FACT_JVM_FEATURE, 0)) /* 0: not known */
		set_num(o, "feature", &f->num, FACT_JVM_FEATURE);
	js_set_str(o, "vendor", f->str[FACT_JVM_VENDOR]);
	js_set_str(o, "kind", f->str[FACT_JVM_KIND]);
	return o;
}

static struct js *end(const struct fact_nums *n)
{
	struct js *o = js_object();

	set_num(o, "exit_code", n, FACT_EXIT_CODE);
	set_num(o, "signal", n, FACT_SIGNAL);
	set_signal(o, "signal_name", n, FACT_SIGNAL);
	set_flag(o, "core_dumped", n, FACT_CORE_DUMPED);
	set_signal(o, "stop_signal", n, FACT_STOP_SIGNAL);
	set_flag(o, "kill_sent", n, FACT_KILL_SENT);
	set_num(o, "exec_errno", n, FACT_EXEC_FAILED);
	set_flag(o, "unseen", n, FACT_LOST);
	return o;
}

static struct js *oom(const struct facts *f)
{
	uint64_t kind = fact_get(&f->num, FACT_OOM_KIND, OOM_UNKNOWN);
	struct js *o = js_object();

	js_set_str(o, "kind", kind < OOM_KIND_COUNT ? oom_kind_names[kind] : NULL);
	js_set_str(o, "message", f->str[FACT_OOM_MESSAGE]);
	js_set_str(o, "thread", f->str[FACT_HSERR_THREAD]);
	return o;
}

/* What was done before the end. Ways as enum dirwatch_way has them. */
static struct js *hold(const struct facts *f)
{
	static const char *const ways[] = { "none", "inotify", "dnotify" };
	const struct fact_nums *n = &f->num;
	uint64_t way = fact_get(n, FACT_WATCHED, ARRAY_SIZE(ways));
	struct js *o = js_object();

	js_set_str(o, "watch", way < ARRAY_SIZE(ways) ? ways[way] : NULL);
	set_time(o, "at", fact_get(n, FACT_HELD_AT, 0));
	set_ms(o, "ms", n, FACT_HELD_TIME);
	set_num(o, "dump_bytes", n, FACT_HELD_BYTES);
	set_num(o, "again", n, FACT_HELD_AGAIN);
	if (n->has[FACT_HELD_AT])
		js_set_bool(o, "presumed", !fact_get(n, FACT_HEAP_DUMP_OURS, 0));
	set_ms(o, "stop_at_dump_ms", n, FACT_STOP_AT_DUMP);
	set_ms(o, "dump_stalled_ms", n, FACT_DUMP_STALLED);
	set_flag(o, "crash_hooks_before_end", n, FACT_CRASH_EARLY);
	return o;
}

static struct js *crash(const struct facts *f)
{
	const struct fact_nums *n = &f->num;
	struct js *o = js_object();
	char address[24];
	struct strbuf b = STRBUF_FIXED(address);

	set_num(o, "signal", n, FACT_HSERR_SIGNAL);
	set_signal(o, "signal_name", n, FACT_HSERR_SIGNAL);
	set_num(o, "si_code", n, FACT_HSERR_SI_CODE);
	if (n->has[FACT_HSERR_ADDRESS]) { /* over 2^53 not every reader has the number */
		strbuf_printf(&b, "0x%016llx", (unsigned long long)n->v[FACT_HSERR_ADDRESS]);
		js_set_str(o, "address", address);
	}
	js_set_str(o, "problematic_frame", f->str[FACT_HSERR_FRAME]);
	js_set_str(o, "library", f->str[FACT_HSERR_LIBRARY]);
	js_set_str(o, "thread", f->str[FACT_HSERR_THREAD]);
	js_set(o, "stack", texts(&f->list[FACT_HSERR_STACK], NULL));
	js_set_str(o, "jdk_version", f->str[FACT_HSERR_VERSION]);
	js_set_str(o, "reason", f->str[FACT_HSERR_REASON]);
	return o;
}

static struct js *memory(const struct fact_nums *n)
{
	static const struct {
		const char *key;
		enum fact_num num;
	} rows[] = {
		{ "heap_used", FACT_HEAP_USED },
		{ "heap_max", FACT_HEAP_MAX },
		{ "old_used", FACT_OLD_USED },
		{ "old_max", FACT_OLD_MAX },
		{ "metaspace_used", FACT_META_USED },
		{ "metaspace_max", FACT_META_MAX },
		{ "class_space_used", FACT_CLASS_USED },
		{ "class_space_max", FACT_CLASS_MAX },
		{ "rss", FACT_RSS },
		{ "max_rss", FACT_MAX_RSS },
		{ "limit", FACT_CGROUP_LIMIT },
		{ "cgroup_used", FACT_CGROUP_USED },
		{ "cgroup_peak", FACT_CGROUP_PEAK },
		{ "oom_kills_start", FACT_OOM_KILLS_START },
		{ "oom_kills_end", FACT_OOM_KILLS_END },
		{ "host_kills_start", FACT_HOST_KILLS_START },
		{ "host_kills_end", FACT_HOST_KILLS_END },
		{ "heap_committed", FACT_HEAP_COMMITTED },
	};
	struct js *o = js_object();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		set_num(o, rows[i].key, n, rows[i].num);
	return o;
}

static struct js *flags(const struct strv *list)
{
	static const char *const keys[] = { "name", "value", "origin", "reason" };
	struct js *a = js_array();

	for (size_t i = 0; i < list->n; i++) {
		struct slice rest = slice_of(list->v[i]), field;
		struct js *o = js_object();

		for (size_t k = 0; k < ARRAY_SIZE(keys) && slice_next(&rest, '\t', &field); k++)
			js_set(o, keys[k], js_slice(field));
		js_push(a, o);
	}
	return a;
}

static struct js *steps(const struct incident *inc)
{
	struct js *a = js_array();

	for (size_t i = 0; i < inc->n_steps; i++) {
		const struct step *s = &inc->steps[i];
		struct js *o = js_object();

		js_set_str(o, "name", s->name);
		js_set_str(o, "status", step_status_names[s->status]);
		js_set_int(o, "ms", (int64_t)s->ms);
		if (s->bytes)
			js_set_int(o, "bytes", (int64_t)s->bytes);
		js_set_str(o, s->status == STEP_FAILED ? "error" : "note", s->text);
		js_push(a, o);
	}
	return a;
}

static struct js *hooks(const struct incident *inc)
{
	struct js *a = js_array();

	for (size_t i = 0; i < inc->n_hooks; i++) {
		const struct hook_row *h = &inc->hooks[i];
		struct js *o = js_object();

		js_set_str(o, "event", h->event);
		js_set_str(o, "name", h->name);
		js_set_str(o, "status", h->status);
		js_set_int(o, "exit_code", h->exit_code);
		js_set_int(o, "ms", (int64_t)h->ms);
		js_set_str(o, "error", h->reason);
		js_push(a, o);
	}
	return a;
}

static struct js *artifacts(const struct incident *inc)
{
	struct js *a = js_array();

	for (size_t i = 0; i < inc->n_artifacts; i++) {
		const struct artifact *t = &inc->artifacts[i];
		struct js *o = js_object();

		js_set_str(o, "name", t->name);
		js_set_str(o, "type", artifact_type_names[t->type]);
		js_set_int(o, "bytes", (int64_t)t->bytes);
		if (t->original_bytes)
			js_set_int(o, "original_bytes", (int64_t)t->original_bytes);
		js_set_str(o, "sha256", t->sha256);
		js_set_str(o, "source", t->source);
		js_set_str(o, "status", artifact_state_names[t->state]);
		if (t->cut)
			js_set_bool(o, "cut", true);
		js_push(a, o);
	}
	return a;
}

int incident_format_json(const struct incident *inc, struct strbuf *out)
{
	const struct facts *f = &inc->facts;
	enum incident_kind kind = incident_kind(inc);
	bool confirmed = fact_get(&f->num, FACT_CONFIDENCE, 0) == CONFIDENCE_CONFIRMED;
	_cleanup_js_ struct js *o = js_object();

	js_set_int(o, "schema", SCHEMA);
	js_set_str(o, "id", inc->id);
	js_set_str(o, "kind", kind_names[kind]);
	js_set_str(o, "status", incident_status_names[inc->status]);
	js_set_str(o, "verdict", f->str[FACT_VERDICT]);
	js_set_str(o, "confidence", confirmed ? "confirmed" : "presumed");
	js_set(o, "evidence", texts(&f->list[FACT_EVIDENCE], &inc->found));
	js_set(o, "times", times(inc));
	js_set_str(o, "host", f->str[FACT_HOST]);
	js_set_str(o, "app", f->str[FACT_APP]);
	js_set(o, "instance", instance(f));
	js_set(o, "jvm", jvm(f));
	js_set(o, "end", end(&f->num));
	if (kind == KIND_OOM)
		js_set(o, "oom", oom(f));
	if (f->num.has[FACT_HSERR_CAUSE])
		js_set(o, "crash", crash(f));
	if (f->num.has[FACT_WATCHED] || f->num.has[FACT_STOP_AT_DUMP] ||
	    f->num.has[FACT_CRASH_EARLY])
		js_set(o, "hold", hold(f));
	js_set(o, "memory", memory(&f->num));
	js_set(o, "flags", flags(&f->list[FACT_FLAG]));
	if (f->list[FACT_WARNING].n)
		js_set(o, "warnings", texts(&f->list[FACT_WARNING], NULL));
	js_set(o, "steps", steps(inc));
	js_set(o, "hooks", hooks(inc));
	js_set(o, "artifacts", artifacts(inc));
	return js_format(o, false, out);
}

/* The number of a name in its table; n: it is none of them. */
static size_t named(const char *name, const char *const *names, size_t n)
{
	size_t i = 0;

	while (i < n && (!name || strcmp(name, names[i]) != 0))
		i++;
	return i;
}

/* A name below the folder: text of a file must not lead out of it. */
static bool is_inside(const char *name)
{
	return name && *name && *name != '/' && !strstr(name, "..");
}

static int take_artifact(struct incident *inc, const struct js *o)
{
	const char *name = js_get_str(o, "name"), *sha = js_get_str(o, "sha256");
	size_t type = named(js_get_str(o, "type"), artifact_type_names, ARTIFACT_TYPE_COUNT);
	size_t state = named(js_get_str(o, "status"), artifact_state_names, ARTIFACT_STATE_COUNT);
	int64_t bytes = js_get_int(o, "bytes", -1), original = js_get_int(o, "original_bytes", 0);
	struct artifact *a;

	if (!is_inside(name) || type == ARTIFACT_TYPE_COUNT || state == ARTIFACT_STATE_COUNT ||
	    bytes < 0 || original < 0 || (sha && strlen(sha) != DIGEST_HEX - 1))
		return -EBADMSG;
	a = incident_add_artifact(inc, (enum artifact_type)type, name, js_get_str(o, "source"));
	if (!a)
		return -ENOMEM;
	a->state = (enum artifact_state)state;
	a->bytes = (uint64_t)bytes;
	a->original_bytes = (uint64_t)original;
	a->cut = js_get_bool(o, "cut", false);
	if (sha)
		memcpy(a->sha256, sha, DIGEST_HEX);
	return 0;
}

static int take_step(struct incident *inc, const struct js *o)
{
	const char *name = js_get_str(o, "name"), *error = js_get_str(o, "error");
	size_t status = named(js_get_str(o, "status"), step_status_names, STEP_STATUS_COUNT);
	int64_t ms = js_get_int(o, "ms", 0), bytes = js_get_int(o, "bytes", 0);
	struct step *s;

	if (!name || status == STEP_STATUS_COUNT || ms < 0 || bytes < 0)
		return -EBADMSG;
	s = incident_step(inc, name, (enum step_status)status, 0, (uint64_t)bytes,
			  error ? error : js_get_str(o, "note"));
	if (s)
		s->ms = (uint64_t)ms;
	return inc->err;
}

static int take_hook(struct incident *inc, const struct js *o)
{
	struct hook_row row = {
		.event = (char *)(uintptr_t)js_get_str(o, "event"),
		.name = (char *)(uintptr_t)js_get_str(o, "name"),
		.status = (char *)(uintptr_t)js_get_str(o, "status"),
		.reason = (char *)(uintptr_t)js_get_str(o, "error"),
		.exit_code = js_get_int(o, "exit_code", -1),
		.ms = (uint64_t)js_get_int(o, "ms", 0),
	};

	if (!row.event || !row.name || !row.status || row.ms > INT64_MAX)
		return -EBADMSG;
	incident_add_hook(inc, &row);
	return inc->err;
}

int incident_parse_json(struct slice text, struct incident *inc, struct err *err)
{
	static const struct {
		const char *key;
		int (*take)(struct incident *inc, const struct js *o);
	} lists[] = {
		{ "artifacts", take_artifact },
		{ "steps", take_step },
		{ "hooks", take_hook },
	};
	_cleanup_js_ struct js *o = NULL;
	int r = js_parse(text, &o, err);

	if (r < 0)
		return r;
	if (js_get_int(o, "schema", 0) != SCHEMA)
		return err_set(err, EBADMSG, "incident.json is not of schema %d", SCHEMA);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct js *list = js_get(o, lists[i].key);

		if (js_len(list) > ROWS_MAX)
			return err_set(err, EBADMSG, "incident.json: too many %s", lists[i].key);
		for (size_t k = 0; k < js_len(list); k++) {
			r = lists[i].take(inc, js_at(list, k));
			if (r < 0)
				return err_errno(err, -r, "incident.json: %s[%zu]", lists[i].key,
						 k);
		}
	}
	return 0;
}

int incident_reload(struct incident *inc, int dir, struct err *err)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	int r = file_read_source(dir, "incident.json", geteuid(), INCIDENT_TEXT_MAX, &text, err);

	if (r < 0)
		return r;
	return incident_parse_json((struct slice){ strbuf_str(&text), text.len }, inc, err);
}
