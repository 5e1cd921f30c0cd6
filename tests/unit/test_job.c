/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox, and the jobs that run in it: what they can do, what they cannot, what is believed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "base/gzip.h"
#include "base/tlv.h"
#include "incident/job.h"
#include "incident/sandbox.h"
#include "incident/work.h"
#include "tests/unit/tree.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FILTERED 0
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define FILTERED 0
#endif
#ifndef FILTERED
#define FILTERED 1
#endif

static const char hs_err[] =
	"#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n"
	"#  SIGSEGV (0xb) at pc=0x00007f2f1c0d1234, pid=42, tid=43\n#\n"
	"# JRE version: OpenJDK Runtime Environment (17.0.9+9) (build 17.0.9+9)\n"
	"# Java VM: OpenJDK 64-Bit Server VM (17.0.9+9, mixed mode, linux-amd64)\n"
	"# Problematic frame:\n# C  [libfoo.so+0x1a]  do_it+0x4\n#\n";

static int tmp_file(const struct tree *t, const char *name, const void *data, size_t len)
{
	int fd;

	tree_bytes(t, name, data, len, 0600);
	fd = openat(t->fd, name, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static int in_child(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		_exit(body());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Each bit is something that was possible. */
static int try_everything(void)
{
	const struct sandbox_limits limits = { .file_size = 0, .memory = 1 << 28 };
	char *const argv[] = { (char *)(uintptr_t) "true", NULL };
	int possible = 0;

	if (sandbox_enter(&limits, NULL) < 0)
		return 255;
	if (open("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0 || open(".", O_PATH | O_CLOEXEC) >= 0)
		possible |= 1;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
		possible |= 2;
	if (fork() >= 0)
		possible |= 4;
	if (kill(getppid(), 0) == 0)
		possible |= 8;
	if (unlink("/tmp/jvisor-no-such-file") == 0 || errno != EPERM)
		possible |= 16;
	if (setuid(0) == 0)
		possible |= 32;
	execv("/bin/true", argv); /* ends with 0 where it is possible */
	return possible ? possible : 64;
}

static void the_sandbox_opens_connects_and_starts_nothing(void **state)
{
	if (!FILTERED)
		return; /* the filter and the address sanitizer exclude each other */
	assert_int_equal(in_child(try_everything), 64);
}

static int who_am_i(void)
{
	const struct sandbox_limits limits = { .file_size = 0, .memory = 1 << 28 };
	uid_t r, e, s;

	if (sandbox_enter(&limits, NULL) < 0)
		return 255;
	/* Asked of the kernel before the filter would be: getresuid is not in it. */
	if (FILTERED)
		return getpid() > 1 ? 0 : 1;
	return getresuid(&r, &e, &s) || r == 0 || e == 0 || s == 0;
}

static void the_sandbox_is_nobody(void **state)
{
	if (geteuid() == 0)
		assert_int_equal(in_child(who_am_i), 0);
}

static int allocate(void)
{
	const struct sandbox_limits limits = { .file_size = 0, .memory = 1 << 26 };
	char *p;

	if (sandbox_enter(&limits, NULL) < 0)
		return 255;
	p = malloc(1 << 20);
	if (!p)
		return 1;
	memset(p, 1, 1 << 20);
	free(p);
	p = FILTERED ? malloc(1 << 28) : NULL;
	return p ? 2 : 0;
}

static void memory_is_there_and_bounded(void **state)
{
	assert_int_equal(in_child(allocate), 0);
}

static void an_hs_err_log_gives_its_facts(void **state)
{
	struct job_result result = { 0 };
	struct err err = { 0 };
	struct tree t;

	tree_make(&t);
	struct job job = { .kind = JOB_HS_ERR, .out = -1 };
	job.in = tmp_file(&t, "hs_err", hs_err, sizeof(hs_err) - 1);
	assert_int_equal(job_run(&job, &result, &err), 0);
	assert_int_equal(result.facts.num.v[FACT_HSERR_SIGNAL], SIGSEGV);
	assert_string_equal(result.facts.str[FACT_HSERR_LIBRARY], "libfoo.so");
	job_result_done(&result);
	close(job.in);
	tree_remove(&t);
}

static void another_text_is_no_hs_err_log(void **state)
{
	struct job_result result = { 0 };
	struct err err = { 0 };
	struct tree t;

	tree_make(&t);
	struct job job = { .kind = JOB_HS_ERR, .out = -1 };
	job.in = tmp_file(&t, "hs_err", "hello", 5);
	assert_true(job_run(&job, &result, &err) < 0);
	assert_non_null(strstr(err.msg, "not of the form"));
	close(job.in);
	tree_remove(&t);
}

static void an_hs_err_log_is_copied_without_its_secrets(void **state)
{
	static const char shown[] = "jvm_args: -Da=b -Dpassword=*** -Xmx5m\nEND.";
	static char text[200000], got[200100];
	struct job_result result = { 0 };
	struct err err = { 0 };
	struct tree t;
	int n;

	/* More than is read at once, and no line feed at the end. */
	n = snprintf(text, sizeof(text), "%0150000d\njvm_args: -Da=b -Dpassword=GONE -Xmx5m\nEND.",
		     0);
	tree_make(&t);
	struct job job = { .kind = JOB_MASK, .out_max = 1 << 20 };
	job.in = tmp_file(&t, "in", text, (size_t)n);
	job.out = tmp_file(&t, "out", "", 0);
	assert_int_equal(job_run(&job, &result, &err), 0);
	assert_int_equal(result.out_bytes, 150001 + sizeof(shown) - 1);
	assert_int_equal(pread(job.out, got, sizeof(got), 0), result.out_bytes);
	assert_memory_equal(got, text, 150001);
	assert_memory_equal(got + 150001, shown, sizeof(shown) - 1);
	close(job.in);
	close(job.out);
	tree_remove(&t);
}

static void a_file_is_packed_and_its_sum_is_that_of_the_packed_one(void **state)
{
	static char text[300000];
	struct job_result result = { 0 };
	struct err err = { 0 };
	char sum[DIGEST_HEX];
	uint64_t bytes;
	struct tree t;

	memset(text, 'x', sizeof(text));
	tree_make(&t);
	struct job job = { .kind = JOB_PACK, .level = 1, .out_max = 1 << 20 };
	job.in = tmp_file(&t, "in", text, sizeof(text));
	job.out = tmp_file(&t, "out", "", 0);
	assert_int_equal(job_run(&job, &result, &err), 0);
	assert_int_equal(result.in_bytes, sizeof(text));
	assert_true(result.out_bytes > 0 && result.out_bytes < 10000);
	assert_int_equal(lseek(job.out, 0, SEEK_SET), 0);
	assert_int_equal(digest_fd(job.out, sum, &bytes), 0);
	assert_string_equal(sum, result.sha256);
	assert_int_equal(bytes, result.out_bytes);
	close(job.in);
	close(job.out);
	tree_remove(&t);
}

static void what_is_gzip_already_is_not_packed_again(void **state)
{
	struct job_result result = { 0 };
	struct err err = { 0 };
	struct stat st;
	struct tree t;

	tree_make(&t);
	struct job job = { .kind = JOB_PACK, .level = 1, .out_max = 1 << 20 };
	job.in = tmp_file(&t, "in", "\x1f\x8b rest", 7);
	job.out = tmp_file(&t, "out", "", 0);
	assert_int_equal(job_run(&job, &result, &err), 0);
	assert_true(result.was_gzip);
	assert_int_equal(result.in_bytes, 7);
	assert_int_equal(fstat(job.out, &st), 0);
	assert_int_equal(st.st_size, 0);
	close(job.in);
	close(job.out);
	tree_remove(&t);
}

static void a_limit_on_what_is_written_ends_the_job_not_us(void **state)
{
	static char noise[300000];
	struct job_result result = { 0 };
	struct err err = { 0 };
	uint32_t x = 1;
	struct tree t;

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
	tree_make(&t);
	struct job job = { .kind = JOB_PACK, .level = 1, .out_max = 1000 };
	job.in = tmp_file(&t, "in", noise, sizeof(noise));
	job.out = tmp_file(&t, "out", "", 0);
	assert_int_equal(job_run(&job, &result, &err), -EFBIG);
	close(job.in);
	close(job.out);
	tree_remove(&t);
}

static void a_job_that_hangs_ends_at_the_deadline(void **state)
{
	struct job_result result = { 0 };
	struct err err = { 0 };
	uint64_t since = clock_mono();
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0); /* nothing will ever come */
	struct job job = { .kind = JOB_PACK, .in = ends[0], .out = -1 };
	job.deadline = clock_mono() + 50 * NSEC_PER_MSEC;
	assert_int_equal(job_run(&job, &result, &err), -ETIMEDOUT);
	assert_true(clock_mono() - since < 10 * NSEC_PER_SEC);
	close(ends[0]);
	close(ends[1]);
}

static void put_answer(struct strbuf *b, uint64_t code)
{
	tlv_put_u64(b, 1, code);
}

static void an_answer_is_believed_only_where_it_makes_sense(void **state)
{
	static const struct {
		uint16_t tag;
		const char *data;
		size_t len;
	} lies[] = {
		{ 4, "short", 5 },
		{ 4, "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 64 },
		{ 2, "abc", 3 },
		{ 6, "no facts record", 15 },
		{ 99, "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
		struct job_result result = { 0 };

		tlv_put(&b, lies[i].tag, lies[i].data, lies[i].len);
		put_answer(&b, 0);
		assert_int_equal(work_read((struct slice){ b.buf, b.len }, &result), -EBADMSG);
		job_result_done(&result);
	}
}

static void an_answer_without_an_end_is_none(void **state)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	struct job_result result = { 0 };

	assert_int_equal(work_read((struct slice){ "", 0 }, &result), -EBADMSG);
	put_answer(&b, UINT64_MAX);
	assert_int_equal(work_read((struct slice){ b.buf, b.len }, &result), -EBADMSG);
	strbuf_reset(&b);
	put_answer(&b, EFBIG);
	assert_int_equal(work_read((struct slice){ b.buf, b.len }, &result), EFBIG);
}

/* A job that was taken over must not decide which files root takes, or what the verdict was. */
static void an_answer_sets_no_other_facts(void **state)
{
	_cleanup_strbuf_ struct strbuf facts = STRBUF_INIT, b = STRBUF_INIT;
	struct job_result result = { 0 };

	facts_begin(&facts);
	facts_put_num(&facts, FACT_UID, 0);
	facts_put_num(&facts, FACT_HSERR_SIGNAL, 11);
	facts_put_str(&facts, FACT_STORE, "/etc");
	facts_put_str(&facts, FACT_HSERR_FRAME, "frame");
	facts_put_list(&facts, FACT_FILES, "/etc/shadow");
	tlv_put(&b, 6, facts.buf, facts.len);
	put_answer(&b, 0);
	assert_int_equal(work_read((struct slice){ b.buf, b.len }, &result), 0);
	assert_int_equal(result.facts.num.v[FACT_HSERR_SIGNAL], 11);
	assert_string_equal(result.facts.str[FACT_HSERR_FRAME], "frame");
	assert_false(result.facts.num.has[FACT_UID]);
	assert_null(result.facts.str[FACT_STORE]);
	assert_int_equal(result.facts.list[FACT_FILES].n, 0);
	job_result_done(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sandbox_opens_connects_and_starts_nothing),
		cmocka_unit_test(the_sandbox_is_nobody),
		cmocka_unit_test(memory_is_there_and_bounded),
		cmocka_unit_test(an_hs_err_log_gives_its_facts),
		cmocka_unit_test(another_text_is_no_hs_err_log),
		cmocka_unit_test(an_hs_err_log_is_copied_without_its_secrets),
		cmocka_unit_test(a_file_is_packed_and_its_sum_is_that_of_the_packed_one),
		cmocka_unit_test(what_is_gzip_already_is_not_packed_again),
		cmocka_unit_test(a_limit_on_what_is_written_ends_the_job_not_us),
		cmocka_unit_test(a_job_that_hangs_ends_at_the_deadline),
		cmocka_unit_test(an_answer_is_believed_only_where_it_makes_sense),
		cmocka_unit_test(an_answer_without_an_end_is_none),
		cmocka_unit_test(an_answer_sets_no_other_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
