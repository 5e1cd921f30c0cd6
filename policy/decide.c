/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gathering around the pure plan: everything that has to be read from the machine, in the one
 * order in which it can be. A start and its explanation come through here alike, so that what is
 * explained is what happens.
 */
#include "policy/decide.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "policy/size.h"

void decision_done(struct decision *d)
{
	policy_done(&d->policy);
	diags_done(&d->diags);
	jdk_done(&d->jdk);
	java_line_done(&d->line);
	if (d->store.path)
		store_dir_done(&d->store);
	plan_done(&d->plan);
	rewritten_done(&d->out);
	*d = (struct decision){ 0 };
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool is_pid(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len;
}

/* A file of this folder whose name is before, a number, behind. */
static bool folder_has(const char *folder, struct slice before, const char *behind)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	bool found = false;

	while (dir && !found && (e = readdir(dir))) {
		struct slice name = slice_of(e->d_name);

		if (name.len <= before.len + strlen(behind) || !slice_ends(name, behind) ||
		    memcmp(name.ptr, before.ptr, before.len) != 0)
			continue;
		name.len -= strlen(behind);
		found = is_pid(slice_skip(name, before.len));
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Which pid the JVM will have nobody knows, and in a container it has the same one each time. So
 * a file that any pid could have left is in the way. A pid in the folder's name, or twice in the
 * file's, is not looked at: nobody writes that. */
static bool taken(const char *tmpl)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT, behind = STRBUF_INIT;
	struct slice rest = slice_of(tmpl), pid;
	struct stat st;
	char *slash;

	pid = slice_search(rest, "%p");
	while (pid.ptr && pid.ptr > tmpl && pid.ptr[-1] == '%') /* "%%p": no pid */
		pid = slice_search(slice_skip(pid, 2), "%p");
	if (pid.ptr)
		rest.len = (size_t)(pid.ptr - tmpl);
	path_fill(rest, 0, 0, &path);
	if (!pid.ptr)
		return !strbuf_error(&path) && !lstat(strbuf_str(&path), &st);
	path_fill(slice_skip(pid, 2), 0, 0, &behind);
	slash = path.len ? strrchr(path.buf, '/') : NULL;
	if (!slash || strbuf_error(&path) || strbuf_error(&behind) ||
	    strchr(strbuf_str(&behind), '/'))
		return false;
	*slash = '\0';
	return folder_has(slash == path.buf ? "/" : path.buf, slice_of(slash + 1),
			  strbuf_str(&behind));
}

/* Of the nearest folder above that is there: an explanation makes none. */
static int room(const struct policy *p, const char *folder, uint64_t *ret)
{
	_cleanup_free_ char *nearest = dir_nearest(folder);
	_cleanup_close_ int fd = nearest ? open(nearest, O_PATH | O_CLOEXEC) : -1;
	uint64_t free = dir_room_fd(fd).free, keep;

	if (free == UINT64_MAX)
		return -ENOENT;
	keep = policy_size_bytes(p->min_free, fd);
	*ret = free > keep ? free - keep : 0;
	return 0;
}

static bool core_is_piped(void)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY | O_CLOEXEC);
	char c = '\0';
	bool piped = fd >= 0 && read(fd, &c, 1) == 1 && c == '|';

	close_fd(&fd);
	return piped;
}

static int load_policy(const struct decide_query *q, struct decision *d, struct err *err)
{
	struct policy_source source = q->source;
	int r;

	if (!source.env)
		source.env = q->env;
	if (!q->trust_env)
		source.env_set = NULL;
	r = policy_load(&source, false, &d->policy, &d->diags, err);
	if (r == X_POLICY_REFUSED) {
		err_set(err, EINVAL, "the policy has errors");
		return X_DECIDE_POLICY;
	}
	return r;
}

static int find_java(const struct decide_query *q, struct decision *d, struct err *err)
{
	_cleanup_free_ char *java = NULL;
	const struct home_query home = {
		.self_path = q->self_path,
		.called_as = q->called_as,
		.called_java = q->called_java,
		.path = d->policy.java_path,
		.home = d->policy.java_home,
		.env = q->env,
		.trust_env = q->trust_env,
	};
	int r = home_find(&home, &java, &d->java_how, err);

	if (r == X_HOME_NOT_FOUND)
		return X_DECIDE_NO_JAVA;
	if (r == X_HOME_NOT_EXECUTABLE)
		return X_DECIDE_JAVA_NOT_EXECUTABLE;
	return r < 0 ? r : jdk_identify(java, &d->jdk, err);
}

static void go_straight(struct decision *d, const char *why)
{
	d->straight = true;
	d->straight_why = why;
}

/* Java's own refusal is better than ours: it is what the caller knows, in Java's words. */
static int read_line(const struct decide_query *q, struct decision *d, struct err *err)
{
	int r = java_line_read(q->argv, q->env, &d->jdk, &d->line, err);

	if (r == X_CMDLINE_JAVA_REFUSES) {
		go_straight(d, "java itself will refuse this command line, and says why");
		return 0;
	}
	if (r < 0)
		return r;
	/* A native image reads its arguments by itself. */
	if (d->line.cmd.print_only && d->jdk.kind != JVM_NATIVE_IMAGE)
		go_straight(d, "this command line only prints something");
	return 0;
}

/* What the plan may ask of a JVM that the table does not know: the flags that jvisor adds by
 * itself, and what the policy names. */
static int list_unknown(const struct decision *d, const char **names)
{
	size_t n = 0;

	for (size_t i = 0; i < flag_defs_count; i++)
		if (jdk_must_search(&d->jdk, flag_defs[i].name))
			names[n++] = flag_defs[i].name;
	for (size_t i = 0; i < d->policy.n_flags; i++) {
		const struct policy_flag *f = &d->policy.flags[i];

		if (f->rule != RULE_FORBID && !flag_def_find(slice_of(f->name)) &&
		    policy_flag_holds(f, d->jdk.version.feature))
			names[n++] = f->name;
	}
	return (int)n;
}

/* Where the answers are kept: the store, or where there is none the user's folder for such. */
static int open_cache(const struct decision *d, const struct strv *env)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	const char *cache = strv_env_get(env, "XDG_CACHE_HOME");
	int fd = d->store.fd >= 0 ? fcntl(d->store.fd, F_DUPFD_CLOEXEC, 0) : -1;
	struct stat st;

	if (d->store.path || !cache || *cache != '/')
		return fd;
	strbuf_printf(&path, "%s/jvisor", cache);
	if (strbuf_error(&path))
		return -1;
	(void)mkdir(path.buf, 0700);
	fd = dir_open(AT_FDCWD, path.buf, NULL);
	if (fd >= 0 && (fstat(fd, &st) < 0 || st.st_uid != geteuid()))
		close_fd(&fd);
	return fd;
}

static int search_flags(const struct decide_query *q, struct decision *d, struct err *err)
{
	_cleanup_free_ const char **names =
		calloc(flag_defs_count + d->policy.n_flags + 1, sizeof(*names));
	_cleanup_close_ int cache = -1;
	int n = names && d->jdk.kind == JVM_HOTSPOT ? list_unknown(d, names) : 0;

	if (!names)
		return err_set(err, ENOMEM, "no memory for the plan");
	if (!n)
		return 0;
	cache = open_cache(d, q->env);
	if (jdk_search_flags(&d->jdk, names, (size_t)n, cache, ".jvm-flags", q->make) < 0)
		return err_set(err, ENOMEM, "no memory for the plan");
	return 0;
}

static int make_run_dir(const struct decide_query *q, const struct decision *d, struct strbuf *out)
{
	if (!d->store.path)
		return 0;
	path_escape(slice_of(d->store.path), out);
	strbuf_puts(out, "/.run/");
	path_escape(slice_of(q->instance), out);
	strbuf_puts(out, ".%n");
	return strbuf_error(out);
}

struct place_arg {
	const struct decide_query *q;
	const struct policy *policy;
};

static int place(void *arg, const char *folder, struct err *err)
{
	const struct place_arg *a = arg;

	return a->q->place(a->policy->user, a->policy->group, folder, a->q->make, err);
}

int decide_plan(const struct decide_query *q, struct decision *d, struct err *err)
{
	_cleanup_strbuf_ struct strbuf run_dir = STRBUF_INIT;
	_cleanup_free_ char *here = getcwd(NULL, 0);
	char host[256] = "";
	const struct path_vars vars = {
		.start = q->start_stamp,
		.host = host,
		.instance = q->instance,
		.env = q->env,
	};
	struct place_arg place_arg = { q, &d->policy };
	struct plan_input in = {
		.policy = &d->policy,
		.line = &d->line,
		.jdk = &d->jdk,
		.vars = &vars,
		.cwd = d->policy.chdir ? d->policy.chdir
		       : here	       ? here
				       : "/",
		.restarts = d->policy.supervise && d->policy.restart_when != RESTART_NEVER,
		.core_piped = d->policy.core == CORE_NO && core_is_piped(),
		.taken = taken,
		.is_dir = is_dir,
		.disk = dir_room,
		.place = q->place ? place : NULL,
		.place_arg = &place_arg,
		.knows_flag = jdk_knows_flag,
		.memory = q->memory,
		.room = room,
		.store = d->store.path,
		.store_unasked = d->store.path && d->store.volatile_ && !d->store.named,
	};
	int r = search_flags(q, d, err);

	if (r < 0)
		return r;
	r = make_run_dir(q, d, &run_dir);
	if (r < 0)
		return err_errno(err, -r, "no memory for the plan");
	if (run_dir.len)
		in.run_dir = run_dir.buf;
	(void)gethostname(host, sizeof(host) - 1);
	return plan_make(&in, &d->plan, err);
}

static int apply_plan(const struct decide_query *q, struct decision *d, struct err *err)
{
	return plan_apply(&d->plan, &d->line, d->jdk.version.feature, q->argv, q->env, &d->out,
			  err);
}

/* A store is an extra: without one the JVM runs all the same. */
static void find_store(const struct decide_query *q, struct decision *d)
{
	struct err err = { 0 };

	if (store_dir_find(&d->policy, q->env, q->make, &d->store, &err) < 0)
		d->store_err = err;
}

static int decide_all(const struct decide_query *q, struct decision *d, struct err *err)
{
	int r = load_policy(q, d, err);

	if (!r)
		r = find_java(q, d, err);
	if (!r && d->policy.profile == PROFILE_OFF)
		go_straight(d, "[policy] profile = off");
	else if (!r)
		r = read_line(q, d, err);
	if (r)
		return r;
	if (d->straight && d->line.cmd.consumed) /* with a plan that has no edits */
		return apply_plan(q, d, err);
	if (d->straight)
		return plan_apply_none(q->argv, q->env, &d->out, err);
	if (d->policy.supervise)
		find_store(q, d);
	else
		go_straight(d, "[java] supervise = no: java takes jvisor's place");
	r = decide_plan(q, d, err);
	return r < 0 ? r : apply_plan(q, d, err);
}

int decide(const struct decide_query *q, struct decision *ret, struct err *err)
{
	*ret = (struct decision){ .store = { .fd = -1 } };
	return decide_all(q, ret, err);
}

int decide_status(int outcome)
{
	switch (outcome) {
	case 0:
		return 0;
	case X_DECIDE_POLICY:
		return EXIT_POLICY_REFUSED;
	case X_DECIDE_NO_JAVA:
		return EXIT_JAVA_NOT_FOUND;
	case X_DECIDE_JAVA_NOT_EXECUTABLE:
		return EXIT_JAVA_NOT_EXECUTABLE;
	default:
		return 1;
	}
}
