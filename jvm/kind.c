/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the java that was found is, learned from a few files beside it, without starting it.
 *
 * The launcher that the links end at decides, for that is how it finds its own libraries: with 8
 * HOME/bin/java is a link to HOME/jre/bin/java, and the JDK's home is one folder further up than
 * that of later releases. A script in the place of java is not looked through: what it does with an
 * added flag nobody knows.
 */
#include "jvm/kind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/strbuf.h"
#include "jvm/flags.h"
#include "jvm/flagsearch.h"
#include "jvm/kind_elf.h"
#include "jvm/release.h"

#define RELEASE_MAX (64 * 1024)

const char *const jvm_kind_names[JVM_KIND_COUNT] = {
	[JVM_UNKNOWN] = "unknown",
	[JVM_HOTSPOT] = "hotspot",
	[JVM_NATIVE_IMAGE] = "native image",
	[JVM_OTHER] = "other JVM",
};

static const struct layout {
	const char *lib; /* below the folder above java's bin */
	bool is_8;
	bool in_jre; /* that folder is the jre inside of a JDK, when its name says so */
} layouts[] = {
	{ .lib = "lib" },
	{ .lib = "lib/" JDK8_ARCH, .is_8 = true, .in_jre = true },
	{ .lib = "jre/lib/" JDK8_ARCH, .is_8 = true },
};

/* In the order in which jvm.cfg names them where there are several. */
static const char *const variants[] = { "server", "zero", "client", "minimal" };

/* The builds on which flags.def was compared with -XX:+PrintFlagsFinal. Vendors share numbers but
 * not flags, and an update may bring one (ExitOnOutOfMemoryError came to 8 with 8u92), so a build
 * that is older or newer than these is searched. */
static const struct observed {
	const char *vendor;
	unsigned feature, first_update, last_update;
} observed_builds[] = {
	{ "Debian", 11, 33, 33 }, { "Debian", 17, 15, 21 },	    { "Debian", 21, 13, 13 },
	{ "Debian", 25, 5, 5 },	  { "Debian", 26, 2, 2 },	    { "Debian", 27, 1, 1 },
	{ "Debian", 28, 0, 0 },	  { "Eclipse Adoptium", 25, 3, 3 },
};

void jdk_done(struct jdk *j)
{
	free(j->java);
	free(j->home);
	free(j->libjvm);
	free(j->vendor);
	free(j->version_text);
	for (size_t i = 0; i < j->n_searched; i++)
		free(j->searched[i]);
	free(j->searched);
	free(j->found);
	*j = (struct jdk){ 0 };
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Cuts the last part off a path; NULL where there is none, or only the root. */
static const char *cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return NULL;
	*slash = '\0';
	return slash + 1;
}

/* java, or java.real beside a jvisor that took its place; never javac. */
static bool is_java_name(const char *name)
{
	return !strncmp(name, "java", 4) && (!name[4] || name[4] == '.' || name[4] == '-');
}

static int set_path(char **ret, const char *root, const char *a, const char *b, const char *c)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;

	strbuf_printf(&path, "%s/%s/%s/%s", root, a, b, c);
	if (strbuf_error(&path))
		return strbuf_error(&path);
	free(*ret);
	*ret = strbuf_steal(&path);
	return 0;
}

/* 1: j->libjvm is there, and *ret says in which layout. */
static int find_libjvm(struct jdk *j, const char *root, const struct layout **ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts) * ARRAY_SIZE(variants); i++) {
		const struct layout *l = &layouts[i / ARRAY_SIZE(variants)];
		const char *variant = variants[i % ARRAY_SIZE(variants)];
		int r = set_path(&j->libjvm, root, l->lib, variant, "libjvm.so");

		if (r < 0)
			return r;
		if (exists(j->libjvm)) {
			*ret = l;
			return 1;
		}
	}
	free(steal_ptr(j->libjvm));
	return 0;
}

/* OpenJ9 has a libjvm.so in server too, but keeps its own in a folder beside it. */
static int find_openj9(const char *root, const struct layout *l)
{
	_cleanup_free_ char *path = NULL;
	int r = set_path(&path, root, l->lib, "j9vm", "libjvm.so");

	return r < 0 ? r : exists(path);
}

static int set_slice(char **ret, struct slice s)
{
	if (!s.len)
		return 0;
	*ret = strndup(s.ptr, s.len);
	return *ret ? 0 : -ENOMEM;
}

static int read_release(struct jdk *j, const char *root, struct strbuf *text, struct release *ret)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	int r = -ENOENT;

	strbuf_printf(&path, "%s/release", j->home);
	if (!strbuf_error(&path))
		r = file_read(AT_FDCWD, path.buf, RELEASE_MAX, text, NULL);
	if (r < 0 && strcmp(j->home, root) != 0) {
		strbuf_reset(&path);
		strbuf_printf(&path, "%s/release", root);
		if (!strbuf_error(&path))
			r = file_read(AT_FDCWD, path.buf, RELEASE_MAX, text, NULL);
	}
	if (strbuf_error(&path) || r == -ENOMEM)
		return -ENOMEM;
	if (r < 0 || release_parse((struct slice){ text->buf, text->len }, ret) < 0)
		*ret = (struct release){ 0 };
	return 0;
}

static bool is_observed(const struct jdk *j)
{
	for (size_t i = 0; i < ARRAY_SIZE(observed_builds); i++) {
		const struct observed *o = &observed_builds[i];

		if (j->vendor && !strcmp(j->vendor, o->vendor) &&
		    j->version.feature == o->feature && j->version.update >= o->first_update &&
		    j->version.update <= o->last_update)
			return j->kind == JVM_HOTSPOT;
	}
	return false;
}

/* root: the folder above the bin that the links of java end in. */
static int identify_jvm(struct jdk *j, char *root)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	const struct layout *layout;
	struct release release;
	int r = find_libjvm(j, root, &layout), openj9;

	if (r <= 0)
		return r;
	openj9 = find_openj9(root, layout);
	j->home = openj9 < 0 ? NULL : strdup(root);
	if (!j->home)
		return -ENOMEM;
	if (layout->in_jre && slice_ends(slice_of(j->home), "/jre"))
		cut_last(j->home);
	r = read_release(j, root, &text, &release);
	if (!r)
		r = set_slice(&j->vendor, release.implementor);
	if (!r)
		r = set_slice(&j->version_text, release.version);
	if (r < 0)
		return r;
	if (jvm_version_parse(release.version, &j->version) < 0)
		j->version = (struct jvm_version){ .feature = layout->is_8 ? 8 : 0 };
	openj9 |= release.jvm_variant.ptr && !slice_ieq(release.jvm_variant, "hotspot");
	j->kind = openj9 ? JVM_OTHER : JVM_HOTSPOT;
	j->observed = is_observed(j);
	return 0;
}

static int identify(struct jdk *j)
{
	_cleanup_free_ char *real = realpath(j->java, NULL);
	_cleanup_close_ int fd = real ? open(real, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
	enum elf_kind elf = fd < 0 ? ELF_NOT : elf_look(fd);
	const char *name;

	if (elf == ELF_NATIVE_IMAGE)
		j->kind = JVM_NATIVE_IMAGE;
	if (elf != ELF_PROGRAM)
		return 0;
	name = cut_last(real);
	if (!name || !is_java_name(name))
		return 0;
	name = cut_last(real);
	if (!name || strcmp(name, "bin") != 0)
		return 0;
	return identify_jvm(j, real);
}

int jdk_identify(const char *java, struct jdk *ret, struct err *err)
{
	struct jdk j = { .java = strdup(java) };
	int r = j.java ? identify(&j) : -ENOMEM;

	if (r < 0) {
		jdk_done(&j);
		return err_set(err, ENOMEM, "no memory to look at %s", java);
	}
	*ret = j;
	return 0;
}

static int open_library(const struct jdk *j, struct stat *st)
{
	int fd = j->libjvm ? open(j->libjvm, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;

	if (fd >= 0 && (fstat(fd, st) < 0 || !S_ISREG(st->st_mode)))
		close_fd(&fd);
	return fd;
}

/* A shared tail is enough where the table expects the flag; elsewhere it may belong to another. */
static bool is_known(const struct jdk *j, const struct flag_def *def, enum flag_found found)
{
	return found == FLAG_WHOLE || (found == FLAG_TAIL && def && flag_def_in(def, j->version));
}

bool jdk_must_search(const struct jdk *j, const char *flag)
{
	return j->kind == JVM_HOTSPOT && !(j->observed && flag_def_find(slice_of(flag)));
}

int jdk_search_flags(struct jdk *j, const char *const *names, size_t n, int dirfd,
		     const char *cache, bool keep)
{
	_cleanup_free_ enum flag_found *found = calloc(n + 1, sizeof(*found));
	_cleanup_close_ int fd = -1;
	struct stat st;

	j->searched = calloc(n + 1, sizeof(*j->searched));
	j->found = calloc(n + 1, sizeof(*j->found));
	if (!found || !j->searched || !j->found)
		return -ENOMEM;
	fd = open_library(j, &st);
	if (fd >= 0 && (dirfd < 0 || !flagcache_read(dirfd, cache, &st, names, n, found))) {
		flagsearch(fd, names, n, found);
		if (dirfd >= 0 && keep)
			flagcache_write(dirfd, cache, &st, names, n, found);
	}
	for (size_t i = 0; i < n; i++) {
		j->found[i] = (unsigned char)found[i];
		j->searched[i] = strdup(names[i]);
		if (!j->searched[i])
			return -ENOMEM;
		j->n_searched++;
	}
	return 0;
}

int jdk_knows_flag(const struct jdk *j, const char *flag)
{
	const struct flag_def *def = flag_def_find(slice_of(flag));
	enum flag_found found = FLAG_ABSENT;
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (j->kind != JVM_HOTSPOT)
		return 0;
	if (j->observed && def)
		return flag_def_in(def, j->version);
	for (size_t i = 0; i < j->n_searched; i++)
		if (!strcmp(j->searched[i], flag))
			return is_known(j, def, (enum flag_found)j->found[i]);
	fd = open_library(j, &st);
	if (fd >= 0)
		flagsearch(fd, &flag, 1, &found);
	return is_known(j, def, found);
}
