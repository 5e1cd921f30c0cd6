/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the real java. What a person named (JVISOR_JAVA, the policy) must be usable, and a sentence
 * says why it is not; what is only searched (JAVA_HOME, PATH) is passed over when it is not.
 *
 * Never ourselves, or the start would never end: the same file through any link, and also another
 * copy of this program, since images copy jvisor to several places.
 */
#include "jvm/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/slice.h"
#include "base/strbuf.h"

/* Also what is searched instead of a caller's PATH when its environment is not trusted. */
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

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

/* A path that somebody chose: it is that one or none. */
static int take_named(struct search *s, const char *path, const char *who, const char *how,
		      struct err *err)
{
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
		err_set(err, ELOOP, "%s: %s is jvisor itself; name the real java", who, path);
		return X_HOME_NOT_FOUND;
	}
	s->java = strdup(path);
	s->how = how;
	return s->java ? 0 : -ENOMEM;
}

/* DIR/NAME if it can be used: 1; 0: not. */
static int try_path(struct search *s, struct slice dir, const char *name, const char *how)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	enum look look;

	strbuf_slice(&path, dir.len ? dir : SLICE_LIT("."));
	strbuf_putc(&path, '/');
	strbuf_puts(&path, name);
	if (strbuf_error(&path))
		return strbuf_error(&path);
	look = look_at(s, path.buf);
	if (look == LOOK_NO_RIGHT && !s->unusable)
		s->unusable = strdup(path.buf);
	if (look != LOOK_USABLE)
		return 0;
	s->java = strbuf_steal(&path);
	s->how = how;
	return 1;
}

/* Where a jvisor took the place of HOME/bin/java, the real one lies beside it. */
static int try_beside(struct search *s)
{
	struct slice self = slice_of(s->q->self_path);

	if (!self.ptr || !slice_ends(self, "/java"))
		return 0;
	self.len -= strlen("/java");
	return try_path(s, self, "java.real", "java.real beside jvisor");
}

static int try_java_home(struct search *s)
{
	const char *home = env_get(s, "JAVA_HOME");

	return home ? try_path(s, slice_of(home), "bin/java", "JAVA_HOME") : 0;
}

static int try_search_path(struct search *s)
{
	const char *value = env_get(s, "PATH");
	const char *at = value ? value : PATH_DEFAULT;

	for (;;) { /* an empty part is the current folder, also the last one */
		size_t len = strcspn(at, ":");
		int r = try_path(s, (struct slice){ at, len }, "java", "PATH");

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
		"no java in JAVA_HOME nor on PATH; install a JDK, or set JAVA_HOME or JVISOR_JAVA");
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
