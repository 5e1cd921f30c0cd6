/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File name patterns, one path component at a time. Links are followed on the way, since an
 * operator named the folders; what is matched is judged by whoever opens it.
 */
#include "incident/glob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/strbuf.h"

struct walk {
	int (*each)(void *arg, const char *path);
	void *arg;
};

static int walk_rest(struct walk *w, struct strbuf *path, const char *rest);

static bool is_pattern(const char *s)
{
	return strpbrk(s, "*?[\\") != NULL;
}

static int walk_name(struct walk *w, struct strbuf *path, const char *name, const char *rest)
{
	size_t len = path->len;
	int r;

	strbuf_putc(path, '/');
	strbuf_puts(path, name);
	r = strbuf_error(path);
	if (!r)
		r = walk_rest(w, path, rest);
	strbuf_cut(path, len);
	return r;
}

static int walk_pattern(struct walk *w, struct strbuf *path, const char *part, const char *rest)
{
	struct dirent **names;
	int n = scandir(path->len ? path->buf : "/", &names, NULL, alphasort);
	int r = 0;

	if (n < 0)
		return errno == ENOMEM ? -ENOMEM : 0;
	for (int i = 0; i < n; i++) {
		if (!r && !fnmatch(part, names[i]->d_name, FNM_PERIOD))
			r = walk_name(w, path, names[i]->d_name, rest);
		free(names[i]);
	}
	free(names);
	return r;
}

static int walk_rest(struct walk *w, struct strbuf *path, const char *rest)
{
	_cleanup_free_ char *part = NULL;
	struct stat st;
	size_t len;

	while (*rest == '/')
		rest++;
	if (!*rest)
		return lstat(strbuf_str(path), &st) ? 0 : w->each(w->arg, path->buf);
	len = strcspn(rest, "/");
	part = strndup(rest, len);
	if (!part)
		return -ENOMEM;
	return is_pattern(part) ? walk_pattern(w, path, part, rest + len)
				: walk_name(w, path, part, rest + len);
}

int glob_files(const char *pattern, int (*each)(void *arg, const char *path), void *arg)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	struct walk w = { .each = each, .arg = arg };

	return *pattern == '/' ? walk_rest(&w, &path, pattern) : -EINVAL;
}
