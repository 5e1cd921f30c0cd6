/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the real java. What a person named (JVISOR_JAVA, the policy) must be usable, and a sentence
 * says why it is not; what is only searched (JAVA_HOME, PATH) is passed over when it is not.
 *
 * Never ourselves, or the start would never end: the same file through any link, and also another
 * copy of this program, since images copy jvisor to several places. Where we took a java's place
 * the real one lies beside the link or the copy that is found, under the name java.real.
 */
#include "jvm/home.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/slice.h"
#include "base/strbuf.h"

/* Also what is searched instead of a caller's PATH when its environment is not trusted. */
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

#define LINKS_MAX 40 /* as the kernel has it */

enum look { LOOK_USABLE, LOOK_ABSENT, LOOK_FOLDER, LOOK_NO_RIGHT, LOOK_OURSELVES };

struct search {
	const struct home_query *q;
	struct stat self;
	bool have_self;
	char *java; /* the answer */
	const char *how;
	char *unusable; /* the first java that was there but could not be executed */
};

static bool same_content(const char *a, const char *b, size_t size)
{
	_cleanup_close_ int fd_a = open(a, O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int fd_b = open(b, O_RDONLY | O_CLOEXEC);
	void *map_a = MAP_FAILED, *map_b = MAP_FAILED;
	bool same;

	if (fd_a >= 0 && fd_b >= 0) {
		map_a = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd_a, 0);
		map_b = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd_b, 0);
	}
	same = map_a != MAP_FAILED && map_b != MAP_FAILED && !memcmp(map_a, map_b, size);
	if (map_a != MAP_FAILED)
		munmap(map_a, size);
	if (map_b != MAP_FAILED)
		munmap(map_b, size);
	return same;
}

static bool is_self(const struct search *s, const char *path, const struct stat *st)
{
	if (!s->have_self)
		return false;
	if (st->st_dev == s->self.st_dev && st->st_ino == s->self.st_ino)
		return true;
	return st->st_size && st->st_size == s->self.st_size &&
	       same_content(path, s->q->self_path, (size_t)st->st_size);
}

static enum look look_at(const struct search *s, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == EACCES ? LOOK_NO_RIGHT : LOOK_ABSENT;
	if (S_ISDIR(st.st_mode))
		return LOOK_FOLDER;
	if (!S_ISREG(st.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return LOOK_NO_RIGHT;
	return is_self(s, path, &st) ? LOOK_OURSELVES : LOOK_USABLE;
}

static const char *env_get(const struct search *s, const char *name)
{
	const char *value = s->q->trust_env ? strv_env_get(s->q->env, name) : NULL;

	return value && *value ? value : NULL;
}

/* DIR/NAME if it can be used: 1; 0: not, and *ret is its path and *look the reason. */
static int try_path(struct search *s, struct slice dir, const char *name, const char *how,
		    struct strbuf *ret, enum look *look)
{
	strbuf_slice(ret, dir.len ? dir : SLICE_LIT("."));
	strbuf_putc(ret, '/');
	strbuf_puts(ret, name);
	if (strbuf_error(ret))
		return strbuf_error(ret);
	*look = look_at(s, ret->buf);
	if (*look == LOOK_NO_RIGHT && !s->unusable)
		s->unusable = strdup(ret->buf);
	if (*look != LOOK_USABLE)
		return 0;
	s->java = strbuf_steal(ret);
	s->how = how;
	return 1;
}

/* PATH is ourselves: the java.real beside it, or beside a link on the way from it to us, if it can
 * be used: 1; 0: there is none. */
static int try_real(struct search *s, const char *path, const char *how)
{
	_cleanup_strbuf_ struct strbuf at = STRBUF_INIT;
	char target[PATH_MAX];

	strbuf_puts(&at, path);
	for (int links = 0; links < LINKS_MAX && !strbuf_error(&at); links++) {
		const char *slash = strrchr(strbuf_str(&at), '/');
		size_t dir = slash ? (size_t)(slash - at.buf) + 1 : 0;
		ssize_t n;

		if (!strcmp(strbuf_str(&at) + dir, "java")) {
			_cleanup_strbuf_ struct strbuf real = STRBUF_INIT;
			struct slice in = { at.buf, dir > 1 ? dir - 1 : dir };
			enum look look;
			int r = try_path(s, in, "java.real", how, &real, &look);

			if (r)
				return r;
		}
		n = readlink(strbuf_str(&at), target, sizeof(target));
		if (n <= 0 || (size_t)n == sizeof(target))
			return 0;
		strbuf_cut(&at, target[0] == '/' ? 0 : dir);
		strbuf_add(&at, target, (size_t)n);
	}
	return strbuf_error(&at);
}

/* As try_path for a java, which may be ourselves in the place of one. */
static int try_java(struct search *s, struct slice dir, const char *name, const char *how)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	enum look look;
	int r = try_path(s, dir, name, how, &path, &look);

	return r || look != LOOK_OURSELVES ? r : try_real(s, path.buf, how);
}

/* A path that somebody chose: it is that one or none. */
static int take_named(struct search *s, const char *path, const char *who, const char *how,
		      struct err *err)
{
	int r;

	switch (look_at(s, path)) {
	case LOOK_USABLE:
		break;
	case LOOK_ABSENT:
		err_set(err, ENOENT, "%s: there is no %s; name an installed java, or unset it", who,
			path);
		return X_HOME_NOT_FOUND;
	case LOOK_FOLDER:
		err_set(err, EISDIR,
			"%s: %s is a folder; name the program in it, such as %s/bin/java", who,
			path, path);
		return X_HOME_NOT_EXECUTABLE;
	case LOOK_NO_RIGHT:
		err_set(err, EACCES, "%s: %s cannot be executed by this user; check its mode", who,
			path);
		return X_HOME_NOT_EXECUTABLE;
	case LOOK_OURSELVES:
		r = try_real(s, path, how);
		if (r)
			return r < 0 ? r : 0;
		err_set(err, ELOOP, "%s: %s is jvisor itself; name the real java", who, path);
		return X_HOME_NOT_FOUND;
	}
	s->java = strdup(path);
	s->how = how;
	return s->java ? 0 : -ENOMEM;
}

/* Where a jvisor took the place of HOME/bin/java, the real one lies beside it. */
static int try_beside(struct search *s)
{
	static const char how[] = "java.real beside jvisor";
	const char *called = s->q->trust_env ? s->q->called_as : NULL;
	int r = called ? try_real(s, called, how) : 0;

	return r || !s->q->self_path ? r : try_real(s, s->q->self_path, how);
}

static int try_java_home(struct search *s)
{
	const char *home = env_get(s, "JAVA_HOME");

	return home ? try_java(s, slice_of(home), "bin/java", "JAVA_HOME") : 0;
}

static int try_search_path(struct search *s)
{
	const char *value = env_get(s, "PATH");
	const char *at = value ? value : PATH_DEFAULT;

	for (;;) { /* an empty part is the current folder, also the last one */
		size_t len = strcspn(at, ":");
		int r = try_java(s, (struct slice){ at, len }, "java", "PATH");

		if (r || !at[len])
			return r;
		at += len + 1;
	}
}

static int take_home(struct search *s, const char *home, struct err *err)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;

	strbuf_printf(&path, "%s/bin/java", home);
	if (strbuf_error(&path))
		return strbuf_error(&path);
	return take_named(s, path.buf, "[java] home", "[java] home", err);
}

static int search_all(struct search *s, struct err *err)
{
	const struct home_query *q = s->q;
	const char *named = env_get(s, "JVISOR_JAVA");
	int r;

	if (named)
		return take_named(s, named, "JVISOR_JAVA", "JVISOR_JAVA", err);
	r = try_beside(s);
	if (r)
		return r < 0 ? r : 0;
	if (q->path && *q->path)
		return take_named(s, q->path, "[java] path", "[java] path", err);
	if (q->home && *q->home)
		return take_home(s, q->home, err);
	r = q->called_java ? try_search_path(s) : try_java_home(s);
	if (!r)
		r = q->called_java ? try_java_home(s) : try_search_path(s);
	if (r)
		return r < 0 ? r : 0;
	if (s->unusable) {
		err_set(err, EACCES, "%s cannot be executed by this user; check its mode",
			s->unusable);
		return X_HOME_NOT_EXECUTABLE;
	}
	err_set(err, ENOENT,
		"no java in JAVA_HOME nor on PATH; install a JDK, or set JAVA_HOME, JVISOR_JAVA "
		"or [java] home of the policy");
	return X_HOME_NOT_FOUND;
}

int home_find(const struct home_query *q, char **ret, const char **ret_how, struct err *err)
{
	struct search s = { .q = q };
	int r;

	s.have_self = q->self_path && stat(q->self_path, &s.self) == 0;
	r = search_all(&s, err);
	free(s.unusable);
	if (r == -ENOMEM)
		return err_set(err, ENOMEM, "no memory to search java");
	if (r)
		return r;
	*ret = s.java;
	*ret_how = s.how;
	return 0;
}
