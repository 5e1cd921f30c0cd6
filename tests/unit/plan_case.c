/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a case (see the header) and makes the decision that decide() would make, from values. The
 * probes of a plan are plain functions, so what they answer from is static.
 */
#include "tests/unit/plan_case.h"

#include <errno.h>
#include <stdlib.h>
#include "base/parse.h"
#include "jvm/flags.h"

static struct strv taken_names, folders, known, in_memory, closed;
static uint64_t free_bytes;

static bool probe_taken(const char *tmpl)
{
	return strv_has(&taken_names, tmpl);
}

static bool probe_is_dir(const char *path)
{
	return strv_has(&folders, path);
}

static struct dir_room probe_disk(const char *path)
{
	return (struct dir_room){ .free = free_bytes, .in_memory = strv_has(&in_memory, path) };
}

static int probe_place(void *arg, const char *folder, struct err *err)
{
	return strv_has(&closed, folder) ? err_set(err, EACCES, "%s may not be written", folder)
					 : 0;
}

static int probe_knows(const struct jdk *jdk, const char *flag)
{
	const struct flag_def *def = flag_def_find(slice_of(flag));

	return def ? flag_def_in(def, jdk->version) : strv_has(&known, flag);
}

static uint64_t memory, room, most;

static uint64_t probe_memory(void)
{
	return memory;
}

static int probe_room(const struct policy *p, const char *folder, uint64_t *ret)
{
	if (!strcmp(folder, "/nowhere"))
		return -EACCES;
	*ret = slice_starts(slice_of(folder), "/store") ? room : most;
	return 0;
}

/* "512m"; nothing: no limit */
static uint64_t size_of(const char *text)
{
	uint64_t v = UINT64_MAX;

	return text && parse_size(slice_of(text), &v) < 0 ? 0 : v;
}

static int set_jdk(struct jdk *jdk, const char *version, const char *kind)
{
	int r = jvm_version_parse(slice_of(version), &jdk->version);

	jdk->kind = JVM_KIND_COUNT;
	for (int k = 0; k < JVM_KIND_COUNT; k++)
		if (!strcmp(jvm_kind_names[k], kind))
			jdk->kind = (enum jvm_kind)k;
	jdk->observed = true;
	jdk->java = strdup("/jdk/bin/java");
	jdk->version_text = strdup(version);
	jdk->vendor = strdup("Debian");
	return r < 0 || jdk->kind == JVM_KIND_COUNT ? -EINVAL : 0;
}

/* "WORD VALUE" into the right place; the simple ones are returned by name. */
static void take_line(struct plan_case *c, struct slice line, struct strv *simple)
{
	static const struct {
		const char *word;
		struct strv *list;
	} lists[] = { { "taken ", &taken_names },
		      { "dir ", &folders },
		      { "knows ", &known },
		      { "tmpfs ", &in_memory },
		      { "closed ", &closed } };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (slice_starts(line, lists[i].word)) {
			strv_push_slice(lists[i].list, slice_skip(line, strlen(lists[i].word)));
			return;
		}
	if (slice_starts(line, "arg "))
		strv_push_slice(&c->args, slice_skip(line, 4));
	else if (slice_starts(line, "env "))
		strv_push_slice(&c->env, slice_skip(line, 4));
	else if (line.len && line.ptr[0] != '#') {
		_cleanup_strbuf_ struct strbuf entry = STRBUF_INIT;
		ptrdiff_t blank = slice_find(line, ' ');

		strbuf_slice(&entry, line);
		if (blank > 0)
			entry.buf[blank] = '=';
		strv_push(simple, strbuf_str(&entry));
	}
}

static const char *simple_value(const struct strv *simple, const char *name, const char *otherwise)
{
	const char *value = strv_env_get(simple, name);

	return value ? value : otherwise;
}

static int make(struct plan_case *c, const struct strv *simple, char *policy, struct err *err)
{
	static const char instance[] = "20261122T031502Z-42-a1b2";
	const struct path_vars vars = {
		.start = "20261122T031502Z",
		.host = "demo",
		.instance = instance,
		.env = &c->env,
	};
	struct decision *d = &c->d;
	struct plan_input in = {
		.policy = &d->policy,
		.line = &d->line,
		.jdk = &d->jdk,
		.run_dir = "/store/.run/20261122T031502Z-42-a1b2.%n",
		.vars = &vars,
		.cwd = simple_value(simple, "cwd", "/srv/app"),
		.restarts = strv_env_get(simple, "restarts"),
		.core_piped = strv_env_get(simple, "piped"),
		.taken = probe_taken,
		.is_dir = probe_is_dir,
		.disk = probe_disk,
		.place = probe_place,
		.knows_flag = probe_knows,
		.memory = probe_memory,
		.room = probe_room,
		.store = "/store",
		.store_unasked = strv_env_get(simple, "volatile"),
	};
	int r = policy_load_text(policy, strlen(policy), "policy.ini", false, &d->policy, &d->diags,
				 err);

	memory = strv_env_get(simple, "memory") ? size_of(strv_env_get(simple, "memory")) : 0;
	room = size_of(strv_env_get(simple, "room"));
	most = size_of(strv_env_get(simple, "elsewhere"));
	free_bytes = UINT64_MAX;
	if (strv_env_get(simple, "free"))
		(void)parse_u64(slice_of(strv_env_get(simple, "free")), &free_bytes);
	if (strv_env_get(simple, "store"))
		in.run_dir = in.store = NULL;
	else
		d->store.path = strdup("/store");
	d->java_how = "JAVA_HOME";
	if (!r)
		r = set_jdk(&d->jdk, simple_value(simple, "jdk", "17.0.21"),
			    simple_value(simple, "kind", "hotspot"));
	if (!r)
		r = java_line_read(strv_argv(&c->args), &c->env, &d->jdk, &d->line, err);
	if (!r)
		r = plan_make(&in, &d->plan, err);
	if (!r)
		r = plan_apply(&d->plan, &d->line, d->jdk.version.feature, strv_argv(&c->args),
			       &c->env, &d->out, err);
	return r;
}

int plan_case_make(const char *text, struct plan_case *ret, struct err *err)
{
	struct slice rest = slice_of(text), line;
	_cleanup_strv_ struct strv simple = STRV_INIT;
	_cleanup_strbuf_ struct strbuf policy = STRBUF_INIT;
	int r;

	*ret = (struct plan_case){ .d.store.fd = -1 };
	while (slice_next_line(&rest, &line) && !slice_eq(line, "policy:"))
		take_line(ret, line, &simple);
	strbuf_puts(&policy, "");
	strbuf_slice(&policy, rest);
	strbuf_putc(&policy, '\n');
	r = make(ret, &simple, policy.buf, err);
	strv_done(&taken_names);
	strv_done(&folders);
	strv_done(&known);
	strv_done(&in_memory);
	strv_done(&closed);
	return r;
}

void plan_case_done(struct plan_case *c)
{
	decision_done(&c->d);
	strv_done(&c->args);
	strv_done(&c->env);
}
