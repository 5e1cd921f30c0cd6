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
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/strbuf.h"
#include "jvm/flags.h"
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

/* Vendors and releases on which flags.def was observed. */
static const char *const observed_vendors[] = { "Debian", "Eclipse Adoptium" };
static const unsigned char observed_features[] = { 8, 11, 17, 21, 25, 26, 27, 28 };

/* In 8 flags still came with updates; the table knows it from here on. */
#define OBSERVED_8_UPDATE 92

void jdk_done(struct jdk *j)
{
	free(j->java);
	free(j->home);
	free(j->libjvm);
	free(j->vendor);
	free(j->version_text);
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
	bool vendor = false, feature = false;

	for (size_t i = 0; i < ARRAY_SIZE(observed_vendors); i++)
		vendor |= j->vendor && !strcmp(j->vendor, observed_vendors[i]);
	for (size_t i = 0; i < ARRAY_SIZE(observed_features); i++)
		feature |= j->version.feature == observed_features[i];
	return j->kind == JVM_HOTSPOT && vendor && feature &&
	       (j->version.feature > 8 || j->version.update >= OBSERVED_8_UPDATE);
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

/* The names of flags stand in libjvm.so as terminated strings, but a linker lets a name share the
 * tail of a longer one (OnError that of ShowMessageBoxOnError, in every build). So a tail is enough
 * where the table expects the flag; elsewhere the byte before has to end another string. */
static bool has_string(const char *path, const char *name, bool tail)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	_cleanup_strbuf_ struct strbuf needle = STRBUF_INIT;
	struct stat st;
	bool found = false;
	void *map;

	if (!tail)
		strbuf_putc(&needle, '\0');
	strbuf_add(&needle, name, strlen(name) + 1);
	if (strbuf_error(&needle) || fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    !st.st_size)
		return false;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return false;
	found = memmem(map, (size_t)st.st_size, needle.buf, needle.len) != NULL;
	munmap(map, (size_t)st.st_size);
	return found;
}

int jdk_knows_flag(const struct jdk *j, const char *flag)
{
	const struct flag_def *def = flag_def_find(slice_of(flag));
	bool expected = def && flag_def_in(def, j->version);

	if (j->kind != JVM_HOTSPOT)
		return 0;
	if (j->observed && def)
		return expected;
	return j->libjvm && has_string(j->libjvm, flag, expected);
}
