/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding what a killed jvisor has left, and making of a life file what the supervisor would have
 * handed over.
 *
 * The lock on the life file says that its supervisor is alive, never a pid: containers share a
 * store and all their pids are small. The file must be ours: in a run folder of another user's
 * anything may lie, and what it says decides which files root will read.
 */
#include "incident/finish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "incident/folder.h"
#include "incident/job.h"
#include "incident/sources.h"
#include "incident/store.h"
#include "jvm/hserr.h"
#include "jvm/life.h"
#include "proc/cgroup.h"
#include "proc/procfs.h"

enum { EMPTY_AGE = 3600, END_WAIT_MS = 3000 };

/* The id in front of a suffix of folder.h; false: none. */
static bool id_of(const char *name, const char *suffix, char ret[static INCIDENT_ID_MAX])
{
	struct slice s = slice_of(name);

	if (!slice_ends(s, suffix) || s.len - strlen(suffix) >= INCIDENT_ID_MAX)
		return false;
	snprintf(ret, INCIDENT_ID_MAX, "%.*s", (int)(s.len - strlen(suffix)), name);
	return store_id_valid(ret);
}

static bool belongs_to_incident(const char *name)
{
	static const char *const suffixes[] = { ".new", ".run", ".hooks", ".hooks.tmp" };
	char id[INCIDENT_ID_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (id_of(name, suffixes[i], id))
			return true;
	return false;
}

static bool is_old_folder(int run, const char *name)
{
	struct stat st;

	return !fstatat(run, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISDIR(st.st_mode) &&
	       (uint64_t)st.st_mtim.tv_sec + EMPTY_AGE < clock_real() / NSEC_PER_SEC;
}

static void look_at(int run, const char *name,
		    void (*each)(void *arg, enum finish_what what, const char *name), void *arg)
{
	char id[INCIDENT_ID_MAX];
	struct stat st;

	if (*name == '.')
		return;
	if (id_of(name, ".facts", id)) {
		each(arg, FINISH_INCIDENT, id);
	} else if (id_of(name, ".gone", id)) {
		dir_remove(run, name);
	} else if (!belongs_to_incident(name) && !fstatat(run, name, &st, AT_SYMLINK_NOFOLLOW) &&
		   S_ISDIR(st.st_mode)) {
		if (is_old_folder(run, name) && !unlinkat(run, name, AT_REMOVEDIR))
			return;
		each(arg, FINISH_LIFE, name);
	}
}

int finish_each(int store, void (*each)(void *arg, enum finish_what what, const char *name),
		void *arg)
{
	_cleanup_close_ int run = folder_open_run(store, NULL);
	struct dirent **names;
	int n;

	if (run < 0)
		return run;
	n = scandirat(run, ".", &names, NULL, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		look_at(run, names[i]->d_name, each, arg);
		free(names[i]);
	}
	free(names);
	return 0;
}

static int lock_life(int folder, int *ret, struct err *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st, now;

	fd = file_open_source(folder, LIFE_NAME, geteuid(), &st, err);
	if (fd < 0)
		return fd == -ENOENT ? X_FINISH_NOTHING : fd;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return X_FINISH_ALIVE;
	/* Another finisher may have been at it until now. */
	if (fstatat(folder, LIFE_NAME, &now, AT_SYMLINK_NOFOLLOW) < 0 || now.st_ino != st.st_ino)
		return X_FINISH_NOTHING;
	*ret = steal_fd(&fd);
	return 0;
}

/* Counts of OOM kills as they are now say something about this life only where they went on from
 * its own last reading: another cgroup has another count (a container that is started again is in a
 * new one), and a new boot begins at 0. The machine's own count is of everybody's kills. */
static void read_oom_kills(struct fact_nums *n, const struct life_head *last)
{
	_cleanup_close_ int proc = procfs_open();
	struct cgroup_reading now = { 0 };
	struct cgroup c;
	uint64_t host;

	cgroup_open("", &c);
	cgroup_read(&c, &now);
	cgroup_close(&c);
	if (now.has_oom_kills && last->oom_kills != UINT64_MAX && c.id == last->cgroup_id) {
		fact_set(n, FACT_OOM_KILLS_START, last->oom_kills);
		fact_set(n, FACT_OOM_KILLS_END, now.oom_kills);
	}
	if (last->host_kills != UINT64_MAX && proc >= 0 && !procfs_oom_kills(proc, &host)) {
		fact_set(n, FACT_HOST_KILLS_START, last->host_kills);
		fact_set(n, FACT_HOST_KILLS_END, host);
	}
}

static void take_head(struct facts *f, const struct life_head *p, bool same_boot)
{
	struct fact_nums *n = &f->num;

	fact_set(n, FACT_PID, p->pid);
	life_take_reading(p, n);
	if (same_boot && !p->ended)
		read_oom_kills(n, p);
}

/* Where the supervisor alone was killed its JVM dies too, but a large heap takes a while to give
 * back, and who should reap it may not: a pidfd tells of a zombie as of one that is gone. */
static bool jvm_is_alive(const struct life_head *p)
{
	_cleanup_close_ int proc = procfs_open(), pidfd = -1;
	struct pollfd end = { .events = POLLIN };
	uint64_t start;

	if (proc < 0 || !p->pid || p->pid > INT32_MAX)
		return false;
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)p->pid, 0);
	if (pidfd < 0 || procfs_start_time(proc, (pid_t)p->pid, &start) < 0 ||
	    start != p->start_time)
		return false;
	end.fd = pidfd;
	return poll(&end, 1, END_WAIT_MS) == 0;
}

struct trace {
	struct facts *f;
	uid_t uid;
	const struct privs *who; /* with whose rights files are looked at */
	uint64_t last;		 /* sign of life, ns since the epoch */
	int hs_err;
};

static void see_file(struct trace *t, enum artifact_type type, const struct stat *st)
{
	uint64_t at = clock_ns(st->st_mtim);

	if (at > t->last)
		t->last = at;
	if (type == ARTIFACT_HS_ERR)
		fact_set(&t->f->num, FACT_HS_ERR_BYTES, (uint64_t)st->st_size);
	else if (type == ARTIFACT_HEAP_DUMP)
		fact_set(&t->f->num, FACT_HEAP_DUMP_BYTES, (uint64_t)st->st_size);
}

static int see_place(struct trace *t, const char *path, enum artifact_type type)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	(void)privs_files_as(t->who);
	fd = file_open_source(AT_FDCWD, path, t->uid, &st, NULL);
	(void)privs_files_as(NULL);
	if (fd < 0 || !take_is_fresh(&st, fact_get(&t->f->num, FACT_STARTED, 0)))
		return 0;
	see_file(t, type, &st);
	if (type == ARTIFACT_HS_ERR)
		t->hs_err = steal_fd(&fd);
	return 1;
}

static int see_hs_err(void *arg, struct source_place p)
{
	return see_place(arg, p.path, ARTIFACT_HS_ERR);
}

static int see_dump(void *arg, struct source_place p)
{
	return see_place(arg, p.path, ARTIFACT_HEAP_DUMP);
}

static void see_run_folder(struct trace *t, int folder)
{
	struct dirent **names;
	int n;

	(void)privs_files_as(t->who);
	n = scandirat(folder, ".", &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		enum artifact_type type = source_type(names[i]->d_name);
		_cleanup_close_ int fd = -1;
		struct stat st;

		if (type != ARTIFACT_FILE) {
			fd = file_open_source(folder, names[i]->d_name, t->uid, &st, NULL);
			if (fd >= 0)
				see_file(t, type, &st);
			if (fd >= 0 && type == ARTIFACT_HS_ERR && t->hs_err < 0)
				t->hs_err = steal_fd(&fd);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	(void)privs_files_as(NULL);
}

/* The kind is in the id, so the log is read before the claim, by a job as any other. */
static int read_hs_err(struct facts *f, int fd)
{
	struct job job = { .kind = JOB_HS_ERR, .in = fd, .out = -1 };
	_cleanup_(job_result_done) struct job_result result = { 0 };

	if (fd < 0 || job_run(&job, &result, NULL) < 0)
		return 0;
	return facts_add(f, &result.facts);
}

static int add_evidence(struct incident *inc, const struct life_head *head, bool same_boot)
{
	struct strv *evidence = &inc->found;
	char last[CLOCK_ISO_LEN];

	if (!same_boot)
		strv_push(evidence, "the machine was restarted since");
	if (head->ended) {
		strv_push(evidence, "its jvisor saw the end and could not file it then");
		return evidence->err;
	}
	clock_iso(inc->facts.num.v[FACT_ENDED], last);
	strv_printf(evidence, "the last sign of life is of %s", last);
	return evidence->err;
}

static bool is_same_boot(const struct facts *f)
{
	_cleanup_close_ int proc = procfs_open();
	char boot[37];

	return f->str[FACT_BOOT_ID] && !procfs_boot_id(proc, boot) &&
	       !strcmp(boot, f->str[FACT_BOOT_ID]);
}

static int make_facts(int folder, const struct life_head *head, bool same_boot,
		      struct incident *inc)
{
	struct facts *f = &inc->facts;
	struct privs user;
	struct trace t = {
		.f = f,
		.who = sources_user(f, &user),
		.uid = (uid_t)fact_get(&f->num, FACT_UID, geteuid()),
		.last = head->at,
		.hs_err = -1,
	};
	uint64_t started = fact_get(&f->num, FACT_STARTED, head->at);
	int r;

	take_head(f, head, same_boot);
	fact_set(&f->num, FACT_STARTED, started);
	see_run_folder(&t, folder);
	if (t.hs_err < 0)
		sources_hs_err(f, see_hs_err, &t);
	if (!f->num.has[FACT_HEAP_DUMP_BYTES])
		sources_dump(f, see_dump, &t);
	r = read_hs_err(f, t.hs_err);
	close_fd(&t.hs_err);
	fact_set(&f->num, FACT_ENDED, t.last > started ? t.last : started);
	if (head->ended)
		life_take_end(head, &f->num);
	else
		fact_set(&f->num, FACT_LOST, 1);
	if (!r)
		r = incident_judge(inc);
	return r < 0 ? r : add_evidence(inc, head, same_boot);
}

int finish_life(int store, const char *name, struct incident *inc, int *ret_lock, struct err *err)
{
	_cleanup_close_ int run = folder_open_run(store, err), folder = -1, lock = -1;
	_cleanup_strbuf_ struct strbuf data = STRBUF_INIT;
	struct slice record;
	struct life_head head;
	bool same_boot;
	int r;

	if (run < 0)
		return run;
	folder = dir_open(run, name, err);
	if (folder < 0)
		return folder == -ENOENT ? X_FINISH_NOTHING : folder;
	r = lock_life(folder, &lock, err);
	if (r)
		return r;
	r = file_read_fd(lock, LIFE_HEAD + FACTS_MAX, &data);
	if (!r)
		r = life_parse((struct slice){ strbuf_str(&data), data.len }, &head, &record);
	if (!r)
		r = facts_decode(record, &inc->facts);
	if (r < 0)
		return err_errno(err, -r, "%s/%s cannot be read", name, LIFE_NAME);
	same_boot = is_same_boot(&inc->facts);
	if (same_boot && jvm_is_alive(&head))
		return X_FINISH_ALIVE;
	r = facts_set_str(&inc->facts, FACT_RUN_NAME, name);
	if (!r)
		r = make_facts(folder, &head, same_boot, inc);
	if (r < 0)
		return err_errno(err, -r, "cannot file %s", name);
	*ret_lock = steal_fd(&lock);
	return 0;
}
