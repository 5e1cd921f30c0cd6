/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders below a descriptor, also where somebody planted something. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"

static char root[] = "/tmp/jvisor-file.XXXXXX";
static int dir = -1;

static int make_root(void **state)
{
	return mkdtemp(root) && (dir = open(root, O_DIRECTORY | O_CLOEXEC)) >= 0 ? 0 : -1;
}

static int remove_root(void **state)
{
	close(dir);
	return dir_remove(AT_FDCWD, root);
}

static void put(const char *name, const char *text)
{
	assert_int_equal(file_replace(dir, name, text, strlen(text), 0600, NULL), 0);
}

static void a_file_is_read_whole_or_not_at_all(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct err err;

	put("f", "12345");
	strbuf_puts(&b, ">");
	assert_int_equal(file_read(dir, "f", 5, &b, NULL), 0);
	assert_string_equal(strbuf_str(&b), ">12345");
	assert_int_equal(file_read(dir, "f", 4, &b, &err), -EFBIG);
	assert_string_equal(err.msg, "cannot read f: it is longer than 4 bytes");
	assert_string_equal(strbuf_str(&b), ">12345");
	assert_int_equal(file_read(dir, "none", 4, &b, NULL), -ENOENT);
	assert_int_equal(file_read(dir, ".", 4, &b, NULL), -EISDIR);
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	assert_int_equal(file_read(dir, "fifo", 4, &b, NULL), -EINVAL);
}

static void a_proc_file_is_as_long_as_it_reads(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	assert_int_equal(file_read(AT_FDCWD, "/proc/self/status", 65536, &b, NULL), 0);
	assert_non_null(strstr(strbuf_str(&b), "VmRSS"));
}

static void replacing_follows_no_planted_link(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	put("victim", "old");
	assert_int_equal(symlinkat("victim", dir, "name.tmp"), 0);
	put("name", "new");
	assert_int_equal(file_read(dir, "victim", 9, &b, NULL), 0);
	assert_int_equal(file_read(dir, "name", 9, &b, NULL), 0);
	assert_string_equal(strbuf_str(&b), "oldnew");
	assert_int_equal(faccessat(dir, "name.tmp", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	assert_int_equal(file_replace(dir, "none/x", "", 0, 0600, NULL), -ENOENT);
}

static void a_copy_starts_at_the_start(void **state)
{
	_cleanup_strbuf_ struct strbuf big = STRBUF_INIT, b = STRBUF_INIT;
	_cleanup_close_ int from = -1, to = -1;
	uint64_t n = 1;

	for (int i = 0; i < 100000; i++)
		strbuf_printf(&big, "%d,", i);
	put("from", strbuf_str(&big));
	from = openat(dir, "from", O_RDONLY | O_CLOEXEC);
	to = openat(dir, "to", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	lseek(from, 17, SEEK_SET);
	assert_int_equal(file_copy(from, to, &n), 0);
	assert_int_equal(n, big.len);
	assert_int_equal(file_read_fd(to, big.len, &b), 0);
	assert_string_equal(strbuf_str(&b), strbuf_str(&big));
	assert_int_equal(file_copy(from, -1, &n), -EBADF);
	assert_int_equal(n, 0);
}

static void a_source_is_a_file_of_its_owner_with_one_link(void **state)
{
	static const char *const refused[] = { "link", "hard", "folder", "pipe", "other" };
	struct stat st = { 0 };
	struct err err;
	int fd;

	put("source", "x");
	fd = file_open_source(dir, "source", getuid(), &st, &err);
	assert_true(fd >= 0);
	assert_int_equal(st.st_size, 1);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	assert_int_equal(symlinkat("source", dir, "link"), 0);
	put("hard", "x");
	assert_int_equal(linkat(dir, "hard", dir, "hard2", 0), 0);
	assert_int_equal(mkdirat(dir, "folder", 0700), 0);
	assert_int_equal(mkfifoat(dir, "pipe", 0600), 0);
	put("other", "x");
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		uid_t uid = strcmp(refused[i], "other") ? (uid_t)-1 : getuid() + 1;

		assert_int_equal(file_open_source(dir, refused[i], uid, &st, &err), -EPERM);
		assert_non_null(strstr(err.msg, "not taken"));
	}
	assert_int_equal(file_open_source(dir, "none", (uid_t)-1, &st, &err), -ENOENT);
}

static void a_source_is_read_whole_or_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct err err;

	put("text", "12345");
	assert_int_equal(file_read_source(dir, "text", getuid(), 5, &b, &err), 0);
	assert_string_equal(strbuf_str(&b), "12345");
	assert_int_equal(file_read_source(dir, "text", getuid(), 4, &b, &err), -EFBIG);
	assert_string_equal(err.msg, "cannot read text: File too large");
	assert_int_equal(file_read_source(dir, "text", getuid() + 1, 5, &b, &err), -EPERM);
	assert_int_equal(file_read_source(dir, "none", getuid(), 5, &b, &err), -ENOENT);
	assert_int_equal(b.len, 5);
}

static void the_start_of_a_file_is_read_wherever_it_stands(void **state)
{
	_cleanup_close_ int fd = -1;
	char buf[8] = "";

	put("start", "12345");
	fd = openat(dir, "start", O_RDONLY | O_CLOEXEC);
	lseek(fd, 3, SEEK_SET);
	assert_int_equal(file_read_start(fd, buf, 3), 3);
	assert_string_equal(buf, "123");
	assert_int_equal(file_read_start(fd, buf, sizeof(buf)), 5);
	assert_int_equal(file_read_start(-1, buf, sizeof(buf)), -EBADF);
}

static void making_a_folder_makes_its_parents(void **state)
{
	mode_t old = umask(077);
	struct stat st;
	struct err err;

	assert_int_equal(dir_make(dir, "a//b/c/", 0711, &err), 1);
	umask(old);
	assert_int_equal(dir_make(dir, "a/b/c", 0711, &err), 0);
	assert_int_equal(fstatat(dir, "a", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0711);
	put("plain", "");
	assert_int_equal(dir_make(dir, "plain", 0711, &err), -ENOTDIR);
	assert_int_equal(dir_make(dir, "plain/x", 0711, &err), -ENOTDIR);
	assert_int_equal(dir_make(AT_FDCWD, "/proc/jvisor/x", 0711, &err), -ENOENT);
	assert_int_equal(dir_make(AT_FDCWD, "/", 0711, &err), 0);
	assert_int_equal(dir_make(dir, "z", 0711, &err), 1);
	assert_int_equal(dir_make(dir, "z", 0711, &err), 0);
	assert_int_equal(symlinkat("a", dir, "to-a"), 0);
	assert_int_equal(dir_make(dir, "to-a/b", 0711, &err), 0);
	assert_true(dir_open(dir, "to-a", &err) < 0);
}

static void removing_follows_no_link_and_minds_nothing_gone(void **state)
{
	uint64_t n = 0;

	assert_int_equal(dir_make(dir, "tree/below", 0700, NULL), 1);
	assert_int_equal(dir_make(dir, "outside", 0700, NULL), 1);
	put("outside/kept", "x");
	put("tree/below/file", "x");
	assert_int_equal(symlinkat("../outside", dir, "tree/link"), 0);
	assert_int_equal(dir_usage(dir, "tree", &n), 0);
	assert_true(n < 1 << 20);
	assert_int_equal(dir_remove(dir, "tree"), 0);
	assert_int_equal(faccessat(dir, "tree", F_OK, 0), -1);
	assert_int_equal(faccessat(dir, "outside/kept", F_OK, 0), 0);
	assert_int_equal(dir_remove(dir, "tree"), 0);
	assert_int_equal(dir_usage(dir, "tree", &n), -ENOENT);
}

static void a_walk_ends_at_a_depth(void **state)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	uint64_t n = 0;

	strbuf_puts(&path, "deep");
	for (int i = 0; i < 80; i++)
		strbuf_puts(&path, "/d");
	assert_int_equal(dir_make(dir, strbuf_str(&path), 0700, NULL), 1);
	assert_int_equal(dir_usage(dir, "deep", &n), -ELOOP);
	assert_int_equal(dir_remove(dir, "deep"), -ELOOP);
	/* In two halves it is shallow enough. */
	path.buf[strlen("deep") + 2 * 40] = '\0';
	assert_int_equal(dir_remove(dir, path.buf), 0);
	assert_int_equal(dir_remove(dir, "deep"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole_or_not_at_all),
		cmocka_unit_test(a_proc_file_is_as_long_as_it_reads),
		cmocka_unit_test(replacing_follows_no_planted_link),
		cmocka_unit_test(a_copy_starts_at_the_start),
		cmocka_unit_test(a_source_is_a_file_of_its_owner_with_one_link),
		cmocka_unit_test(a_source_is_read_whole_or_refused),
		cmocka_unit_test(the_start_of_a_file_is_read_wherever_it_stands),
		cmocka_unit_test(making_a_folder_makes_its_parents),
		cmocka_unit_test(removing_follows_no_link_and_minds_nothing_gone),
		cmocka_unit_test(a_walk_ends_at_a_depth),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
