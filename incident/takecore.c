/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core of a life: found by core_pattern, or the reason why there is none.
 *
 * A core is moved, not copied: nobody has chosen its place, and the next core would write over it
 * (a core with a second link is not even written: do_coredump refuses it). A file of root is taken
 * only from where an absolute pattern, which is root's own choice, says that cores are.
 */
#include "incident/takecore.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "base/macro.h"
#include "incident/corefile.h"
#include "incident/glob.h"
#include "proc/procfs.h"

enum { PATTERN_MAX = 512 };

struct found {
	const struct sources *s;
	struct strbuf path;
	bool absolute; /* the pattern */
	uint64_t at;
	uid_t uid;
};

/* The newest one that fits. */
static int consider(void *arg, const char *path)
{
	struct found *f = arg;
	struct stat st;
	uint64_t at;

	if (lstat(path, &st) || !S_ISREG(st.st_mode) || !take_is_fresh(&st, f->s->started))
		return 0;
	if (st.st_uid != f->s->uid && !(st.st_uid == 0 && f->absolute))
		return 0;
	at = clock_ns(st.st_mtim);
	if (f->path.len && at <= f->at)
		return 0;
	f->at = at;
	f->uid = st.st_uid;
	strbuf_reset(&f->path);
	strbuf_puts(&f->path, path);
	return strbuf_error(&f->path);
}

/* A relative pattern leads to the JVM's working directory, an absolute one to where root wants
 * cores to be, which others need not be able to list. */
static void look_at_all(const struct sources *s, const char *pattern, struct found *f)
{
	(void)privs_files_as(f->absolute ? NULL : s->who);
	glob_files(pattern, consider, f);
	(void)privs_files_as(NULL);
}

static bool uses_pid(int proc)
{
	_cleanup_close_ int fd = openat(proc, "sys/kernel/core_uses_pid", O_RDONLY | O_CLOEXEC);
	char c = '0';

	return fd >= 0 && read(fd, &c, 1) == 1 && c != '0';
}

static void take_found(struct sources *s, const struct found *f, uint64_t since)
{
	struct take t = {
		.dirfd = -1,
		.path = f->path.buf,
		.uid = f->uid,
		.who = f->absolute ? NULL : s->who,
		.since = s->started,
		.mode = TAKE_MOVE,
		.type = ARTIFACT_CORE,
		.as = "core",
	};
	struct err err = { 0 };
	int r = take_path(s->inc, &s->room, s->folder->dir, t, &err);

	if (!r)
		incident_step(s->inc, "core", STEP_OK, since,
			      s->inc->artifacts[s->inc->n_artifacts - 1].bytes, NULL);
	else
		incident_step(s->inc, "core", STEP_FAILED, since, 0,
			      r == X_TAKE_NOTHING ? "it is gone" : err.msg);
}

static void look_for_core(struct sources *s)
{
	const struct facts *facts = &s->inc->facts;
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_close_ int proc = procfs_open();
	struct found f = { .s = s };
	uint64_t since = clock_mono();
	char pattern[PATTERN_MAX];

	if (procfs_core_pattern(proc, pattern, sizeof(pattern)) < 0) {
		incident_step(s->inc, "core", STEP_FAILED, 0, 0, "core_pattern cannot be read");
		return;
	}
	if (*pattern == '|') {
		core_handler(slice_of(pattern), fact_get(&facts->num, FACT_PID, 0), &text);
		incident_step(s->inc, "core", STEP_SKIPPED, 0, 0, strbuf_str(&text));
		return;
	}
	f.absolute = *pattern == '/';
	if (!core_glob(slice_of(pattern), uses_pid(proc), facts, &text))
		look_at_all(s, strbuf_str(&text), &f);
	if (f.path.len) {
		take_found(s, &f, since);
	} else {
		strbuf_reset(&text);
		strbuf_printf(&text,
			      "the kernel wrote one by core_pattern \"%s\", but no fresh file "
			      "of this user has that name",
			      pattern);
		incident_step(s->inc, "core", STEP_FAILED, since, 0, strbuf_str(&text));
	}
	strbuf_done(&f.path);
}

void take_core(struct sources *s)
{
	const struct fact_nums *n = &s->inc->facts.num;
	const char *why;

	if (incident_find_artifact(s->inc, ARTIFACT_CORE))
		return;
	if (fact_get(n, FACT_CORE_DUMPED, 0)) {
		look_for_core(s);
		return;
	}
	if (incident_kind(s->inc) != KIND_CRASH)
		return;
	if (n->has[FACT_CORE_LIMIT] && !n->v[FACT_CORE_LIMIT])
		why = "none was written: RLIMIT_CORE was 0";
	else if (n->has[FACT_CORE_ON_CRASH] && !n->v[FACT_CORE_ON_CRASH])
		why = "none was written: CreateCoredumpOnCrash was off";
	else if (fact_get(n, FACT_LOST, 0))
		why = "not looked for: nobody saw the end";
	else
		why = "the kernel wrote none";
	incident_step(s->inc, "core", STEP_SKIPPED, 0, 0, why);
}
