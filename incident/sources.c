/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files belong to a life: all of its run folder; where the JVM falls back to when it cannot
 * write there; the places the user chose; the core; the globs of the policy.
 *
 * A file in the run folder is of this life because the folder is. Anywhere else the name proves
 * nothing (in a container the pid is always small): there its owner and its age decide.
 */
#include "incident/sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "incident/dumps.h"
#include "incident/glob.h"
#include "incident/takecore.h"
#include "jvm/life.h"
#include "jvm/paths.h"

enum { FILES_MAX = 64, NAMES_MAX = 256 };

static const char *const type_files[ARTIFACT_TYPE_COUNT] = {
	[ARTIFACT_HS_ERR] = "hs_err.log",
	[ARTIFACT_CORE] = "core",
	[ARTIFACT_HEAP_DUMP] = "heap.hprof",
	[ARTIFACT_FILE] = "files/",
};

static void record(struct sources *s, const char *step, int r, uint64_t since, const struct err *e)
{
	const struct incident *inc = s->inc;
	uint64_t bytes = inc->n_artifacts ? inc->artifacts[inc->n_artifacts - 1].bytes : 0;

	if (r == 0)
		incident_step(s->inc, step, STEP_OK, since, bytes, NULL);
	else if (r != X_TAKE_NOTHING)
		incident_step(s->inc, step, STEP_FAILED, since, 0, e->msg);
}

static bool has_type(const struct sources *s, enum artifact_type type)
{
	return incident_find_artifact(s->inc, type) != NULL;
}

enum artifact_type source_type(const char *name)
{
	struct slice s = slice_of(name);

	if (slice_starts(s, "hs_err") && slice_ends(s, ".log"))
		return ARTIFACT_HS_ERR;
	if (slice_ends(s, ".hprof") || slice_ends(s, ".hprof.gz"))
		return ARTIFACT_HEAP_DUMP;
	return ARTIFACT_FILE;
}

/* files/BASE, with -2, -3 ... behind it where that name is taken. */
static int file_name(int dir, const char *base, struct strbuf *ret)
{
	struct stat st;

	for (unsigned i = 1; i < NAMES_MAX; i++) {
		strbuf_reset(ret);
		strbuf_printf(ret, "%s%s", type_files[ARTIFACT_FILE], base);
		if (i > 1)
			strbuf_printf(ret, "-%u", i);
		if (strbuf_error(ret))
			return strbuf_error(ret);
		if (fstatat(dir, ret->buf, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return 0;
	}
	return -EEXIST;
}

/* Takes t as what it is; a second hs_err log or dump of a life goes to files/. */
static int take_as(struct sources *s, struct take t, const char *base, struct err *err)
{
	_cleanup_strbuf_ struct strbuf as = STRBUF_INIT;
	_cleanup_close_ int sub = -1;
	int r;

	if (t.type != ARTIFACT_FILE && !has_type(s, t.type)) {
		strbuf_puts(&as, type_files[t.type]);
		if (t.type == ARTIFACT_HEAP_DUMP && slice_ends(slice_of(base), ".gz"))
			strbuf_puts(&as, ".gz");
	} else {
		t.type = ARTIFACT_FILE;
		sub = folder_sub(s->folder->dir, "files", err);
		if (sub < 0)
			return sub;
		r = file_name(s->folder->dir, base, &as);
		if (r < 0)
			return err_errno(err, -r, "cannot name %s", base);
	}
	if (strbuf_error(&as))
		return strbuf_error(&as);
	t.as = as.buf;
	if (t.dirfd >= 0)
		return take_file(s->inc, &s->room, s->folder->dir, &t, err);
	return take_path(s->inc, &s->room, s->folder->dir, t, err);
}

/* The claim gave the run folder another name, and what was too large to copy is still in it. */
static void tell_where_it_stays(struct sources *s, const char *name)
{
	struct incident *inc = s->inc;
	const char *store = inc->facts.str[FACT_STORE];
	struct artifact *a = &inc->artifacts[inc->n_artifacts - 1];
	char *path;

	if (asprintf(&path, "%s/.run/%s/%s", store ? store : "", folder_name(inc->id, ".run").text,
		     name) < 0) {
		inc->err = -ENOMEM;
		return;
	}
	free(a->source);
	a->source = path;
}

static void take_run_file(struct sources *s, const char *name)
{
	struct facts *f = &s->inc->facts;
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct take t = {
		.dirfd = s->run,
		.name = name,
		.uid = s->uid,
		.who = s->who,
		.mode = TAKE_MOVE,
		.type = source_type(name),
	};
	uint64_t since = clock_mono();
	struct err err = { 0 };
	int r;

	strbuf_printf(&path, "%s/.run/%s/%s", f->str[FACT_STORE] ? f->str[FACT_STORE] : "",
		      f->str[FACT_RUN_NAME] ? f->str[FACT_RUN_NAME] : "", name);
	t.path = strbuf_str(&path);
	r = take_as(s, t, name, &err);
	s->left_behind |= r < 0 || r == X_TAKE_REFERENCED;
	if (r == X_TAKE_REFERENCED)
		tell_where_it_stays(s, name);
	record(s, name, r, since, &err);
}

static int not_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int each_file(int dir, void (*each)(struct sources *s, const char *name), struct sources *s)
{
	struct dirent **names;
	int n;

	(void)privs_files_as(s->who);
	n = scandirat(dir, ".", &names, not_dots, alphasort);
	n = n < 0 ? -errno : n;
	(void)privs_files_as(NULL);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		each(s, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return 0;
}

/* hooks/ is renamed as it is where we made it; what another user could write to is copied. */
static int take_hooks(struct sources *s, struct err *err)
{
	_cleanup_close_ int from = dir_open(s->run, "hooks", NULL), to = -1;
	struct dirent **names;
	struct stat st;
	int n, r = 0;

	if (from < 0)
		return from == -ENOENT ? 0 : err_errno(err, -from, "cannot open hooks");
	if (!fstat(from, &st) && st.st_uid == geteuid() &&
	    !renameat(s->run, "hooks", s->folder->dir, "hooks"))
		return 0;
	to = folder_sub(s->folder->dir, "hooks", err);
	n = to < 0 ? -1 : scandirat(from, ".", &names, not_dots, alphasort);
	if (n < 0)
		return to < 0 ? to : err_errno(err, errno, "cannot read hooks");
	for (int i = 0; i < n; i++) {
		struct take t = {
			.dirfd = from,
			.name = names[i]->d_name,
			.path = names[i]->d_name,
			.as = names[i]->d_name,
			.uid = (uid_t)-1,
			.mode = TAKE_MOVE,
		};
		int r1 = take_plain(&s->room, to, &t, &st, err);

		if (r1 < 0 || r1 == X_TAKE_REFERENCED)
			r = r1;
		free(names[i]);
	}
	free(names);
	return r;
}

static void take_run_entry(struct sources *s, const char *name)
{
	struct err err = { 0 };
	int r;

	if (!strcmp(name, LIFE_NAME))
		return;
	if (!strcmp(name, LIFE_NOTIFY_NAME)) { /* its supervisor was killed */
		(void)privs_files_as(s->who);
		(void)unlinkat(s->run, name, 0);
		(void)privs_files_as(NULL);
		return;
	}
	if (strcmp(name, "hooks") != 0) {
		take_run_file(s, name);
		return;
	}
	r = take_hooks(s, &err);
	s->left_behind |= r != 0;
	if (r)
		record(s, name, r, 0, &err);
}

static int fill(const struct facts *f, const char *tmpl, struct strbuf *ret)
{
	strbuf_reset(ret);
	path_fill(slice_of(tmpl), (long)fact_get(&f->num, FACT_PID, 0),
		  (unsigned)fact_get(&f->num, FACT_RUN, 0), ret);
	return strbuf_error(ret);
}

/* Observed on 8 to 28: a report that cannot be written where it was asked for goes to the working
 * directory, and where that fails too, to /tmp. */
int sources_hs_err(const struct facts *f, int (*each)(void *arg, struct source_place p), void *arg)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	bool users = !fact_get(&f->num, FACT_HS_ERR_OURS, 0);
	const char *const folders[] = { f->str[FACT_CWD], "/tmp" };
	int r = 0;

	if (f->str[FACT_HS_ERR_PATH] && users) {
		r = fill(f, f->str[FACT_HS_ERR_PATH], &path);
		if (!r)
			r = each(arg, (struct source_place){ path.buf, users });
	}
	for (size_t i = 0; !r && i < ARRAY_SIZE(folders); i++) {
		if (!folders[i])
			continue;
		strbuf_reset(&path);
		strbuf_printf(&path, "%s/hs_err_pid%llu.log", folders[i],
			      (unsigned long long)fact_get(&f->num, FACT_PID, 0));
		r = strbuf_error(&path);
		if (!r)
			r = each(arg, (struct source_place){ path.buf, users });
	}
	return r;
}

int sources_dump(const struct facts *f, int (*each)(void *arg, struct source_place p), void *arg)
{
	static const char *const endings[] = { "", ".gz", ".p0" };
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct stat st;
	size_t len;
	int r;

	if (!f->str[FACT_HEAP_DUMP_PATH] || fact_get(&f->num, FACT_HEAP_DUMP_OURS, 0))
		return 0;
	r = fill(f, f->str[FACT_HEAP_DUMP_PATH], &path);
	if (!r && !stat(strbuf_str(&path), &st) && S_ISDIR(st.st_mode))
		strbuf_printf(&path, "/java_pid%llu.hprof",
			      (unsigned long long)fact_get(&f->num, FACT_PID, 0));
	len = path.len;
	/* 17 and later put .gz behind a name they made themselves; 25 and later dump in parts, and
	 * X.p0 is what stays of a dump that was killed midway. */
	for (size_t i = 0; !r && i < ARRAY_SIZE(endings); i++) {
		strbuf_cut(&path, len);
		strbuf_puts(&path, endings[i]);
		r = strbuf_error(&path);
		if (!r)
			r = each(arg, (struct source_place){ path.buf, true });
	}
	return r;
}

static int take_place(struct sources *s, struct source_place p, enum artifact_type type,
		      const char *step)
{
	struct take t = {
		.dirfd = -1,
		.path = p.path,
		.uid = s->uid,
		.who = s->who,
		.since = s->started,
		.type = type,
	};
	const char *base = strrchr(p.path, '/');
	uint64_t since = clock_mono();
	struct err err = { 0 };
	int r;

	/* The next crash of 17 and later writes over an hs_err log of a fixed name, so a link would
	 * show that one; a dump is never written over. */
	t.mode = !p.users ? TAKE_MOVE : type == ARTIFACT_HEAP_DUMP ? TAKE_LINK : TAKE_COPY;
	r = take_as(s, t, base ? base + 1 : p.path, &err);
	record(s, step, r, since, &err);
	return r;
}

static int take_hs_err(void *arg, struct source_place p)
{
	int r = take_place(arg, p, ARTIFACT_HS_ERR, "hs_err");

	return r >= 0 && r != X_TAKE_NOTHING; /* one that is closed to its user was not his */
}

static int take_dump(void *arg, struct source_place p)
{
	bool part = slice_ends(slice_of(p.path), ".p0");

	take_place(arg, p, part ? ARTIFACT_FILE : ARTIFACT_HEAP_DUMP, "heap-dump");
	return 0;
}

struct found_files {
	struct strv paths;
	size_t max;
};

static int note_found(void *arg, const char *path)
{
	struct found_files *found = arg;

	if (found->paths.n >= found->max)
		return 1;
	strv_push(&found->paths, path);
	return found->paths.err;
}

/* Looked for with the user's eyes first, taken then. */
static int take_found_files(struct sources *s, const char *pattern)
{
	struct found_files found = {
		.max = s->inc->n_artifacts < FILES_MAX ? FILES_MAX - s->inc->n_artifacts : 0,
	};
	int r;

	(void)privs_files_as(s->who);
	r = glob_files(pattern, note_found, &found);
	(void)privs_files_as(NULL);
	for (size_t i = 0; i < found.paths.n; i++)
		take_place(s, (struct source_place){ .path = found.paths.v[i], .users = true },
			   ARTIFACT_FILE, found.paths.v[i]);
	strv_done(&found.paths);
	return r;
}

static void take_globs(struct sources *s)
{
	const struct strv *files = &s->inc->facts.list[FACT_FILES];
	_cleanup_strbuf_ struct strbuf pattern = STRBUF_INIT;

	for (size_t i = 0; i < files->n; i++) {
		int r = fill(&s->inc->facts, files->v[i], &pattern);

		if (!r)
			r = take_found_files(s, strbuf_str(&pattern));
		if (r < 0)
			incident_step(s->inc, files->v[i], STEP_FAILED, 0, 0,
				      r == -EINVAL ? "not an absolute path" : strerror(-r));
		else if (r > 0)
			incident_step(s->inc, files->v[i], STEP_FAILED, 0, 0,
				      "there are more files than one incident takes");
	}
}

/* What the supervisor saw at the death and we do not find is said. */
static void say_missing(struct sources *s, enum artifact_type type, enum fact_num seen,
			const char *step)
{
	if (s->inc->facts.num.has[seen] && !has_type(s, type))
		incident_step(s->inc, step, STEP_FAILED, 0, 0,
			      "it was there at the death and is gone");
}

const struct privs *sources_user(const struct facts *f, struct privs *buf)
{
	char uid[24], gid[24];

	snprintf(uid, sizeof(uid), "%llu",
		 (unsigned long long)fact_get(&f->num, FACT_UID, geteuid()));
	snprintf(gid, sizeof(gid), "%llu",
		 (unsigned long long)fact_get(&f->num, FACT_GID, getegid()));
	if (privs_find("", uid, gid, buf, NULL) < 0 || buf->uid == geteuid())
		return NULL;
	return buf;
}

void sources_take(struct sources *s)
{
	struct facts *f = &s->inc->facts;
	int r = s->run < 0 ? 0 : each_file(s->run, take_run_entry, s);

	if (r < 0) {
		s->left_behind = true;
		incident_step(s->inc, "run folder", STEP_FAILED, 0, 0, strerror(-r));
	}
	if (!has_type(s, ARTIFACT_HS_ERR))
		sources_hs_err(f, take_hs_err, s);
	if (!has_type(s, ARTIFACT_HEAP_DUMP))
		sources_dump(f, take_dump, s);
	take_core(s);
	take_globs(s);
	unlinkat(s->folder->dir, "files", AT_REMOVEDIR); /* made for one that was not to be had */
	say_missing(s, ARTIFACT_HS_ERR, FACT_HS_ERR_BYTES, "hs_err");
	say_missing(s, ARTIFACT_HEAP_DUMP, FACT_HEAP_DUMP_BYTES, "heap-dump");
	dumps_say_missing(s->inc, s->run);
}
