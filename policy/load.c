/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the places where a policy may stand to one policy: reads the texts, decides profile and
 * on_error, has the entries applied.
 *
 * Everything is read and cut into entries before the first is applied, because the last text may
 * name the profile on which the first one builds. The entries point into the texts, so those live
 * as long.
 */
#include "policy/load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include "base/file.h"
#include "policy/apply.h"
#include "policy/storedir.h"

enum { GOOD_MAX = 16 * POLICY_TEXT_MAX }; /* the copy of all texts together */

struct load {
	struct diags *diags;
	const struct strv *env;
	struct policy_entry *entries;
	size_t n, cap;
	const char *file;     /* of the text being read */
	struct strbuf *texts; /* they live as long as the entries */
	size_t n_texts;
	struct strv sources, overrides;
	struct strbuf
		accepted; /* all of them behind each other, which as a policy means the same */
};

static void load_done(struct load *l)
{
	for (size_t i = 0; i < l->n_texts; i++)
		strbuf_done(&l->texts[i]);
	free(l->texts);
	free(l->entries);
	strv_done(&l->sources);
	strv_done(&l->overrides);
	strbuf_done(&l->accepted);
}

static int add_entry(void *arg, const struct ini_entry *e)
{
	struct load *l = arg;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct policy_entry *entries = reallocarray(l->entries, cap, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		l->entries = entries;
		l->cap = cap;
	}
	l->entries[l->n++] = (struct policy_entry){ .ini = *e, .file = l->file };
	return 0;
}

/* The finding names the file already. */
static const char *why_unread(int r)
{
	switch (r) {
	case -EISDIR:
		return "it is a folder";
	case -EINVAL:
		return "it is not a regular file";
	case -EFBIG:
		return "it is longer than 256 KiB";
	default:
		return strerror(-r);
	}
}

/* 1: read, 0: it is missing and need not be there (or a finding was made). */
static int read_text(struct load *l, int dirfd, const char *name, const char *path, bool needed)
{
	struct strbuf *texts = reallocarray(l->texts, l->n_texts + 1, sizeof(*texts)), *text;
	struct slice body;
	int r;

	if (!texts)
		return -ENOMEM;
	l->texts = texts;
	text = &texts[l->n_texts++];
	*text = STRBUF_INIT;
	r = file_read(dirfd, name, POLICY_TEXT_MAX, text, NULL);
	if (r == -ENOMEM || (r == -ENOENT && !needed))
		return r == -ENOMEM ? r : 0;
	if (r < 0) {
		diags_add(l->diags, DIAG_ERROR, path, 0, 0, "cannot be read: %s", why_unread(r));
		return 0;
	}
	strv_push(&l->sources, path);
	if (l->sources.err)
		return l->sources.err;
	body = (struct slice){ text->buf, text->len };
	if (slice_starts(body, "\xef\xbb\xbf"))
		body = slice_skip(body, 3);
	strbuf_printf(&l->accepted, "# %s\n", path);
	strbuf_slice(&l->accepted, body);
	strbuf_puts(&l->accepted, "\n\n"); /* two: the text may end in a backslash */
	if (strbuf_error(&l->accepted))
		return strbuf_error(&l->accepted);
	l->file = l->sources.v[l->sources.n - 1];
	r = ini_read(text->buf, text->len, l->file, l->diags, add_entry, l);
	return r < 0 ? r : 1;
}

static int is_policy_name(const struct dirent *e)
{
	struct slice name = slice_of(e->d_name);

	return *name.ptr != '.' && slice_ends(name, ".ini");
}

static int in_byte_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_folder(struct load *l, const char *path)
{
	struct dirent **names = NULL;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n, r = 0;

	if (fd < 0 && errno == ENOENT)
		return 0;
	n = fd < 0 ? -1 : scandirat(fd, ".", &names, is_policy_name, in_byte_order);
	if (n < 0) {
		r = errno;
		diags_add(l->diags, DIAG_ERROR, path, 0, 0, "cannot read the folder: %s",
			  strerror(r));
		close_fd(&fd);
		return r == ENOMEM ? -ENOMEM : 0;
	}
	for (int i = 0; i < n; i++) {
		_cleanup_strbuf_ struct strbuf full = STRBUF_INIT;

		strbuf_printf(&full, "%s/%s", path, names[i]->d_name);
		if (r >= 0)
			r = strbuf_error(&full);
		if (r >= 0)
			r = read_text(l, fd, names[i]->d_name, strbuf_str(&full), true);
		free(names[i]);
	}
	free(names);
	close_fd(&fd);
	return r < 0 ? r : 0;
}

static int read_search_path(struct load *l, const char *root)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	int r;

	strbuf_printf(&path, "%s/etc/jvisor/policy.ini", root ? root : "");
	r = strbuf_error(&path);
	if (!r)
		r = read_text(l, AT_FDCWD, path.buf, path.buf, false);
	if (r < 0)
		return r;
	strbuf_reset(&path);
	strbuf_printf(&path, "%s/etc/jvisor/policy.d", root ? root : "");
	r = strbuf_error(&path);
	return r < 0 ? r : read_folder(l, path.buf);
}

static int read_override(struct load *l, struct slice text)
{
	struct ini_entry e = { .line = 0 };
	ptrdiff_t equals, dot;

	text = slice_trim(text);
	if (!text.len)
		return 0;
	equals = dot = slice_find(text, '=');
	while (dot > 0 && text.ptr[dot] != '.')
		dot--;
	if (dot <= 0) {
		diags_add(l->diags, DIAG_ERROR, l->file, 0, 0, "'%.*s' is not section.key=value",
			  SLICE_FMT(text));
		return 0;
	}
	e.section = slice_trim((struct slice){ text.ptr, (size_t)dot });
	e.key = slice_trim((struct slice){ text.ptr + dot + 1, (size_t)(equals - dot - 1) });
	e.value = slice_trim(slice_skip(text, (size_t)equals + 1));
	return add_entry(l, &e);
}

/* Names what the following overrides are from. */
static void begin_overrides(struct load *l, const char *name)
{
	l->file = name;
	strv_push(&l->overrides, name);
}

static int read_overrides(struct load *l, const struct policy_source *src)
{
	struct slice rest = slice_of(src->env_set), one;
	int r = 0;

	if (src->env_set && *src->env_set)
		begin_overrides(l, "JVISOR_SET");
	while (r >= 0 && src->env_set && slice_next(&rest, ';', &one))
		r = read_override(l, one);
	if (src->set && src->set->n)
		begin_overrides(l, "--jvisor-set");
	for (size_t i = 0; r >= 0 && src->set && i < src->set->n; i++)
		r = read_override(l, slice_of(src->set->v[i]));
	return r < 0 ? r : l->overrides.err;
}

/* The last good value of [policy] KEY, ahead of applying; the finding about a bad one comes then.
 */
static uint64_t last_value(const struct load *l, const char *name)
{
	const struct key *k = key_find(SLICE_LIT("policy"), slice_of(name));
	struct policy scratch = { 0 };

	key_set(k, &scratch, slice_of(k->def), NULL);
	for (size_t i = 0; i < l->n; i++) {
		const struct ini_entry *e = &l->entries[i].ini;

		if (slice_eq(e->section, "policy") && e->key.ptr && slice_eq(e->key, name))
			key_set(k, &scratch, e->value, NULL);
	}
	return *(const uint64_t *)((const char *)&scratch + k->offset);
}

static int make_policy(struct load *l, bool strict, struct policy *ret)
{
	struct apply a = {
		.p = ret,
		.diags = l->diags,
		.env = l->env,
		.strict = strict,
		.entries = l->entries,
		.n = l->n,
	};
	uint64_t on_error = last_value(l, "on_error");
	int r = policy_init(ret, (enum policy_profile)last_value(l, "profile"));

	if (r < 0)
		return r;
	r = policy_apply(&a);
	if (!r)
		r = l->diags->err;
	ret->on_error = on_error; /* also where an error in another key stopped nothing */
	ret->sources = l->sources;
	l->sources = STRV_INIT;
	ret->overrides = l->overrides;
	l->overrides = STRV_INIT;
	if (!r && on_error == ON_ERROR_LAST_GOOD && ret->sources.n) {
		ret->accepted = strbuf_steal(&l->accepted);
		r = ret->accepted ? 0 : -ENOMEM;
	}
	if (r < 0)
		policy_done(ret);
	return r;
}

/* Whoever else could write the copy would choose what the JVM is run with: file_open_source. */
static int open_good(const struct policy_source *src, const struct policy *bad, struct strbuf *path)
{
	struct store_dir store;
	struct stat st;
	int fd = -ENOENT;

	if (store_dir_find(bad, src->env, false, &store, NULL) < 0)
		return -ENOENT;
	strbuf_printf(path, "%s/%s", store.path, POLICY_GOOD_NAME);
	if (store.fd >= 0)
		fd = file_open_source(store.fd, POLICY_GOOD_NAME, geteuid(), &st, NULL);
	store_dir_done(&store);
	return fd;
}

/* Puts the copy kept by an earlier start in the place of a policy with errors (by which the store
 * is found). Its own findings are not told: it was accepted once. 1: taken, 0: there is none. */
static int take_good(const struct policy_source *src, bool strict, struct policy *p,
		     struct diags *diags)
{
	struct diags untold = { 0 };
	struct load l = { .diags = &untold, .env = src->env };
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	_cleanup_close_ int fd = open_good(src, p, &path);
	struct policy good;
	int r;

	if (fd < 0 || file_read_fd(fd, GOOD_MAX, &text) < 0 || strbuf_error(&path))
		return 0;
	strv_push(&l.sources, path.buf);
	r = l.sources.err;
	if (!r) {
		l.file = l.sources.v[0];
		r = ini_read(text.buf, text.len, l.file, &untold, add_entry, &l);
	}
	if (!r)
		r = read_overrides(&l, src);
	if (!r)
		r = make_policy(&l, strict, &good);
	load_done(&l);
	diags_done(&untold);
	if (r < 0)
		return r;
	good.on_error = ON_ERROR_LAST_GOOD;
	free(good.accepted); /* it is where this one came from */
	good.accepted = NULL;
	policy_done(p);
	*p = good;
	diags_add(diags, DIAG_WARNING, path.buf, 0, 0,
		  "policy.on_error = last-good: the policy has errors, this earlier copy is used");
	return 1;
}

/* What errors mean, by the policy itself. */
static int judge(const struct policy_source *src, bool strict, struct policy *p,
		 struct diags *diags)
{
	int r;

	if (!diags->errors)
		return 0;
	switch (p->on_error) {
	case ON_ERROR_IGNORE:
		diags_add(diags, DIAG_WARNING, NULL, 0, 0,
			  "policy.on_error = ignore: the lines with errors are left out");
		return 0;
	case ON_ERROR_LAST_GOOD:
		r = take_good(src, strict, p, diags);
		if (r)
			return r < 0 ? r : 0;
		diags_add(diags, DIAG_NOTE, NULL, 0, 0,
			  "policy.on_error = last-good: there is no earlier copy to use");
		return X_POLICY_REFUSED;
	default:
		return X_POLICY_REFUSED;
	}
}

int policy_load(const struct policy_source *src, bool strict, struct policy *ret,
		struct diags *diags, struct err *err)
{
	const struct strv own = strv_environ();
	struct policy_source source = *src;
	struct load l = { .diags = diags };
	struct policy p;
	int r;

	if (!source.env)
		source.env = &own;
	l.env = source.env;

	if (src->file)
		r = read_text(&l, AT_FDCWD, src->file, src->file, true);
	else
		r = read_search_path(&l, src->root);
	if (r >= 0)
		r = read_overrides(&l, src);
	if (r >= 0)
		r = make_policy(&l, strict, &p);
	load_done(&l);
	if (r >= 0) {
		r = judge(&source, strict, &p, diags);
		if (r < 0)
			policy_done(&p);
		else
			*ret = p;
	}
	return r < 0 ? err_errno(err, -r, "the policy could not be read") : r;
}

int policy_load_text(char *text, size_t len, const char *name, bool strict, struct policy *ret,
		     struct diags *diags, struct err *err)
{
	struct load l = { .diags = diags, .file = name };
	int r = ini_read(text, len, name, diags, add_entry, &l);

	if (!r)
		r = make_policy(&l, strict, ret);
	load_done(&l);
	if (r < 0)
		return err_errno(err, -r, "the policy could not be read");
	return diags->errors && ret->on_error != ON_ERROR_IGNORE ? X_POLICY_REFUSED : 0;
}

int policy_keep_good(const struct policy *p, int dirfd, struct err *err)
{
	_cleanup_strbuf_ struct strbuf old = STRBUF_INIT;
	size_t len = p->accepted ? strlen(p->accepted) : 0;
	int r;

	if (!len)
		return 0;
	if (!file_read(dirfd, POLICY_GOOD_NAME, GOOD_MAX, &old, NULL) && old.len == len &&
	    !memcmp(old.buf, p->accepted, len))
		return 0;
	r = file_replace(dirfd, POLICY_GOOD_NAME, p->accepted, len, 0600, err);
	return r < 0 ? r : 1;
}
