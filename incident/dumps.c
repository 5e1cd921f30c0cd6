/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heap dumps that are cut, or missing though they were asked for.
 *
 * What one would get wrong: the JVM says nothing of it to us and ends with 3 all the same (8 to
 * 28). So the dump's own end tells whether it is whole, and the place where it should have been why
 * there is none.
 */
#include "incident/dumps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/file.h"
#include "incident/sources.h"
#include "jvm/hprofend.h"
#include "jvm/paths.h"

/* More than the texts of an incident take. */
#define ROOM_FOR_TEXT (2 * 1024 * 1024)

static bool is_cut(const struct folder *f, const struct artifact *a)
{
	_cleanup_close_ int fd = -1;

	if (a->type != ARTIFACT_HEAP_DUMP)
		return hprof_is_part(a->name);
	fd = openat(f->dir, a->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd >= 0 && hprof_is_whole(fd) == 0;
}

int dumps_check(const struct folder *f, struct incident *inc)
{
	bool found = false;

	for (size_t i = 0; i < inc->n_artifacts; i++) {
		struct artifact *a = &inc->artifacts[i];
		_cleanup_strbuf_ struct strbuf step = STRBUF_INIT;

		if (a->state != ARTIFACT_TAKEN || a->cut || !is_cut(f, a))
			continue;
		a->cut = true;
		strbuf_printf(&step, "check %s", a->name);
		incident_step(inc, strbuf_str(&step), STEP_FAILED, 0, a->bytes,
			      a->type != ARTIFACT_HEAP_DUMP
				      ? "it is a part of a heap dump that was not put together"
			      : a->bytes
				      ? "it is cut: the disk was full, or the JVM was ended while "
					"it wrote"
				      : "it is empty: the JVM was ended before it wrote");
		if (a->type == ARTIFACT_HEAP_DUMP) {
			fact_set(&inc->facts.num, FACT_HEAP_DUMP_CUT, 1);
			found = true;
		}
	}
	return found ? incident_judge(inc) : 0;
}

static bool is_full(const struct statvfs *fs)
{
	return !fs->f_bavail || (fs->f_files && !fs->f_favail);
}

static bool may_write(const struct stat *st, uid_t uid, gid_t gid)
{
	mode_t bits = st->st_uid == uid ? S_IWUSR : st->st_gid == gid ? S_IWGRP : S_IWOTH;

	return !uid || st->st_mode & bits;
}

/* What can be said of the folder where it should be. */
static const char *why_of_folder(int fd, const struct facts *f)
{
	uid_t uid = (uid_t)fact_get(&f->num, FACT_UID, geteuid());
	gid_t gid = (gid_t)fact_get(&f->num, FACT_GID, getegid());
	struct statvfs fs;
	struct stat st;

	if (fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_RDONLY)
		return "its file system is read-only";
	if (fstat(fd, &st) == 0 && !may_write(&st, uid, gid))
		return "its folder may not be written to by the JVM's user";
	if (fstatvfs(fd, &fs) == 0 && is_full(&fs))
		return "its file system is full";
	return NULL;
}

static const char *why(const struct facts *f, int run, struct strbuf *path)
{
	_cleanup_close_ int fd = -1;
	const char *reason = NULL;
	struct stat st;
	char *slash;

	if (fact_get(&f->num, FACT_HEAP_DUMP_OURS, 0)) {
		strbuf_puts(path, "heap.hprof");
		return run < 0 ? "its folder is gone" : why_of_folder(run, f);
	}
	path_fill(slice_of(f->str[FACT_HEAP_DUMP_PATH]), (long)fact_get(&f->num, FACT_PID, 0),
		  (unsigned)fact_get(&f->num, FACT_RUN, 0), path);
	if (strbuf_error(path))
		return NULL;
	if (lstat(path->buf, &st) == 0 && !S_ISDIR(st.st_mode))
		return "a file of that name was there before, and a JVM does not write over it";
	slash = S_ISDIR(st.st_mode) ? NULL : strrchr(path->buf, '/');
	if (slash)
		*slash = '\0';
	fd = open(slash == path->buf ? "/" : path->buf, O_PATH | O_DIRECTORY | O_CLOEXEC);
	reason = fd < 0 ? "its folder is not there" : why_of_folder(fd, f);
	if (slash)
		*slash = '/';
	return reason;
}

void dumps_say_missing(struct incident *inc, int run)
{
	const struct fact_nums *n = &inc->facts.num;
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	const char *reason;

	if (incident_kind(inc) != KIND_OOM || !fact_get(n, FACT_DUMP_ON_OOM, 0) ||
	    fact_get(n, FACT_OOM_KIND, OOM_UNKNOWN) == OOM_NATIVE || n->has[FACT_DUMP_NO_ROOM] ||
	    !inc->facts.str[FACT_HEAP_DUMP_PATH] || n->has[FACT_HEAP_DUMP_BYTES] ||
	    incident_find_artifact(inc, ARTIFACT_HEAP_DUMP))
		return;
	reason = why(&inc->facts, run, &path);
	strbuf_printf(&text, "the JVM wrote none to %s: %s", strbuf_str(&path),
		      reason ? reason : "its output says why");
	incident_step(inc, "heap-dump", STEP_FAILED, 0, 0, strbuf_str(&text));
}

static int shorten(int run, const char *name, uid_t uid, const struct privs *who)
{
	_cleanup_close_ int fd = -1, out = -1;
	struct stat st;

	(void)privs_files_as(who);
	fd = file_open_source(run, name, uid, &st, NULL);
	out = openat(run, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	(void)privs_files_as(NULL);
	if (fd < 0 || !st.st_size ||
	    (source_type(name) == ARTIFACT_HEAP_DUMP && hprof_is_whole(fd)))
		return 0;
	return out >= 0 &&
	       ftruncate(out, st.st_size > ROOM_FOR_TEXT ? st.st_size - ROOM_FOR_TEXT : 0) == 0;
}

int dumps_make_room(int runs, const char *run_name, const struct facts *f)
{
	uid_t uid = (uid_t)fact_get(&f->num, FACT_UID, geteuid());
	struct privs user;
	const struct privs *who = sources_user(f, &user);
	_cleanup_close_ int run = -1;
	struct dirent **names;
	int n, freed = 0;

	(void)privs_files_as(who);
	run = dir_open(runs, run_name, NULL);
	n = run < 0 ? -1 : scandirat(run, ".", &names, NULL, alphasort);
	(void)privs_files_as(NULL);

	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;

		if (source_type(name) == ARTIFACT_HEAP_DUMP || hprof_is_part(name))
			freed |= shorten(run, name, uid, who) > 0;
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return freed;
}
