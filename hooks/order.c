/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hooks an event has, in which order, and which of them must not be run.
 *
 * The file that is judged is the one behind a link. What root runs must not be changeable by
 * anybody but root and the user that it will run as; that holds for the folders of hooks too, since
 * whoever may write there puts a file of his own in. It is looked at when the list is made, just
 * before the hooks run.
 */
#include "hooks/hooks.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "hooks/words.h"
#include "proc/privs.h"

enum { ORDER_NONE = 50, NAME_LEN = 200 };

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* What editors and package managers leave beside a file. */
static bool is_left_over(const char *name)
{
	size_t len = strlen(name);
	const char *dot = strrchr(name, '.');

	return name[0] == '.' || (len && name[len - 1] == '~') ||
	       (dot && (!strncmp(dot, ".dpkg-", 6) || !strncmp(dot, ".rpm", 4)));
}

static unsigned order_of(const char *name)
{
	unsigned long long v = 0;
	const char *at = name;

	for (; isdigit((unsigned char)*at) && v < UINT32_MAX; at++)
		v = v * 10 + (unsigned)(*at - '0');
	if (at == name)
		return ORDER_NONE;
	return v > UINT32_MAX ? UINT32_MAX : (unsigned)v;
}

/* NULL, or why the file cannot be a hook. */
static const char *file_fault(const struct stat *st, uid_t runs_as, bool root_rules)
{
	if (!S_ISREG(st->st_mode))
		return "it is not a regular file";
	if (!(st->st_mode & 0111))
		return "it has no run bit (chmod +x)";
	if (!root_rules)
		return NULL;
	if (st->st_mode & 022)
		return "others than its owner may write to it (chmod go-w)";
	if (st->st_uid != 0 && st->st_uid != runs_as)
		return "it belongs to neither root nor the user that it would run as";
	return NULL;
}

static const char *folder_fault(int fd, uid_t runs_as, bool root_rules)
{
	struct stat st;

	if (!root_rules)
		return NULL;
	if (fstat(fd, &st) < 0)
		return "its folder cannot be looked at";
	if (st.st_mode & 022)
		return "others than its owner may write to its folder (chmod go-w)";
	if (st.st_uid != 0 && st.st_uid != runs_as)
		return "its folder belongs to neither root nor the user that it would run as";
	return NULL;
}

static int set_unsafe(struct hook *h, const char *fault)
{
	if (!fault)
		return 0;
	h->unsafe = strdup(fault);
	return h->unsafe ? 0 : -ENOMEM;
}

static int add(struct hook_list *l, struct hook *h)
{
	struct hook *grown = NULL;

	if (h->name && h->path)
		grown = reallocarray(l->items, l->n + 1, sizeof(*grown));
	if (!grown) {
		free(h->name);
		free(h->path);
		free(h->unsafe);
		return -ENOMEM;
	}
	l->items = grown;
	l->items[l->n++] = *h;
	return 0;
}

static void note(struct diags *notes, enum diag_level level, const char *folder, const char *event,
		 const char *text)
{
	_cleanup_free_ char *file = NULL;

	if (!notes)
		return;
	if (asprintf(&file, "%s/%s", folder, event) < 0)
		file = NULL;
	diags_add(notes, level, file, 0, 0, "%s", text);
}

/* DIR/EVENT, and DIR for its rights; -errno. */
static int open_event(const struct hook_set *s, enum hook_event e, int *ret_dir)
{
	_cleanup_close_ int dir = -1;
	int fd;

	if (!s->dir || !*s->dir)
		return -ENOENT;
	dir = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	fd = openat(dir, hook_event_names[e], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ret_dir)
		*ret_dir = steal_fd(&dir);
	return fd;
}

static int add_file(const struct hook_set *s, enum hook_event e, int folder, const char *name,
		    const char *fault, bool root_rules, struct hook_list *l)
{
	struct hook h = { .order = order_of(name), .timeout = hook_event_timeout(e) };
	struct stat st;

	if (!fault && fstatat(folder, name, &st, 0) < 0)
		fault = errno == ENOENT ? "its link leads nowhere" : "it cannot be looked at";
	else if (!fault)
		fault = file_fault(&st, (uid_t)s->uid, root_rules);
	h.name = strdup(name);
	if (asprintf(&h.path, "%s/%s/%s", s->dir, hook_event_names[e], name) < 0)
		h.path = NULL;
	if (set_unsafe(&h, fault) < 0) {
		free(h.path);
		h.path = NULL;
	}
	return add(l, &h);
}

static int list_folder(const struct hook_set *s, enum hook_event e, bool root_rules,
		       struct hook_list *l, struct diags *notes)
{
	_cleanup_close_ int dir = -1, fd = open_event(s, e, &dir);
	_cleanup_(closedirp) DIR *d = NULL;
	const struct dirent *entry;
	const char *fault;

	if (fd == -ENOENT)
		return 0;
	if (fd < 0 || !(d = fdopendir(fd))) {
		note(notes, DIAG_WARNING, s->dir, hook_event_names[e],
		     strerrordesc_np(fd < 0 ? -fd : errno));
		return 0;
	}
	fault = folder_fault(steal_fd(&fd), (uid_t)s->uid, root_rules);
	if (!fault)
		fault = folder_fault(dir, (uid_t)s->uid, root_rules);
	while ((entry = readdir(d))) {
		const char *name = entry->d_name;
		struct stat st;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		if (is_left_over(name) ||
		    (fstatat(dirfd(d), name, &st, 0) == 0 && S_ISDIR(st.st_mode))) {
			_cleanup_free_ char *text = NULL;

			if (asprintf(&text, "%s is not taken for a hook", name) < 0)
				text = NULL;
			note(notes, DIAG_NOTE, s->dir, hook_event_names[e], text ? text : name);
			continue;
		}
		if (add_file(s, e, dirfd(d), name, fault, root_rules, l) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* By the PATH that the hook will have. */
static int find_program(const char *word, const char *path, char **ret)
{
	struct slice rest = slice_of(path ? path : "/usr/local/bin:/usr/bin:/bin"), folder;
	struct stat st;

	while (!strchr(word, '/') && slice_next(&rest, ':', &folder)) {
		_cleanup_free_ char *full = NULL;

		if (!folder.len)
			continue; /* the working folder: not for us to run from */
		if (asprintf(&full, "%.*s/%s", SLICE_FMT(folder), word) < 0) {
			full = NULL;
			return -ENOMEM;
		}
		if (!stat(full, &st) && S_ISREG(st.st_mode) && st.st_mode & 0111) {
			*ret = steal_ptr(full);
			return 0;
		}
	}
	*ret = strdup(word);
	return *ret ? 0 : -ENOMEM;
}

static const char *program_fault(const struct hook_section *h, const char *path, uid_t runs_as,
				 bool root_rules)
{
	struct stat st;

	if (path[0] != '/')
		return strchr(path, '/') ? "its program has to be named with its whole path"
					 : "its program is not found on PATH";
	if (stat(path, &st) < 0)
		return errno == ENOENT ? "its program is not there" : "it cannot be looked at";
	return file_fault(&st, runs_as, root_rules && !h->shell);
}

/* ORDER-NAME, fit for the name of a log. */
static char *section_name(const struct hook_section *h)
{
	char *name, *at;

	if (asprintf(&name, "%02u-%.*s", h->order, NAME_LEN, h->name) < 0)
		return NULL;
	for (at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_.+@", *at))
			*at = '_';
	return name;
}

static int section_path(const struct hook_set *s, const struct hook_section *h, char **ret_path,
			const char **ret_fault)
{
	const struct words_in in = { .env = &s->env };
	_cleanup_strv_ struct strv words = STRV_INIT;
	const char *path = h->env ? strv_env_get(h->env, "PATH") : NULL;
	int r;

	if (h->shell) {
		*ret_path = strdup("/bin/sh");
		return *ret_path ? 0 : -ENOMEM;
	}
	r = words_split(h->run, &in, &words);
	if (r == -EINVAL) {
		*ret_fault = h->run[strspn(h->run, " \t")] ? "a quote in its run is not closed"
							   : "its run is empty";
		*ret_path = strdup("");
		return *ret_path ? 0 : -ENOMEM;
	}
	if (r < 0)
		return r;
	return find_program(words.v[0], path ? path : strv_env_get(&s->env, "PATH"), ret_path);
}

static int add_section(const struct hook_set *s, const struct hook_section *section,
		       bool root_rules, struct hook_list *l)
{
	struct hook h = {
		.name = section_name(section),
		.order = section->order,
		.timeout = section->timeout ? section->timeout : hook_event_timeout(section->event),
		.section = section,
	};
	struct privs who = { .uid = (uid_t)s->uid };
	const char *fault = NULL;
	struct err err;

	if (section->user && privs_find("", section->user, NULL, &who, &err) < 0)
		fault = err.msg;
	if (section_path(s, section, &h.path, &fault) < 0)
		return add(l, &h); /* no memory: it lacks its path */
	if (!fault)
		fault = program_fault(section, h.path, who.uid, root_rules);
	if (set_unsafe(&h, fault) < 0) {
		free(h.path);
		h.path = NULL;
	}
	return add(l, &h);
}

static int compare(const void *a, const void *b)
{
	const struct hook *x = a, *y = b;
	int r;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	r = strcmp(x->name, y->name);
	return r ? r : !x->section - !y->section;
}

int hooks_list(const struct hook_set *s, enum hook_event e, bool root_rules, struct hook_list *ret,
	       struct diags *notes)
{
	struct hook_list l = { 0 };
	int r = 0;

	for (size_t i = 0; i < s->n_sections && r >= 0; i++)
		if (s->sections[i].event == e)
			r = add_section(s, &s->sections[i], root_rules, &l);
	if (r >= 0)
		r = list_folder(s, e, root_rules, &l, notes);
	if (r < 0) {
		hook_list_done(&l);
		return r;
	}
	if (l.n)
		qsort(l.items, l.n, sizeof(*l.items), compare);
	*ret = l;
	return 0;
}

void hook_list_done(struct hook_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->items[i].name);
		free(l->items[i].path);
		free(l->items[i].unsafe);
	}
	free(l->items);
	*l = (struct hook_list){ 0 };
}

bool hooks_any(const struct hook_set *s, enum hook_event e)
{
	_cleanup_(closedirp) DIR *d = NULL;
	const struct dirent *entry;
	int fd;

	for (size_t i = 0; i < s->n_sections; i++)
		if (s->sections[i].event == e)
			return true;
	fd = open_event(s, e, NULL);
	if (fd < 0)
		return false;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return false;
	}
	while ((entry = readdir(d)))
		if (!is_left_over(entry->d_name))
			return true;
	return false;
}
