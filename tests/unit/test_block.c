/* SPDX-License-Identifier: Apache-2.0 */
/* The launch block: written, mapped, and its holes filled for each start. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include "launcher/block.h"

static int make(void)
{
	char *argv[] = { (char *)"-XX:ErrorFile=/s/.run/i.%n/hs_err_pid%%p.log", (char *)"100%",
			 (char *)"", NULL };
	bool tmpl[] = { true, false, false };
	char *env[] = { (char *)"LISTEN_PID=%p", NULL };
	bool env_tmpl[] = { true };
	struct block_builder b;
	int fd = memfd_create("test", MFD_CLOEXEC);

	block_begin(&b);
	b.head.app = block_add_str(&b, "Main");
	b.head.argv = block_add_vec(&b, "/jdk/bin/java", argv, tmpl);
	b.head.envp = block_add_vec(&b, NULL, env, env_tmpl);
	b.head.facts = block_add_bytes(&b, "facts", 5);
	b.head.facts_len = 5;
	assert_int_equal(block_finish(&b, fd), 0);
	block_builder_done(&b);
	return fd;
}

static void strings_vectors_and_records_come_out_as_they_went_in(void **state)
{
	int fd = make();
	struct block *b;
	char **argv;

	(void)state;
	assert_int_equal(block_open(fd, &b), 0);
	argv = block_vec(b, b->argv);
	assert_string_equal(block_str(b, b->app), "Main");
	assert_null(block_str(b, b->pidfile));
	assert_string_equal(argv[0], "/jdk/bin/java");
	assert_string_equal(argv[2], "100%");
	assert_string_equal(argv[3], "");
	assert_null(argv[4]);
	assert_memory_equal((char *)b + b->facts, "facts", 5);
	(void)munmap(b, b->size);
	(void)close(fd);
}

static void each_start_fills_its_own_pid_and_number(void **state)
{
	int fd = make();
	struct block *b;

	(void)state;
	assert_int_equal(block_open(fd, &b), 0);
	block_fill(b, 4194304, 0);
	assert_string_equal(block_vec(b, b->argv)[1],
			    "-XX:ErrorFile=/s/.run/i.0000/hs_err_pid%p.log");
	assert_string_equal(block_vec(b, b->envp)[0], "LISTEN_PID=4194304");
	block_fill(b, 7, 12);
	assert_string_equal(block_vec(b, b->argv)[1],
			    "-XX:ErrorFile=/s/.run/i.0012/hs_err_pid%p.log");
	assert_string_equal(block_vec(b, b->envp)[0], "LISTEN_PID=7");
	(void)munmap(b, b->size);
	(void)close(fd);
}

static void a_block_whose_writer_died_is_refused(void **state)
{
	int fd = make();
	struct block *b;

	(void)state;
	assert_int_equal(ftruncate(fd, sizeof(struct block) + 8), 0);
	assert_int_equal(block_open(fd, &b), -EBADMSG);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(block_open(fd, &b), -EBADMSG);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_vectors_and_records_come_out_as_they_went_in),
		cmocka_unit_test(each_start_fills_its_own_pid_and_number),
		cmocka_unit_test(a_block_whose_writer_died_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
