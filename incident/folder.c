/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids, the temporary folder, its publication, and the lock that tells a dead collector from a slow
 * one.
 *
 * The lock is on the open file, so it ends with the process whatever kills it; a name may be
 * removed between our open and our flock, so who gets the lock looks whether the name still is the
 * file that was locked.
 */
#include "incident/folder.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include "base/clock.h"
#include "base/file.h"
#include "incident/store.h"

#define RUN_DIR ".run"

enum { TRIES = 100 };

struct folder_name folder_name(const char *id, const char *suffix)
{
	struct folder_name n;

	snprintf(n.text, sizeof(n.text), "%.*s%.7s", INCIDENT_ID_MAX, id, suffix);
	return n;
}

void folder_close(struct folder *f)
{
	close_fd(&f->run);
	close_fd(&f->lock);
	close_fd(&f->dir);
}

int folder_open_run(int store, struct err *err)
{
	return dir_open(store, RUN_DIR, err);
}

static bool take_chars(struct slice *s, const char *form)
{
	for (; *form; form++) {
		char c = s->len ? *s->ptr : '\0';
		bool fits = *form == '9' ? c >= '0' && c <= '9' : c == *form;

		if (!fits)
			return false;
		*s = slice_skip(*s, 1);
	}
	return true;
}

/* STAMP-KIND-PID-HHHH; kinds of a newer jvisor are words too. */
bool store_id_valid(const char *id)
{
	struct slice s = slice_of(id);
	size_t letters = 0, digits = 0;

	if (s.len >= INCIDENT_ID_MAX || !take_chars(&s, "99999999T999999Z-"))
		return false;
	while (letters < s.len && (islower((unsigned char)s.ptr[letters]) || s.ptr[letters] == '-'))
		letters++;
	if (letters < 2 || s.ptr[0] == '-' || s.ptr[letters - 1] != '-')
		return false;
	s = slice_skip(s, letters);
	while (digits < s.len && isdigit((unsigned char)s.ptr[digits]))
		digits++;
	if (!digits || s.len != digits + 5 || s.ptr[digits] != '-')
		return false;
	s = slice_skip(s, digits + 1);
	for (size_t i = 0; i < s.len; i++)
		if (!isdigit((unsigned char)s.ptr[i]) && (s.ptr[i] < 'a' || s.ptr[i] > 'f'))
			return false;
	return true;
}

static void make_id(struct incident *inc)
{
	const struct fact_nums *n = &inc->facts.num;
	char stamp[CLOCK_STAMP_LEN];
	uint16_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint16_t)(clock_mono() / 1000);
	clock_stamp(fact_get(n, FACT_ENDED, clock_real()), stamp);
	snprintf(inc->id, sizeof(inc->id), "%s-%s-%u-%04x", stamp, kind_names[incident_kind(inc)],
		 (unsigned)fact_get(n, FACT_PID, 0), random);
}

static int write_facts(int fd, const struct facts *facts)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	int r;

	facts_put(&b, facts);
	r = strbuf_error(&b);
	return r ? r : file_write_all(fd, b.buf, b.len);
}

/* Two that reserve the same id meet at O_EXCL; an id that was published lately at the look. */
static int reserve_id(struct folder *f, struct incident *inc)
{
	struct stat st;

	for (unsigned i = 0; i < TRIES; i++) {
		make_id(inc);
		if (!fstatat(f->store, inc->id, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		f->lock = openat(f->run, folder_name(inc->id, ".facts").text,
				 O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (f->lock >= 0)
			return flock(f->lock, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int reserve(struct folder *f, struct incident *inc)
{
	struct folder_name name;
	int r = reserve_id(f, inc);

	if (!r)
		r = write_facts(f->lock, &inc->facts);
	if (r)
		return r;
	name = folder_name(inc->id, ".new");
	if (mkdirat(f->run, name.text, 0700) < 0)
		return -errno;
	f->dir = dir_open(f->run, name.text, NULL);
	return f->dir < 0 ? f->dir : 0;
}

int folder_reserve(int store, struct incident *inc, struct folder *ret, struct err *err)
{
	_cleanup_folder_ struct folder f = FOLDER_INIT;
	int r;

	f.store = store;
	f.run = folder_open_run(store, err);
	if (f.run < 0)
		return f.run;
	r = reserve(&f, inc);
	if (r) {
		if (f.lock >= 0)
			folder_finish(&f, inc);
		unlinkat(f.run, folder_name(inc->id, ".new").text, AT_REMOVEDIR);
		return err_errno(err, -r, "cannot make the incident's folder");
	}
	*ret = f;
	f = (struct folder)FOLDER_INIT;
	return 0;
}

/* 0: locked, and the name is still this file. */
static int lock_named(int dir, const char *name, int fd)
{
	struct stat here, there;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? X_FOLDER_BUSY : -errno;
	if (fstat(fd, &here) < 0 || fstatat(dir, name, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
	    here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return X_FOLDER_GONE;
	return 0;
}

/* The folder, published or not; made again when the predecessor did not come so far. */
static int open_again(struct folder *f, const char *id, struct err *err)
{
	struct folder_name name = folder_name(id, ".new");

	f->dir = dir_open(f->store, id, NULL);
	f->published = f->dir >= 0;
	if (!f->published)
		f->dir = folder_sub(f->run, name.text, err);
	return f->dir < 0 ? f->dir : 0;
}

int folder_resume(int store, const char *id, struct incident *inc, struct folder *ret,
		  struct err *err)
{
	_cleanup_folder_ struct folder f = FOLDER_INIT;
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;
	struct folder_name name = folder_name(id, ".facts");
	struct stat st;
	int r;

	f.store = store;
	f.run = folder_open_run(store, err);
	if (f.run < 0)
		return f.run;
	f.lock = file_open_source(f.run, name.text, geteuid(), &st, err);
	if (f.lock < 0)
		return f.lock == -ENOENT ? X_FOLDER_GONE : f.lock;
	r = lock_named(f.run, name.text, f.lock);
	if (r)
		return r < 0 ? err_errno(err, -r, "cannot lock %s", name.text) : r;
	r = file_read_fd(f.lock, FACTS_MAX, &record);
	if (!r)
		r = facts_decode((struct slice){ strbuf_str(&record), record.len }, &inc->facts);
	if (r < 0)
		return err_errno(err, -r, "%s cannot be read", name.text);
	snprintf(inc->id, sizeof(inc->id), "%.*s", INCIDENT_ID_MAX - 1, id);
	r = open_again(&f, id, err);
	if (r < 0)
		return r;
	*ret = f;
	f = (struct folder)FOLDER_INIT;
	return 0;
}

static bool is_name(const char *s)
{
	return *s && !strchr(s, '/') && strcmp(s, ".") != 0 && strcmp(s, "..") != 0;
}

static int open_run(const struct folder *f, const char *name, const struct privs *who,
		    struct err *err)
{
	int fd;

	(void)privs_files_as(who);
	fd = dir_open(f->run, name, err);
	(void)privs_files_as(NULL);
	return fd;
}

int folder_adopt_run(const struct folder *f, const struct incident *inc, const char *run_name,
		     const struct privs *who, struct err *err)
{
	struct folder_name name = folder_name(inc->id, ".run");
	int fd = open_run(f, name.text, who, NULL);

	if (fd >= 0)
		return fd;
	if (!is_name(run_name))
		return err_set(err, EINVAL, "the run folder's name is not a name");
	if (renameat(f->run, run_name, f->run, name.text) < 0)
		return err_errno(err, errno, "cannot take %s/%s", RUN_DIR, run_name);
	return open_run(f, name.text, who, err);
}

int folder_publish(struct folder *f, const struct incident *inc, struct err *err)
{
	if (f->published)
		return 0;
	if (renameat(f->run, folder_name(inc->id, ".new").text, f->store, inc->id) < 0)
		return err_errno(err, errno, "cannot publish %s", inc->id);
	f->published = true;
	return 0;
}

void folder_finish(struct folder *f, const struct incident *inc)
{
	unlinkat(f->run, folder_name(inc->id, ".hooks").text, 0);
	unlinkat(f->run, folder_name(inc->id, ".facts").text, 0);
	close_fd(&f->lock);
}

int folder_sub(int in, const char *name, struct err *err)
{
	int r = dir_make(in, name, 0700, err);

	return r < 0 ? r : dir_open(in, name, err);
}

bool folder_is_locked(int store, const char *id)
{
	_cleanup_close_ int run = folder_open_run(store, NULL);
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (run < 0)
		return false;
	fd = file_open_source(run, folder_name(id, ".facts").text, (uid_t)-1, &st, NULL);
	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}
