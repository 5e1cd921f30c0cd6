/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two flags that are paths, ErrorFile and HeapDumpPath, and where both files will be.
 *
 * A name must never be met twice: an existing heap dump means that there is none this time (every
 * JVM), an existing error report is overwritten (17 and later) or sends the new one elsewhere (8
 * and 11). The folder that the user chose is kept; only the name is made unique, and only where it
 * would be met. HeapDumpPath expands %p from 25 on; before, the pid is put in between fork and
 * exec.
 */
#include "policy/planner.h"

#include <errno.h>
#include <stdlib.h>

/* With less than this on its file system a file cannot be had. */
enum { ROOM_MIN = 1024 * 1024 };

struct path_flag {
	const char *name;
	bool jvm_expands;
	struct strbuf path; /* pid template, absolute */
};

static struct slice base_name(const struct strbuf *path)
{
	const char *slash = path->len ? strrchr(path->buf, '/') : NULL;

	return slice_of(slash ? slash + 1 : strbuf_str(path));
}

/* Whether another start gives another name. */
static bool varies(const struct strbuf *path)
{
	struct slice rest = { path->buf, path->len };

	for (; rest.len; rest = slice_skip(rest, *rest.ptr == '%' ? 2 : 1))
		if (slice_starts(rest, "%p") || slice_starts(rest, "%n"))
			return true;
	return false;
}

/* "NAME.EXT" -> "NAME-INSTANCE.NNNN.EXT"; .gz belongs to the extension before it. */
static void make_unique(struct planner *pl, struct strbuf *path)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct slice base = base_name(path), stem = base;
	const char *instance = pl->in->vars->instance;

	if (slice_ends(stem, ".gz"))
		stem.len -= 3;
	while (stem.len > 1 && stem.ptr[stem.len - 1] != '.')
		stem.len--;
	stem.len = stem.len > 1 ? stem.len - 1 : base.len;
	strbuf_add(&out, path->buf, (size_t)(base.ptr - path->buf) + stem.len);
	strbuf_putc(&out, '-');
	path_escape(slice_of(instance ? instance : "jvisor"), &out);
	strbuf_puts(&out, ".%n");
	strbuf_slice(&out, slice_skip(base, stem.len));
	strbuf_reset(path);
	strbuf_slice(path, (struct slice){ out.buf, out.len });
	if (strbuf_error(&out))
		path->err = strbuf_error(&out);
}

/* A literal %p in the name (not in the folder) was meant as the pid. */
static bool expand_literal_pid(struct strbuf *path)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct slice base = base_name(path);
	bool found = false;

	strbuf_add(&out, path->buf, path->len - base.len);
	while (base.len) {
		bool literal = slice_starts(base, "%%p");
		size_t pair = slice_starts(base, "%") ? 2 : 1;

		if (literal)
			base = slice_skip(base, 1);
		found |= literal;
		strbuf_add(&out, base.ptr, pair < base.len ? pair : base.len);
		base = slice_skip(base, pair);
	}
	if (found) {
		strbuf_reset(path);
		strbuf_slice(path, (struct slice){ out.buf, out.len });
	}
	return found;
}

static void put_path(struct planner *pl, const struct path_flag *f, const struct want *w)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct slice path = { f->path.buf, f->path.len };
	bool tmpl;

	strbuf_printf(&text, "-XX:%s=", f->name);
	if (f->jvm_expands)
		tmpl = path_for_jvm(path, &text) == 0;
	else {
		tmpl = varies(&f->path);
		if (tmpl)
			strbuf_slice(&text, path);
		else
			path_fill(path, 0, 0, &text);
	}
	if (strbuf_error(&text) || strbuf_error(&f->path)) {
		pl->err = -ENOMEM;
		return;
	}
	planner_put(pl,
		    &(struct put){ .name = f->name,
				   .text = strbuf_str(&text),
				   .value = strbuf_str(&f->path),
				   .value_tmpl = true,
				   .text_tmpl = tmpl },
		    w);
}

/* A device takes every report; a FIFO or a terminal named on purpose is the user's affair. */
static bool is_device(const struct strbuf *path)
{
	struct slice p = { path->buf, path->len };

	return slice_starts(p, "/dev/") && !slice_starts(p, "/dev/shm/");
}

/* Makes the name of a file that somebody chose (or the JVM's default) one that is not met. *ret_why
 * says what was done, NULL: nothing had to be. */
static void avoid_collision(struct planner *pl, struct path_flag *f, const char **ret_why)
{
	*ret_why = NULL;
	if (is_device(&f->path))
		return;
	if (!f->jvm_expands && expand_literal_pid(&f->path))
		*ret_why = "this JVM does not expand %p in HeapDumpPath, so jvisor does";
	if (pl->in->taken(strbuf_str(&f->path)))
		*ret_why = "a file of that name exists and would be in the way, so the name is "
			   "made unique";
	else if (pl->in->restarts && !varies(&f->path))
		*ret_why = "a restarted JVM would meet its own file, so the name is made unique";
	else
		return;
	make_unique(pl, &f->path);
}

/* The folder of a file; "" when its name depends on the pid, which nobody knows when it has to be
 * there. */
static void folder_of(const struct strbuf *path, struct strbuf *ret)
{
	struct slice base = base_name(path), folder = { path->buf, path->len - base.len };

	while (folder.len > 1 && slice_ends(folder, "/"))
		folder.len--;
	for (struct slice at = folder; at.len; at = slice_skip(at, *at.ptr == '%' ? 2 : 1))
		if (slice_starts(at, "%p") || slice_starts(at, "%n"))
			return;
	path_fill(folder, 0, 0, ret);
}

/* Whether the JVM will be able to write its file there; why not is in err. */
static bool can_be_written(struct planner *pl, const struct path_flag *f, struct err *err)
{
	_cleanup_strbuf_ struct strbuf folder = STRBUF_INIT;

	if (is_device(&f->path))
		return true;
	folder_of(&f->path, &folder);
	if (strbuf_error(&folder) || strbuf_error(&f->path)) {
		pl->err = -ENOMEM;
		return false;
	}
	if (!folder.len) {
		err_set(err, EINVAL,
			"the folder has the JVM's pid in its name, so it cannot be made "
			"before the start; leave %%p to the file's name");
		return false;
	}
	if (pl->in->place && pl->in->place(pl->in->place_arg, folder.buf, err) < 0)
		return false;
	if (pl->in->disk(folder.buf).free >= ROOM_MIN)
		return true;
	err_set(err, ENOSPC, "the file system of %s is full", folder.buf);
	return false;
}

/* The policy's own path: a template, absolute or relative to the JVM's folder. False with a warning
 * when it cannot be had. */
static bool policy_path(struct planner *pl, struct path_flag *f, const struct want *w,
			const char *in_folder)
{
	_cleanup_strbuf_ struct strbuf filled = STRBUF_INIT;
	struct err err = { 0 };
	int r;

	if (*w->value != '/' && !slice_starts(slice_of(w->value), "${")) {
		path_escape(slice_of(pl->in->cwd), &f->path);
		strbuf_putc(&f->path, '/');
	}
	r = path_expand(slice_of(w->value), pl->in->vars, &f->path, &err);
	if (r < 0 && r != -EINVAL) {
		pl->err = r;
		return false;
	}
	path_fill((struct slice){ f->path.buf, f->path.len }, 0, 0, &filled);
	if (!r && slice_ends(slice_of(w->value), "/"))
		strbuf_puts(&f->path, in_folder);
	else if (!r && !varies(&f->path) && pl->in->is_dir(strbuf_str(&filled)))
		strbuf_printf(&f->path, "/%s", in_folder);
	if (!r && can_be_written(pl, f, &err))
		return true;
	planner_warn(pl, "%s: %s = %s: %s; the flag is not set", w->where, f->name, w->value,
		     err.msg);
	return false;
}

static void keep_path(struct planner *pl, char **field, struct strbuf *path)
{
	if (strbuf_error(path))
		pl->err = strbuf_error(path);
	*field = strbuf_steal(path);
	if (!*field)
		pl->err = -ENOMEM;
}

/* The file in a place that the policy's rows chose, if they did. */
static bool put_policy_path(struct planner *pl, struct path_flag *f, const char *in_folder)
{
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;
	const char *why;
	struct want w;

	if (!planner_wish(pl, f->name, NULL, &w, &where))
		return false;
	strv_push(&pl->handled, f->name);
	if (planner_yields(pl, f->name, &w) || !planner_known(pl, f->name, w.where) ||
	    !policy_path(pl, f, &w, in_folder)) {
		strbuf_reset(&f->path);
		return false;
	}
	avoid_collision(pl, f, &why);
	w.reason = why ? why : w.reason;
	put_path(pl, f, &w);
	return true;
}

/* What the user named or, where he named nothing, the JVM's default. */
static void put_user_path(struct planner *pl, struct path_flag *f)
{
	const struct flag_setting *user = planner_user(pl, f->name);
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;
	struct want w = { .rule = RULE_FORCE };

	if (planner_forbids(pl, f->name))
		return;
	avoid_collision(pl, f, &w.reason);
	if (!w.reason)
		return;
	if (user)
		planner_origin(user, &where);
	else
		strbuf_puts(&where, "the JVM's default");
	w.value = strbuf_str(&f->path);
	w.where = strbuf_str(&where);
	put_path(pl, f, &w);
}

/* A file of our own in the run folder. */
static bool put_our_path(struct planner *pl, struct path_flag *f, const char *name,
			 const struct want *w, enum fact_num ours)
{
	if (planner_user(pl, f->name) || planner_yields(pl, f->name, w) ||
	    !planner_known(pl, f->name, w->where))
		return false;
	strbuf_printf(&f->path, "%s/%s", pl->in->run_dir, name);
	put_path(pl, f, w);
	fact_set(&pl->plan->nums, ours, 1);
	return true;
}

void planner_error_file(struct planner *pl)
{
	static const struct want ours = {
		"",
		RULE_DEFAULT,
		"[crash] error_file = yes",
		"the error report of a crash goes to the incident",
	};
	const struct plan_input *in = pl->in;
	struct path_flag f = { .name = "ErrorFile", .jvm_expands = true };
	_cleanup_strbuf_ struct strbuf filled = STRBUF_INIT;
	const struct flag_setting *user;

	fact_set(&pl->plan->nums, FACT_HS_ERR_OURS, 0);
	if (planner_bool(pl, "SuppressFatalErrorMessage", false) ||
	    planner_bool(pl, "ErrorFileToStdout", false) ||
	    planner_bool(pl, "ErrorFileToStderr", false)) {
		planner_note(pl, "ErrorFile",
			     "the JVM is told to write no file of its error report");
		return;
	}
	if (put_policy_path(pl, &f, "hs_err_pid%p.log"))
		goto out;
	if (in->policy->error_file && in->run_dir &&
	    put_our_path(pl, &f, "hs_err_pid%p.log", &ours, FACT_HS_ERR_OURS))
		goto out;
	user = planner_user(pl, "ErrorFile");
	if (user && in->policy->error_file)
		planner_note(pl, "ErrorFile", "%s: your own folder is kept", ours.where);
	path_error_file(user ? user->value : NULL, in->jdk->version.feature, in->cwd, &f.path);
	path_fill((struct slice){ f.path.buf, f.path.len }, 0, 0, &filled);
	if (!varies(&f.path) && in->is_dir(strbuf_str(&filled))) {
		planner_warn(pl,
			     "ErrorFile = %s is a folder: the JVM writes its report to the working "
			     "directory instead",
			     user ? user->value : "");
		strbuf_reset(&f.path);
		path_error_file(NULL, in->jdk->version.feature, in->cwd, &f.path);
	}
	put_user_path(pl, &f);
out:
	keep_path(pl, &pl->plan->hs_err_path, &f.path);
}

/* Whether the file by which the dump shows can be told from others. A dump at a full collection has
 * the very same name (8 to 28), and would deregister a service that is well. */
static void plan_hold(struct planner *pl, const struct strbuf *path, bool at_collections)
{
	const struct policy *p = pl->in->policy;

	if (is_device(path) || !p->hooks_first || !p->hooks_deadline)
		return;
	if (at_collections)
		planner_note(
			pl, "HeapDumpOnOutOfMemoryError",
			"a dump at a full collection has the same name, so oom hooks do not run "
			"before the dump but when the JVM has gone");
	else
		pl->plan->hold = true;
	if (pl->plan->hold && !fact_get(&pl->plan->nums, FACT_HEAP_DUMP_OURS, 0))
		planner_note(
			pl, "HeapDumpOnOutOfMemoryError",
			"oom hooks run when a file of this name appears in your folder: that it "
			"is the dump is presumed");
}

/* There it takes what the machine or the container has left, when both are short of it. */
static void warn_of_memory(struct planner *pl, const struct strbuf *path)
{
	_cleanup_strbuf_ struct strbuf folder = STRBUF_INIT;

	folder_of(path, &folder);
	if (folder.len && !strbuf_error(&folder) && pl->in->disk(folder.buf).in_memory)
		planner_warn(pl,
			     "the heap dump goes to %s, which is in memory: gone with the machine, "
			     "and taken from what is left of it",
			     folder.buf);
}

void planner_heap_dump_path(struct planner *pl)
{
	static const struct want ours = {
		"",
		RULE_DEFAULT,
		"[collect]",
		"the heap dump goes to the incident",
	};
	const struct plan_input *in = pl->in;
	unsigned feature = in->jdk->version.feature;
	struct path_flag f = {
		.name = "HeapDumpPath",
		.jvm_expands = !feature || feature >= HEAP_DUMP_EXPANDS,
	};
	bool dumps = planner_bool(pl, "HeapDumpOnOutOfMemoryError", false);
	bool gzip = *planner_value(pl, "HeapDumpGzipLevel", "0") != '0';
	/* These write to HeapDumpPath too; in the incident a dump means an OutOfMemoryError. */
	bool at_collections = planner_bool(pl, "HeapDumpBeforeFullGC", false) ||
			      planner_bool(pl, "HeapDumpAfterFullGC", false);
	const struct flag_setting *user;

	fact_set(&pl->plan->nums, FACT_HEAP_DUMP_OURS, 0);
	if (put_policy_path(pl, &f, gzip ? "java_pid%p.hprof.gz" : "java_pid%p.hprof"))
		goto out;
	if (!dumps) {
		strbuf_done(&f.path);
		return;
	}
	if (at_collections)
		planner_note(pl, "HeapDumpPath",
			     "dumps at full collections are yours, and go where java puts them");
	else if (in->run_dir && !in->store_unasked &&
		 put_our_path(pl, &f, gzip ? "heap.hprof.gz" : "heap.hprof", &ours,
			      FACT_HEAP_DUMP_OURS))
		goto out;
	user = planner_user(pl, "HeapDumpPath");
	path_heap_dump(user ? user->value : NULL, feature, gzip, in->cwd, in->is_dir, &f.path);
	put_user_path(pl, &f);
out:
	if (dumps) {
		warn_of_memory(pl, &f.path);
		plan_hold(pl, &f.path, at_collections);
		keep_path(pl, &pl->plan->heap_dump_path, &f.path);
	}
	strbuf_done(&f.path);
}
