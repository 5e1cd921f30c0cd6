/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest: which artifact gets which job, and what becomes of its answer.
 *
 * The order of names makes it repeatable: X.gz.tmp is half done and goes; X.gz beside X is whole
 * but X is the one that counts until it is removed; X.gz alone is done.
 */
#include "incident/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "incident/dumps.h"
#include "incident/job.h"
#include "incident/take.h"

/* Text below this is quicker read than unpacked. */
static const uint64_t file_worth = 1024 * 1024;

/* A file that does not get smaller still may not fill the disk; gzip's frame is 18 bytes. */
static const uint64_t frame = 4096;

struct work {
	const struct folder *f;
	struct incident *inc;
	uint64_t deadline;
};

static bool is_packed(const struct artifact *a)
{
	return slice_ends(slice_of(a->name), ".gz");
}

static bool is_worth_packing(const struct artifact *a)
{
	switch (a->type) {
	case ARTIFACT_CORE:
	case ARTIFACT_HEAP_DUMP:
		return a->bytes > 0;
	case ARTIFACT_FILE:
		return a->bytes >= file_worth;
	default:
		return false; /* a person reads it */
	}
}

static int open_taken(const struct work *w, const struct artifact *a, struct err *err)
{
	struct stat st;
	/* A dump that is linked to the user's own has two names. */
	int fd = openat(w->f->dir, a->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, errno, "cannot open %s", a->name);
	if (S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, EPERM, "%s is not a regular file", a->name);
}

static void read_hs_err(struct work *w, const struct artifact *a)
{
	struct facts *f = &w->inc->facts;
	struct job job = { .kind = JOB_HS_ERR, .out = -1, .deadline = w->deadline };
	_cleanup_(job_result_done) struct job_result result = { 0 };
	_cleanup_close_ int fd = -1;
	uint64_t since = clock_mono();
	struct err err = { 0 };
	int r;

	job.in = fd = open_taken(w, a, &err);
	r = fd < 0 ? fd : job_run(&job, &result, &err);
	if (!r) {
		strv_done(&f->list[FACT_HSERR_STACK]); /* lists add up; peek may have been here */
		r = facts_add(f, &result.facts);
	}
	incident_step(w->inc, "read hs_err.log", r ? STEP_FAILED : STEP_OK, since, 0, err.msg);
}

/* Takes the place of the log; a name that is linked to the user's own file is only let go. */
static int mask_into(const struct work *w, struct artifact *a, const char *tmp, struct err *err)
{
	_cleanup_close_ int in = open_taken(w, a, err), out = -1;
	_cleanup_(job_result_done) struct job_result result = { 0 };
	struct job job = { .kind = JOB_MASK, .in = in, .deadline = w->deadline };
	int r;

	if (in < 0)
		return in;
	unlinkat(w->f->dir, tmp, 0);
	out = openat(w->f->dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return err_errno(err, errno, "cannot create %s", tmp);
	job.out = out;
	job.out_max = 2 * a->bytes + frame; /* what hides a short value is longer than it */
	job.secrets = &w->inc->facts.list[FACT_SECRETS];
	r = job_run(&job, &result, err);
	if (!r && renameat(w->f->dir, tmp, w->f->dir, a->name) < 0)
		r = err_errno(err, errno, "cannot rename %s", tmp);
	if (!r)
		a->bytes = result.out_bytes;
	return r;
}

/* The facts come from the log as it was. */
static void mask_hs_err(struct work *w, struct artifact *a)
{
	_cleanup_strbuf_ struct strbuf tmp = STRBUF_INIT;
	uint64_t since = clock_mono();
	struct err err = { 0 };
	int r;

	strbuf_printf(&tmp, "%s.tmp", a->name);
	r = strbuf_error(&tmp) ? strbuf_error(&tmp) : mask_into(w, a, tmp.buf, &err);
	if (r)
		unlinkat(w->f->dir, strbuf_str(&tmp), 0);
	incident_step(w->inc, "hide secrets in hs_err.log", r ? STEP_FAILED : STEP_OK, since,
		      a->bytes, err.msg);
}

static int replace_by_packed(const struct work *w, struct artifact *a, const char *tmp,
			     const char *packed)
{
	if (renameat(w->f->dir, tmp, w->f->dir, packed) < 0)
		return -errno;
	unlinkat(w->f->dir, a->name, 0);
	return artifact_rename(a, packed);
}

static int checksum(const struct work *w, struct artifact *a, struct err *err)
{
	struct job job = { .kind = JOB_PACK, .out = -1, .deadline = w->deadline };
	_cleanup_(job_result_done) struct job_result result = { 0 };
	_cleanup_close_ int fd = open_taken(w, a, err);
	int r;

	job.in = fd;
	r = fd < 0 ? fd : job_run(&job, &result, err);
	if (r)
		return r;
	a->bytes = result.in_bytes;
	memcpy(a->sha256, result.sha256, sizeof(a->sha256));
	if (is_packed(a))
		a->state = ARTIFACT_COMPRESSED;
	return 0;
}

static int pack(const struct work *w, struct artifact *a, struct err *err)
{
	const struct fact_nums *n = &w->inc->facts.num;
	_cleanup_(job_result_done) struct job_result result = { 0 };
	_cleanup_strbuf_ struct strbuf packed = STRBUF_INIT, tmp = STRBUF_INIT;
	_cleanup_close_ int in = open_taken(w, a, err), out = -1;
	uint64_t room = room_left(w->f->dir, fact_get(n, FACT_MIN_FREE, 0));
	int r;

	strbuf_printf(&packed, "%s.gz", a->name);
	strbuf_printf(&tmp, "%s.gz.tmp", a->name);
	if (in < 0 || strbuf_error(&tmp) || strbuf_error(&packed))
		return in < 0 ? in : -ENOMEM;
	unlinkat(w->f->dir, tmp.buf, 0);
	out = openat(w->f->dir, tmp.buf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return err_errno(err, errno, "cannot create %s", tmp.buf);
	struct job job = {
		.kind = JOB_PACK,
		.in = in,
		.out = out,
		.level = (int)fact_get(n, FACT_COMPRESS, 1),
		.out_max = room < a->bytes + frame ? room : a->bytes + frame,
		.deadline = w->deadline,
	};
	r = job_run(&job, &result, err);
	if (!r && result.was_gzip) {
		unlinkat(w->f->dir, tmp.buf, 0);
		r = renameat(w->f->dir, a->name, w->f->dir, packed.buf) < 0 ? -errno : 0;
		if (!r)
			r = artifact_rename(a, packed.buf);
	} else if (!r) {
		a->original_bytes = result.in_bytes;
		r = replace_by_packed(w, a, tmp.buf, packed.buf);
	}
	if (r) {
		unlinkat(w->f->dir, tmp.buf, 0);
		return r;
	}
	a->bytes = result.was_gzip ? result.in_bytes : result.out_bytes;
	a->state = ARTIFACT_COMPRESSED;
	memcpy(a->sha256, result.sha256, sizeof(a->sha256));
	return 0;
}

/* A predecessor was killed after X.gz had taken the place of X. */
static void find_packed(const struct work *w, struct artifact *a)
{
	_cleanup_strbuf_ struct strbuf packed = STRBUF_INIT;
	struct stat st;

	strbuf_printf(&packed, "%s.gz", a->name);
	if (strbuf_error(&packed) || !fstatat(w->f->dir, a->name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	if (fstatat(w->f->dir, packed.buf, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (!artifact_rename(a, packed.buf))
		a->original_bytes = a->bytes;
}

static void digest_artifact(struct work *w, struct artifact *a)
{
	bool packs = fact_get(&w->inc->facts.num, FACT_COMPRESS, 1) > 0 && is_worth_packing(a);
	_cleanup_strbuf_ struct strbuf step = STRBUF_INIT;
	uint64_t since = clock_mono();
	struct err err = { 0 };
	int r = 0;

	find_packed(w, a);
	packs = packs && !is_packed(a);
	strbuf_printf(&step, "%s %s", packs ? "compress" : "checksum", a->name);
	if (packs)
		r = pack(w, a, &err);
	if (r == -EFBIG || r == -ENOSPC) {
		incident_step(w->inc, strbuf_str(&step), STEP_SKIPPED, since, 0, err.msg);
		packs = false;
		strbuf_reset(&step);
		strbuf_printf(&step, "checksum %s", a->name);
	}
	if (!packs)
		r = checksum(w, a, &err);
	if (packs || r)
		incident_step(w->inc, strbuf_str(&step), r ? STEP_FAILED : STEP_OK, since, a->bytes,
			      err.msg);
}

int incident_read(const struct folder *f, struct incident *inc, uint64_t deadline, struct err *err)
{
	struct artifact *hs_err = (struct artifact *)incident_find_artifact(inc, ARTIFACT_HS_ERR);
	struct work w = { .f = f, .inc = inc, .deadline = deadline };
	int changed = dumps_check(f, inc), r;

	if (hs_err && hs_err->state == ARTIFACT_TAKEN) {
		read_hs_err(&w, hs_err);
		if (fact_get(&inc->facts.num, FACT_REDACT, 0) && !*hs_err->sha256)
			mask_hs_err(&w, hs_err);
		changed |= incident_judge(inc);
	}
	r = incident_write(inc, f->dir, err);
	return r < 0 ? r : changed;
}

int incident_pack(const struct folder *f, struct incident *inc, uint64_t deadline, struct err *err)
{
	struct work w = { .f = f, .inc = inc, .deadline = deadline };
	int r;

	for (size_t i = 0; i < inc->n_artifacts; i++) {
		struct artifact *a = &inc->artifacts[i];

		if (a->state != ARTIFACT_TAKEN || *a->sha256)
			continue;
		digest_artifact(&w, a);
		r = incident_write(inc, f->dir, err);
		if (r < 0)
			return r;
	}
	inc->collected = clock_real();
	incident_conclude(inc);
	return incident_write(inc, f->dir, err);
}
