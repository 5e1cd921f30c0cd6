/* SPDX-License-Identifier: Apache-2.0 */
/* gzip and SHA-256 as streams over descriptors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "base/file.h"
#include "base/gzip.h"

static int memory_file(const void *data, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, data, len), 0);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void the_digest_is_sha256(void **state)
{
	_cleanup_close_ int fd = memory_file("abc", 3);
	char hex[DIGEST_HEX];
	uint64_t n = 0;

	assert_int_equal(digest_fd(fd, hex, &n), 0);
	assert_int_equal(n, 3);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void what_was_squeezed_expands_again(void **state)
{
	static const size_t sizes[] = { 0, 1, 131071, 131072, 131073, 9000000 };
	_cleanup_free_ char *data = malloc(9000000), *back = malloc(9000000);

	for (size_t i = 0; i < 9000000; i++)
		data[i] = (char)(i % 3 ? i : i * 2654435761U >> 13);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_close_ int from = memory_file(data, sizes[i]);
		_cleanup_close_ int packed = memory_file("", 0);
		_cleanup_close_ int to = memory_file("", 0);
		char in_hex[DIGEST_HEX], out_hex[DIGEST_HEX], want[DIGEST_HEX];
		struct digest in_digest, out_digest;
		uint64_t in = 1, out = 1, expanded = 1;

		digest_init(&in_digest);
		digest_init(&out_digest);
		assert_int_equal(gzip_fd(from, packed, 1, &in, &out, &in_digest, &out_digest), 0);
		assert_int_equal(in, sizes[i]);
		assert_int_equal(out, lseek(packed, 0, SEEK_END));
		digest_hex(&in_digest, in_hex);
		digest_hex(&out_digest, out_hex);
		lseek(packed, 0, SEEK_SET);
		assert_int_equal(digest_fd(packed, want, &out), 0);
		assert_string_equal(out_hex, want);
		lseek(packed, 0, SEEK_SET);
		assert_int_equal(gunzip_fd(packed, to, sizes[i], &expanded), 0);
		assert_int_equal(expanded, sizes[i]);
		assert_int_equal(pread(to, back, 9000000, 0), sizes[i]);
		assert_memory_equal(back, data, sizes[i]);
		if (sizes[i]) {
			lseek(packed, 0, SEEK_SET);
			assert_int_equal(gunzip_fd(packed, to, sizes[i] - 1, &expanded), -EFBIG);
		}
	}
}

static void members_may_follow_and_a_cut_one_is_refused(void **state)
{
	_cleanup_close_ int from = memory_file("text", 4);
	_cleanup_close_ int packed = memory_file("", 0);
	_cleanup_close_ int to = memory_file("", 0);
	char back[16];
	uint64_t in, out, n;

	for (int i = 0; i < 2; i++) {
		lseek(from, 0, SEEK_SET);
		assert_int_equal(gzip_fd(from, packed, 9, &in, &out, NULL, NULL), 0);
	}
	lseek(packed, 0, SEEK_SET);
	assert_int_equal(gunzip_fd(packed, to, 100, &n), 0);
	assert_int_equal(n, 8);
	assert_int_equal(pread(to, back, sizeof(back), 0), 8);
	assert_memory_equal(back, "texttext", 8);

	for (off_t len = lseek(packed, 0, SEEK_END) - 1; len >= 0; len--) {
		int r;

		assert_int_equal(ftruncate(packed, len), 0);
		lseek(packed, 0, SEEK_SET);
		r = gunzip_fd(packed, to, 100, &n);
		assert_int_equal(r, (uint64_t)len == out ? 0 : -EBADMSG);
	}
	assert_int_equal(gunzip_fd(from, to, 100, &n), -EBADMSG);
	assert_int_equal(gzip_fd(from, to, 42, &in, &out, NULL, NULL), -EINVAL);
}

static void an_error_of_either_end_is_told(void **state)
{
	_cleanup_close_ int from = memory_file("text", 4);
	uint64_t in, out;
	int ends[2];

	assert_int_equal(gzip_fd(from, -1, 1, &in, &out, NULL, NULL), -EBADF);
	assert_int_equal(gzip_fd(-1, from, 1, &in, &out, NULL, NULL), -EBADF);
	assert_int_equal(pipe(ends), 0);
	close(ends[1]);
	assert_int_equal(gunzip_fd(ends[0], from, 1, &out), -EBADMSG);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_is_sha256),
		cmocka_unit_test(what_was_squeezed_expands_again),
		cmocka_unit_test(members_may_follow_and_a_cut_one_is_refused),
		cmocka_unit_test(an_error_of_either_end_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
