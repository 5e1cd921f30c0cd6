/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The claim: from a dead JVM's files to a folder with a verdict that everybody can see. It looks
 * into nothing that the JVM wrote and, with one uid, moves gigabytes by renames alone.
 *
 * It can be killed between any two steps, so each step finds what the one before it did by the
 * names in .run (folder.h), and what is in the folder already is not taken again.
 */
#include "incident/claim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mask.h"
#include "incident/dumps.h"
#include "incident/hookrows.h"
#include "incident/prune.h"
#include "incident/sources.h"
#include "incident/system.h"
#include "jvm/paths.h"

static void note_here(struct incident *inc, enum artifact_type type, const char *name,
		      const struct stat *st)
{
	struct artifact *a = incident_add_artifact(inc, type, name, NULL);

	if (a)
		a->bytes = (uint64_t)st->st_size;
}

/* What a killed predecessor has already brought into the folder; half copies go. */
static void find_taken(struct incident *inc, int dir, const char *below)
{
	_cleanup_close_ int fd = dir_open(dir, *below ? below : ".", NULL);
	struct dirent **names;
	int n = fd < 0 ? -1 : scandirat(fd, ".", &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
		const char *name = names[i]->d_name;
		struct stat st;

		strbuf_printf(&path, "%s%s%s", below, *below ? "/" : "", name);
		if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
			;
		else if (slice_ends(slice_of(name), ".tmp"))
			unlinkat(fd, name, 0);
		else if (*below)
			note_here(inc, ARTIFACT_FILE, strbuf_str(&path), &st);
		else if (!strcmp(name, "core"))
			note_here(inc, ARTIFACT_CORE, name, &st);
		else if (source_type(name) != ARTIFACT_FILE)
			note_here(inc, source_type(name), name, &st);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void take_sources(struct folder *f, struct incident *inc)
{
	const struct fact_nums *n = &inc->facts.num;
	const char *run_name = inc->facts.str[FACT_RUN_NAME];
	_cleanup_close_ int run = -1;
	struct privs user;
	struct sources s = {
		.inc = inc,
		.folder = f,
		.room = { .max_incident = fact_get(n, FACT_MAX_INCIDENT, 0),
			  .min_free = fact_get(n, FACT_MIN_FREE, 0) },
		.uid = (uid_t)fact_get(n, FACT_UID, geteuid()),
		.who = sources_user(&inc->facts, &user),
		.started = fact_get(n, FACT_STARTED, 0),
	};
	struct err err = { 0 };

	if (run_name) {
		run = folder_adopt_run(f, inc, run_name, s.who, &err);
		if (run < 0)
			incident_step(inc, "run folder", STEP_FAILED, 0, 0, err.msg);
	}
	s.run = run;
	sources_take(&s);
	if (run >= 0 && !s.left_behind)
		dir_remove(f->run, folder_name(inc->id, ".run").text);
}

static void write_system(struct folder *f, struct incident *inc)
{
	_cleanup_strbuf_ struct strbuf all = STRBUF_INIT, text = STRBUF_INIT;
	uint64_t since = clock_mono();
	struct err err = { 0 };
	struct slice rest, line;
	int r;

	system_describe(&all);
	/* Options of mounts: some file systems show the password that they were given. */
	for (rest = (struct slice){ strbuf_str(&all), all.len }; slice_next(&rest, '\n', &line);) {
		mask_text(&inc->facts.list[FACT_SECRETS], line, &text);
		strbuf_putc(&text, '\n');
	}
	r = strbuf_error(&all) ? strbuf_error(&all) : strbuf_error(&text);
	if (!r)
		r = file_replace(f->dir, "system.txt", strbuf_str(&text), text.len, 0600, &err);
	if (r < 0)
		incident_step(inc, "system.txt", STEP_FAILED, since, 0, err.msg);
}

/* The set goes into the file as it is; it holds the JVM's environment, hence the mode. */
static void keep_hook_set(const struct folder *f, struct incident *inc, int fd)
{
	_cleanup_strbuf_ struct strbuf set = STRBUF_INIT;
	struct err err = { 0 };
	int r = fd < 0 ? 0 : file_read_fd(fd, FACTS_MAX, &set);

	if (!r && set.len)
		r = file_replace(f->run, folder_name(inc->id, ".hooks").text, set.buf, set.len,
				 0600, &err);
	if (r < 0)
		incident_step(inc, "keep hooks", STEP_FAILED, 0, 0, err.msg);
}

/* The record has pid templates, as it was written before the pid was known (jvm/facts.def). They
 * are filled once, before ID.facts is written: a successor finds them filled. */
static int fill_list(struct facts *f, enum fact_list which)
{
	_cleanup_strbuf_ struct strbuf filled = STRBUF_INIT;
	struct strv *list = &f->list[which];

	for (size_t i = 0; i < list->n; i++) {
		char *copy;

		strbuf_reset(&filled);
		path_fill(slice_of(list->v[i]), (long)fact_get(&f->num, FACT_PID, 0),
			  (unsigned)fact_get(&f->num, FACT_RUN, 0), &filled);
		copy = strbuf_error(&filled) ? NULL : strdup(strbuf_str(&filled));
		if (!copy)
			return -ENOMEM;
		free(list->v[i]);
		list->v[i] = copy;
	}
	return 0;
}

static void fill_templates(struct incident *inc)
{
	static const enum fact_list lists[] = { FACT_ARGV, FACT_FLAG };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (fill_list(&inc->facts, lists[i]))
			inc->err = -ENOMEM;
}

int claim_finish(struct folder *f, struct incident *inc, struct err *err)
{
	int r;

	if (!inc->facts.num.has[FACT_KIND] || !inc->facts.str[FACT_VERDICT])
		incident_judge(inc);
	find_taken(inc, f->dir, "");
	find_taken(inc, f->dir, "files");
	take_sources(f, inc);
	hook_rows_read(inc, f->dir);
	write_system(f, inc);
	inc->status = INCIDENT_IN_PROGRESS;
	r = incident_write(inc, f->dir, err);
	if (!r)
		r = folder_publish(f, inc, err);
	return r < 0 ? err_wrap(err, "the files are kept in .run/%s.new", inc->id) : r;
}

/* And of the dump, which is of no use then. */
static bool cut_dump(int store, const struct incident *inc)
{
	_cleanup_close_ int runs = folder_open_run(store, NULL);
	const char *run_name = inc->facts.str[FACT_RUN_NAME];

	return runs >= 0 && run_name && dumps_make_room(runs, run_name, &inc->facts) > 0;
}

/* A full disk may be full of old incidents. */
static int reserve(int store, struct incident *inc, struct folder *ret, struct err *err)
{
	const struct retain_limits limits = store_limits(&inc->facts.num);
	int r = folder_reserve(store, inc, ret, err);

	if ((r == -ENOSPC || r == -EDQUOT) &&
	    store_prune(store, &limits, false, NULL, NULL, NULL) > 0)
		r = folder_reserve(store, inc, ret, err);
	if ((r == -ENOSPC || r == -EDQUOT) && cut_dump(store, inc))
		r = folder_reserve(store, inc, ret, err);
	return r;
}

int claim_new(int store, struct incident *inc, int hook_set_fd, struct folder *ret, struct err *err)
{
	_cleanup_folder_ struct folder f = FOLDER_INIT;
	int r;

	if (!inc->facts.num.has[FACT_KIND] || !inc->facts.str[FACT_VERDICT])
		incident_judge(inc);
	fill_templates(inc);
	r = reserve(store, inc, &f, err);
	if (r < 0)
		return r;
	keep_hook_set(&f, inc, hook_set_fd);
	r = claim_finish(&f, inc, err);
	if (r < 0)
		return r;
	*ret = f;
	f = (struct folder)FOLDER_INIT;
	return 0;
}
