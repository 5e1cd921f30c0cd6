/* SPDX-License-Identifier: Apache-2.0 */
/* What the java that was found is, in made-up homes of all layouts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "jvm/flags.h"
#include "jvm/flagsearch.h"
#include "jvm/kind.h"
#include "jvm/kind_elf.h"

#define FILES 5

static int setup(void **state)
{
	char *root = strdup("/tmp/jvisor-kind-XXXXXX");

	*state = root;
	return !root || !mkdtemp(root) || chdir(root) < 0;
}

static int teardown(void **state)
{
	_cleanup_free_ char *root = *state;

	return chdir("/") < 0 || dir_remove(AT_FDCWD, root) < 0;
}

static void make_file(const char *path, const void *data, size_t len)
{
	_cleanup_free_ char *folder = strdup(path);
	char *slash = strrchr(folder, '/');

	if (slash) {
		*slash = '\0';
		assert_true(dir_make(AT_FDCWD, folder, 0755, NULL) >= 0);
	}
	assert_int_equal(file_replace(AT_FDCWD, path, data, len, 0755, NULL), 0);
}

/* A program file of this machine whose sections have these names. */
struct program {
	ElfW(Ehdr) head;
	ElfW(Shdr) sections[3];
	char names[64];
};

static struct program make_program(const char *section)
{
	struct program p = { .head = { .e_shoff = offsetof(struct program, sections),
				       .e_shentsize = sizeof(ElfW(Shdr)),
				       .e_shnum = 3,
				       .e_shstrndx = 2 } };

	memcpy(p.head.e_ident, ELFMAG, SELFMAG);
	p.head.e_ident[EI_CLASS] = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
	p.head.e_ident[EI_DATA] =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	p.sections[1].sh_name = 1;
	p.sections[2].sh_offset = offsetof(struct program, names);
	strncpy(p.names + 1, section, sizeof(p.names) - 2);
	return p;
}

static void make_java(const char *path)
{
	struct program p = make_program(".text");

	make_file(path, &p, sizeof(p));
}

struct kind_case {
	const char *java;
	const char *files[FILES]; /* empty ones beside it */
	const char *release_path, *release;
	enum jvm_kind kind;
	const char *home, *version_text, *vendor;
	unsigned feature, update;
	bool observed;
};

static void a_home_is_read_from_its_layout(void **state)
{
	static const struct kind_case cases[] = {
		{ .java = "d17/bin/java",
		  .files = { "d17/lib/server/libjvm.so" },
		  .release_path = "d17/release",
		  .release = "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.21\"\n",
		  .kind = JVM_HOTSPOT,
		  .home = "d17",
		  .version_text = "17.0.21",
		  .vendor = "Debian",
		  .feature = 17,
		  .update = 21,
		  .observed = true },
		{ .java = "u21/bin/java",
		  .files = { "u21/lib/server/libjvm.so" },
		  .release_path = "u21/release",
		  .release = "IMPLEMENTOR=\"Ubuntu\"\nJAVA_VERSION=\"21.0.4\"\n",
		  .kind = JVM_HOTSPOT,
		  .home = "u21",
		  .version_text = "21.0.4",
		  .vendor = "Ubuntu",
		  .feature = 21,
		  .update = 4 },
		{ .java = "t22/bin/java",
		  .files = { "t22/lib/server/libjvm.so" },
		  .release_path = "t22/release",
		  .release = "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"22.0.1\"\n",
		  .kind = JVM_HOTSPOT,
		  .home = "t22",
		  .version_text = "22.0.1",
		  .vendor = "Eclipse Adoptium",
		  .feature = 22,
		  .update = 1 },
		{ .java = "real25/bin/java.real",
		  .files = { "real25/lib/server/libjvm.so" },
		  .release_path = "real25/release",
		  .release = "JAVA_VERSION=\"25.0.3\"\nIMPLEMENTOR=\"Eclipse Adoptium\"\n",
		  .kind = JVM_HOTSPOT,
		  .home = "real25",
		  .version_text = "25.0.3",
		  .vendor = "Eclipse Adoptium",
		  .feature = 25,
		  .update = 3,
		  .observed = true },
		{ .java = "d8/jre/bin/java",
		  .files = { "d8/jre/lib/" JDK8_ARCH "/server/libjvm.so" },
		  .kind = JVM_HOTSPOT,
		  .home = "d8",
		  .feature = 8 },
		{ .java = "t8/bin/java",
		  .files = { "t8/jre/lib/" JDK8_ARCH "/server/libjvm.so" },
		  .release_path = "t8/release",
		  .release = "JAVA_VERSION=\"1.8.0_392\"\nIMPLEMENTOR=\"Eclipse Adoptium\"\n",
		  .kind = JVM_HOTSPOT,
		  .home = "t8",
		  .version_text = "1.8.0_392",
		  .vendor = "Eclipse Adoptium",
		  .feature = 8,
		  .update = 392 },
		{ .java = "old8/jre/bin/java",
		  .files = { "old8/jre/lib/" JDK8_ARCH "/server/libjvm.so" },
		  .release_path = "old8/release",
		  .release = "JAVA_VERSION=\"1.8.0_91\"\nIMPLEMENTOR=\"Eclipse Adoptium\"\n",
		  .kind = JVM_HOTSPOT,
		  .home = "old8",
		  .version_text = "1.8.0_91",
		  .vendor = "Eclipse Adoptium",
		  .feature = 8,
		  .update = 91 },
		{ .java = "jre8/bin/java",
		  .files = { "jre8/lib/" JDK8_ARCH "/client/libjvm.so" },
		  .kind = JVM_HOTSPOT,
		  .home = "jre8",
		  .feature = 8 },
		{ .java = "image/jre/bin/java",
		  .files = { "image/jre/lib/zero/libjvm.so" },
		  .release_path = "image/jre/release",
		  .release = "garbage",
		  .kind = JVM_HOTSPOT,
		  .home = "image/jre" },
		{ .java = "j9/bin/java",
		  .files = { "j9/lib/server/libjvm.so", "j9/lib/j9vm/libjvm.so" },
		  .kind = JVM_OTHER,
		  .home = "j9" },
		{ .java = "semeru/bin/java",
		  .files = { "semeru/lib/server/libjvm.so" },
		  .release_path = "semeru/release",
		  .release =
			  "IMPLEMENTOR=\"IBM\"\nJVM_VARIANT=\"Openj9\"\nJAVA_VERSION=\"17.0.8\"\n",
		  .kind = JVM_OTHER,
		  .home = "semeru",
		  .version_text = "17.0.8",
		  .vendor = "IBM",
		  .feature = 17,
		  .update = 8 },
		{ .java = "none/bin/java", .kind = JVM_UNKNOWN },
		{ .java = "tools/bin/javac",
		  .files = { "tools/lib/server/libjvm.so" },
		  .kind = JVM_UNKNOWN },
		{ .java = "flat/java", .files = { "lib/server/libjvm.so" }, .kind = JVM_UNKNOWN },
	};
	_cleanup_free_ char *root = realpath(*state, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct kind_case *c = &cases[i];
		_cleanup_strbuf_ struct strbuf home = STRBUF_INIT;
		struct jdk j;

		make_java(c->java);
		for (size_t k = 0; k < FILES && c->files[k]; k++)
			make_file(c->files[k], "", 0);
		if (c->release)
			make_file(c->release_path, c->release, strlen(c->release));
		assert_int_equal(jdk_identify(c->java, &j, NULL), 0);
		assert_int_equal(j.kind, c->kind);
		assert_string_equal(j.java, c->java);
		assert_int_equal(!j.home, !c->home);
		assert_int_equal(!j.libjvm, !c->home);
		strbuf_printf(&home, "%s/%s", root, c->home ? c->home : "");
		if (j.home)
			assert_string_equal(j.home, home.buf);
		assert_string_equal(j.vendor ? j.vendor : "", c->vendor ? c->vendor : "");
		assert_string_equal(j.version_text ? j.version_text : "",
				    c->version_text ? c->version_text : "");
		assert_int_equal(j.version.feature, c->feature);
		assert_int_equal(j.version.update, c->update);
		assert_int_equal(j.observed, c->observed);
		jdk_done(&j);
	}
}

static void links_are_followed_to_the_home(void **state)
{
	struct jdk j;

	make_java("d8/jre/bin/java");
	make_file("d8/jre/lib/" JDK8_ARCH "/server/libjvm.so", "", 0);
	assert_true(dir_make(AT_FDCWD, "d8/bin", 0755, NULL) >= 0);
	assert_int_equal(symlink("../jre/bin/java", "d8/bin/java"), 0);
	assert_int_equal(symlink("d8/bin/java", "java"), 0);
	assert_int_equal(jdk_identify("java", &j, NULL), 0);
	assert_int_equal(j.kind, JVM_HOTSPOT);
	assert_int_equal(j.version.feature, 8);
	assert_true(slice_ends(slice_of(j.home), "/d8"));
	assert_string_equal(j.java, "java");
	jdk_done(&j);
}

static void what_is_no_launcher_is_unknown(void **state)
{
	static const char *const paths[] = { "s/bin/java", "/bin/true", "missing",
					     "s/bin",	   "/dev/null", "/proc/self/mem" };

	make_file("s/bin/java", "#!/bin/sh\n", 10);
	make_file("s/lib/server/libjvm.so", "", 0);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct jdk j;

		assert_int_equal(jdk_identify(paths[i], &j, NULL), 0);
		assert_int_equal(j.kind, JVM_UNKNOWN);
		assert_null(j.home);
		assert_int_equal(jdk_knows_flag(&j, "HeapDumpPath"), 0);
		jdk_done(&j);
	}
}

static void a_native_image_is_known_by_its_section(void **state)
{
	struct program p = make_program(".svm_heap");
	struct jdk j;

	make_file("app", &p, sizeof(p));
	assert_int_equal(jdk_identify("app", &j, NULL), 0);
	assert_int_equal(j.kind, JVM_NATIVE_IMAGE);
	assert_int_equal(jdk_knows_flag(&j, "HeapDumpPath"), 0);
	jdk_done(&j);
	p = make_program(".svm_heap2");
	make_file("app", &p, sizeof(p));
	assert_int_equal(jdk_identify("app", &j, NULL), 0);
	assert_int_equal(j.kind, JVM_UNKNOWN);
	jdk_done(&j);
}

static enum elf_kind look_at(const struct program *p, size_t len)
{
	_cleanup_close_ int fd = -1;

	make_file("elf", p, len);
	fd = open("elf", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return elf_look(fd);
}

static void a_hostile_program_file_is_survived(void **state)
{
	const struct program good = make_program(".svm_heap");
	struct program p;

	assert_int_equal(look_at(&good, sizeof(good)), ELF_NATIVE_IMAGE);
	for (size_t len = 0; len < sizeof(good.head); len++)
		assert_int_equal(look_at(&good, len), ELF_NOT);
	assert_int_equal(look_at(&good, offsetof(struct program, sections[2])), ELF_PROGRAM);
	assert_int_equal(look_at(&good, offsetof(struct program, names)), ELF_PROGRAM);
	assert_int_equal(look_at(&good, offsetof(struct program, names) + 9), ELF_PROGRAM);
	p = good;
	p.head.e_shnum = 0xffff;
	assert_int_equal(look_at(&p, sizeof(p)), ELF_PROGRAM);
	p = good;
	p.head.e_shoff = (ElfW(Off)) - 8;
	assert_int_equal(look_at(&p, sizeof(p)), ELF_PROGRAM);
	p = good;
	p.head.e_shstrndx = 3;
	assert_int_equal(look_at(&p, sizeof(p)), ELF_PROGRAM);
	p = good;
	p.head.e_shentsize = 1;
	assert_int_equal(look_at(&p, sizeof(p)), ELF_PROGRAM);
	p = good;
	p.sections[1].sh_name = 0xfffffff0;
	assert_int_equal(look_at(&p, sizeof(p)), ELF_PROGRAM);
	p = good;
	p.sections[2].sh_offset = (ElfW(Off)) - 1;
	assert_int_equal(look_at(&p, sizeof(p)), ELF_PROGRAM);
	p = good;
	p.head.e_ident[EI_DATA] ^= 3;
	assert_int_equal(look_at(&p, sizeof(p)), ELF_PROGRAM);
}

static void an_observed_release_is_asked_in_the_table(void **state)
{
	struct jdk j = { .kind = JVM_HOTSPOT, .observed = true, .version = { 11, 0, 33 } };

	assert_int_equal(jdk_knows_flag(&j, "HeapDumpPath"), 1);
	assert_int_equal(jdk_knows_flag(&j, "HeapDumpGzipLevel"), 0);
	assert_int_equal(jdk_knows_flag(&j, "NotInTheTable"), 0);
}

static void another_release_is_asked_in_its_library(void **state)
{
	static const char library[] =
		"\0HeapDumpPath\0MyOnError\0MyFullGCHeapDumpLimit\0MyOther\0Cut";
	char path[] = "libjvm.so";
	struct jdk j = { .kind = JVM_HOTSPOT, .libjvm = path, .version = { 22, 0, 0 } };

	make_file(path, library, sizeof(library) - 1);
	assert_int_equal(jdk_knows_flag(&j, "HeapDumpPath"), 1);
	assert_int_equal(jdk_knows_flag(&j, "MyOnError"), 1);
	/* A shared tail is believed where the table expects the flag in this release. */
	assert_int_equal(jdk_knows_flag(&j, "OnError"), 1);
	assert_int_equal(jdk_knows_flag(&j, "FullGCHeapDumpLimit"), 0);
	assert_int_equal(jdk_knows_flag(&j, "Other"), 0);
	assert_int_equal(jdk_knows_flag(&j, "ErrorFile"), 0);
	assert_int_equal(jdk_knows_flag(&j, "HeapDump"), 0);
	assert_int_equal(jdk_knows_flag(&j, "Cut"), 0);
	make_file(path, "", 0);
	assert_int_equal(jdk_knows_flag(&j, "HeapDumpPath"), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(jdk_knows_flag(&j, "HeapDumpPath"), 0);
}

static void names_are_found_across_pieces_of_the_library(void **state)
{
	static const char *const names[] = { "AtTheEdge", "Missing", "First", "Last" };
	enum flag_found found[ARRAY_SIZE(names)];
	_cleanup_free_ char *text = calloc(1, 600 * 1024);

	/* The search reads 256 KiB at once. */
	for (size_t at = 256 * 1024 - 12; at <= 256 * 1024 + 2; at++) {
		_cleanup_close_ int fd = -1;

		memset(text, 'x', 600 * 1024);
		memcpy(text, "First", 6);
		memcpy(text + at - 1, "\0AtTheEdge", 11);
		memcpy(text + 600 * 1024 - 6, "\0Last", 6);
		make_file("libjvm.so", text, 600 * 1024);
		fd = open("libjvm.so", O_RDONLY | O_CLOEXEC);
		flagsearch(fd, names, ARRAY_SIZE(names), found);
		assert_int_equal(found[0], FLAG_WHOLE);
		assert_int_equal(found[1], FLAG_ABSENT);
		assert_int_equal(found[2], FLAG_WHOLE);
		assert_int_equal(found[3], FLAG_WHOLE);
	}
}

/* 1: the names were answered from the cache, for what is found there is wrong on purpose. */
static bool answered(const char *const *names, size_t n)
{
	char path[] = "libjvm.so";
	struct jdk j = { .kind = JVM_HOTSPOT, .libjvm = path, .version = { 22, 0, 0 } };
	_cleanup_close_ int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool wrong;

	assert_int_equal(jdk_search_flags(&j, names, n, here, "cache", false), 0);
	wrong = jdk_knows_flag(&j, "Absent");
	j.libjvm = NULL;
	jdk_done(&j);
	return wrong;
}

static void what_was_found_is_remembered_for_this_very_library(void **state)
{
	static const char library[] = "\0HeapDumpPath\0";
	static const char *const names[] = { "HeapDumpPath", "Absent" }, *const more[] = {
		"Absent", "Other"
	};
	const enum flag_found lies[] = { FLAG_WHOLE, FLAG_WHOLE };
	struct stat st;

	make_file("libjvm.so", library, sizeof(library) - 1);
	assert_false(answered(names, 2));
	assert_int_equal(stat("libjvm.so", &st), 0);
	flagcache_write(AT_FDCWD, "cache", &st, names, 2, lies);
	assert_true(answered(names, 2));
	assert_false(answered(more, 2)); /* a name it does not know: all are looked for */
	/* Another library's answers are kept beside. */
	st.st_ino++;
	flagcache_write(AT_FDCWD, "cache", &st, names, 2, lies);
	assert_true(answered(names, 2));

	assert_int_equal(chmod("cache", 0620), 0); /* others may write it */
	assert_false(answered(names, 2));
	assert_int_equal(chmod("cache", 0600), 0);
	assert_true(answered(names, 2));
	assert_int_equal(rename("cache", "elsewhere"), 0);
	assert_int_equal(symlink("elsewhere", "cache"), 0); /* a link is not followed */
	assert_false(answered(names, 2));
	assert_int_equal(rename("elsewhere", "cache"), 0);
	assert_int_equal(link("cache", "second-name"), 0);
	assert_false(answered(names, 2));
	assert_int_equal(unlink("second-name"), 0);
	if (!geteuid()) {
		assert_int_equal(chown("cache", 65534, (gid_t)-1), 0); /* somebody else's */
		assert_false(answered(names, 2));
		assert_int_equal(chown("cache", 0, (gid_t)-1), 0);
	}
	assert_true(answered(names, 2));
	assert_int_equal(truncate("cache", 40), 0);
	assert_false(answered(names, 2));

	flagcache_write(AT_FDCWD, "cache", &st, names, 2, lies);
	make_file("libjvm.so", library, sizeof(library) - 1); /* the JDK was updated */
	assert_false(answered(names, 2));
}

static void a_folder_that_cannot_be_written_costs_nothing(void **state)
{
	static const char library[] = "\0HeapDumpPath\0";
	static const char *const names[] = { "HeapDumpPath" };
	char path[] = "libjvm.so";
	struct jdk j = { .kind = JVM_HOTSPOT, .libjvm = path, .version = { 22, 0, 0 } };
	_cleanup_close_ int proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	make_file(path, library, sizeof(library) - 1);
	assert_int_equal(jdk_search_flags(&j, names, 1, proc, "cache", true), 0);
	assert_int_equal(jdk_knows_flag(&j, "HeapDumpPath"), 1);
	j.libjvm = NULL;
	jdk_done(&j);
}

static void every_kind_has_a_name(void **state)
{
	for (size_t i = 0; i < JVM_KIND_COUNT; i++)
		assert_true(jvm_kind_names[i] && *jvm_kind_names[i]);
}

#define in_a_folder(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_a_folder(a_home_is_read_from_its_layout),
		in_a_folder(links_are_followed_to_the_home),
		in_a_folder(what_is_no_launcher_is_unknown),
		in_a_folder(a_native_image_is_known_by_its_section),
		in_a_folder(a_hostile_program_file_is_survived),
		cmocka_unit_test(an_observed_release_is_asked_in_the_table),
		in_a_folder(another_release_is_asked_in_its_library),
		in_a_folder(names_are_found_across_pieces_of_the_library),
		in_a_folder(what_was_found_is_remembered_for_this_very_library),
		in_a_folder(a_folder_that_cannot_be_written_costs_nothing),
		cmocka_unit_test(every_kind_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
