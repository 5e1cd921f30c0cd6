/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs of real JVMs 17 and 25, and of 8 written by hand, field by field. The expected values were
 * read from the logs by eye; NULL is an empty field.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/file.h"
#include "base/macro.h"
#include "jvm/hserr.h"

struct golden {
	const char *name;
	enum hserr_cause cause;
	int signal;
	const char *signal_name;
	bool has_si_code;
	int si_code;
	bool has_address;
	uint64_t address, pid;
	bool complete;
	const char *reason, *frame, *library, *thread, *oom_message;
	const char *jre_version, *vm, *core_line; /* how they begin */
	unsigned n_stack;
	const char *first, *last; /* of the stack, how they begin */
};

#define JRE_8	"OpenJDK Runtime Environment (8.0_504-b01) (build 1.8.0_504"
#define JRE_17	"OpenJDK Runtime Environment (17.0.21.1+2) (build 17.0.21.1"
#define JRE_25	"OpenJDK Runtime Environment Temurin-25.0.3+9 (25.0.3+9)"
#define VM_8	"OpenJDK 64-Bit Server VM (25.504-b01 mixed mode linux-amd64"
#define VM_17	"OpenJDK 64-Bit Server VM (17.0.21.1+2"
#define VM_25	"OpenJDK 64-Bit Server VM Temurin-25.0.3+9"
#define NO_CORE "No core dump will be written. Core dumps have been disabled."

// clang-format off
static const struct golden goldens[] = {
	{
		.name = "17-unsafe-segv.log", .cause = HSERR_SIGNAL, .signal = 11,
		.signal_name = "SIGSEGV", .has_si_code = true, .si_code = 1, .has_address = true,
		.address = 8, .pid = 5610, .complete = true,
		.frame = "V  [libjvm.so+0xed9a74]  Unsafe_PutInt+0x124", .library = "libjvm.so",
		.thread = "JavaThread \"main\"", .jre_version = JRE_17, .vm = VM_17,
		.core_line = NO_CORE, .n_stack = 16, .first = "V  [libjvm.so+0xed9a74]",
		.last = "v  ~StubRoutines::call_stub",
	},
	{
		.name = "25-unsafe-segv.log", .cause = HSERR_SIGNAL, .signal = 11,
		.signal_name = "SIGSEGV", .has_si_code = true, .si_code = 1, .has_address = true,
		.address = 8, .pid = 5712, .complete = true,
		.frame = "V  [libjvm.so+0x12364ad]  Unsafe_PutInt+0xad", .library = "libjvm.so",
		.thread = "JavaThread \"main\"", .jre_version = JRE_25, .vm = VM_25,
		.core_line = NO_CORE, .n_stack = 16, .first = "V  [libjvm.so+0x12364ad]",
		.last = "j  Demo.main(",
	},
	{
		.name = "17-kill-segv.log", .cause = HSERR_SIGNAL, .signal = 11,
		.signal_name = "SIGSEGV", .has_si_code = true, .pid = 5687, .complete = true,
		.reason = "sent by kill", .frame = "C  [libc.so.6+0x85f14]",
		.library = "libc.so.6", .thread = "native thread", .jre_version = JRE_17,
		.vm = VM_17, .core_line = NO_CORE, .n_stack = 1, .first = "C  [libc.so.6+0x85f14]",
		.last = "C  [libc.so.6+0x85f14]",
	},
	{
		.name = "25-kill-segv.log", .cause = HSERR_SIGNAL, .signal = 11,
		.signal_name = "SIGSEGV", .has_si_code = true, .pid = 6507, .complete = true,
		.reason = "sent by kill", .frame = "C  [libc.so.6+0x85f14]",
		.library = "libc.so.6", .thread = "native thread", .jre_version = JRE_25,
		.vm = VM_25, .core_line = NO_CORE, .n_stack = 1, .first = "C  [libc.so.6+0x85f14]",
		.last = "C  [libc.so.6+0x85f14]",
	},
	{
		.name = "17-crash-on-oom.log", .cause = HSERR_JAVA_OOM, .pid = 5630,
		.complete = true, .reason = "fatal error: OutOfMemory encountered: Java heap space",
		.oom_message = "Java heap space", .thread = "JavaThread \"main\"",
		.jre_version = JRE_17, .vm = VM_17, .core_line = NO_CORE, .n_stack = 14,
		.first = "V  [libjvm.so+0xf27ce1]  VMError::report_and_die",
		.last = "v  ~StubRoutines::call_stub",
	},
	{
		.name = "25-crash-on-oom.log", .cause = HSERR_JAVA_OOM, .pid = 5732,
		.complete = true, .reason = "fatal error: OutOfMemory encountered: Java heap space",
		.oom_message = "Java heap space", .thread = "JavaThread \"main\"",
		.jre_version = JRE_25, .vm = VM_25, .core_line = NO_CORE, .n_stack = 14,
		.first = "V  [libjvm.so+", .last = "v  ~StubRoutines::call_stub",
	},
	{
		.name = "17-internal.log", .cause = HSERR_INTERNAL, .pid = 12644, .complete = true,
		.reason = "fatal error: VM operation took too long: 8 ms (timeout: 1 ms)",
		.frame = "V  [libjvm.so+0xf2e265]  VMOperationTimeoutTask::task()+0x75",
		.library = "libjvm.so", .thread = "WatcherThread", .jre_version = JRE_17,
		.vm = VM_17, .core_line = NO_CORE, .n_stack = 5,
		.first = "V  [libjvm.so+0xf2e265]", .last = "V  [libjvm.so+0xc32d13]",
	},
	{
		.name = "25-internal.log", .cause = HSERR_INTERNAL, .pid = 12680, .complete = true,
		.reason = "fatal error: SerialCollectForAllocation VM operation took too long: "
			  "9 ms elapsed since VM-op start (timeout: 1 ms)",
		.frame = "V  [libjvm.so+0x1298750]  VMOperationTimeoutTask::task()+0x70",
		.library = "libjvm.so", .thread = "WatcherThread \"VM Periodic Task Thread\"",
		.jre_version = JRE_25, .vm = VM_25, .core_line = NO_CORE, .n_stack = 5,
		.first = "V  [libjvm.so+0x1298750]", .last = "V  [libjvm.so+0xe75b16]",
	},
	{
		.name = "17-native-oom.log", .cause = HSERR_NATIVE_OOM, .pid = 12626,
		.complete = true,
		.reason = "Native memory allocation (malloc) failed to allocate 32 bytes. Error "
			  "detail: AllocateHeap",
		.thread = "JavaThread \"main\"", .jre_version = JRE_17, .vm = VM_17,
		.core_line = NO_CORE, .n_stack = 14, .first = "V  [libjvm.so+",
		.last = "v  ~StubRoutines::call_stub",
	},
	{
		.name = "25-native-oom.log", .cause = HSERR_NATIVE_OOM, .pid = 12661,
		.complete = true,
		.reason = "Native memory allocation (malloc) failed to allocate 16 bytes. Error "
			  "detail: AllocateHeap",
		.thread = "JavaThread \"main\"", .jre_version = JRE_25, .vm = VM_25,
		.core_line = NO_CORE, .n_stack = 14, .first = "V  [libjvm.so+0x128db05]",
		.last = "v  ~StubRoutines::call_stub",
	},
	{
		.name = "8-segv.log", .cause = HSERR_SIGNAL, .signal = 11, .signal_name = "SIGSEGV",
		.has_si_code = true, .si_code = 1, .has_address = true, .address = 8, .pid = 4242,
		.complete = true, .frame = "C  [libstdc++.so.6+0x1a]  do_it(int)+0x4",
		.library = "libstdc++.so.6", .thread = "JavaThread \"pool [1] \"x\"\"",
		.jre_version = JRE_8, .vm = VM_8, .core_line = "Failed to write core dump.",
		.n_stack = 4, .first = "C  [libstdc++.so.6+0x1a]",
		.last = "v  ~StubRoutines::call_stub",
	},
	{
		.name = "8-sent-segv.log", .cause = HSERR_SIGNAL, .signal = 11,
		.signal_name = "SIGSEGV", .has_si_code = true, .si_code = -6, .pid = 4242,
		.complete = true, .frame = "C  [libstdc++.so.6+0x1a]  do_it(int)+0x4",
		.library = "libstdc++.so.6", .thread = "JavaThread \"pool [1] \"x\"\"",
		.jre_version = JRE_8, .vm = VM_8, .core_line = "Failed to write core dump.",
		.n_stack = 4, .first = "C  [libstdc++.so.6+0x1a]",
		.last = "v  ~StubRoutines::call_stub",
	},
	{
		.name = "8-crash-on-oom.log", .cause = HSERR_JAVA_OOM, .pid = 4242,
		.complete = true, .reason = "fatal error: OutOfMemory encountered: Metaspace",
		.oom_message = "Metaspace", .thread = "JavaThread \"main\"", .jre_version = JRE_8,
		.vm = VM_8, .core_line = "Core dump written. Default location: /srv/demo/core",
		.n_stack = 3, .first = "V  [libjvm.so+0xb51c1d]", .last = "j  Orders.main",
	},
	{
		.name = "8-native-oom.log", .cause = HSERR_NATIVE_OOM, .pid = 4242,
		.reason = "Native memory allocation (malloc) failed to allocate 32756 bytes for "
			  "ChunkPool::allocate",
		.thread = "VMThread", .jre_version = JRE_8, .vm = VM_8,
		.core_line = "Failed to write core dump.",
	},
};
// clang-format on

static void load(const char *name, struct strbuf *text)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	const char *top = getenv("top_srcdir");
	struct err err = { 0 };

	strbuf_printf(&path, "%s/tests/golden/hserr/%s", top ? top : ".", name);
	if (file_read(AT_FDCWD, strbuf_str(&path), 1024 * 1024, text, &err))
		fail_msg("%s", err.msg);
}

static void same(const char *name, const char *field, struct slice got, const char *want)
{
	if (!slice_eq(got, want ? want : ""))
		fail_msg("%s: %s is '%.*s'", name, field, SLICE_FMT(got));
}

static void begins(const char *name, const char *field, struct slice got, const char *want)
{
	if (want ? !slice_starts(got, want) : got.len > 0)
		fail_msg("%s: %s is '%.*s'", name, field, SLICE_FMT(got));
}

static void check(const struct golden *g, const struct hserr *h)
{
	const char *n = g->name;

	if (h->cause != g->cause || h->signal != g->signal || h->pid != g->pid)
		fail_msg("%s: cause %d, signal %d, pid %llu", n, h->cause, h->signal,
			 (unsigned long long)h->pid);
	if (h->has_si_code != g->has_si_code || h->si_code != g->si_code)
		fail_msg("%s: si_code %d", n, h->si_code);
	if (h->has_address != g->has_address || h->address != g->address)
		fail_msg("%s: address 0x%llx", n, (unsigned long long)h->address);
	if (h->complete != g->complete || h->cut)
		fail_msg("%s: complete %d, cut %d", n, h->complete, h->cut);
	same(n, "signal name", h->signal_name, g->signal_name);
	same(n, "reason", h->reason, g->reason);
	same(n, "frame", h->frame, g->frame);
	same(n, "library", h->library, g->library);
	same(n, "thread", h->thread, g->thread);
	same(n, "OOM message", h->oom_message, g->oom_message);
	begins(n, "JRE version", h->jre_version, g->jre_version);
	begins(n, "VM", h->vm, g->vm);
	begins(n, "core line", h->core_line, g->core_line);
	if (h->n_stack != g->n_stack)
		fail_msg("%s: %u stack lines", n, h->n_stack);
	if (h->n_stack) {
		begins(n, "first frame", h->stack[0], g->first);
		begins(n, "last frame", h->stack[h->n_stack - 1], g->last);
	}
}

static void every_field_of_the_golden_logs_is_read(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++) {
		_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
		struct hserr h;

		load(goldens[i].name, &text);
		assert_true(hserr_parse((struct slice){ text.buf, text.len }, &h));
		check(&goldens[i], &h);
	}
}

static void a_growing_log_gives_what_is_there(void **state)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct slice title, signal, head;
	struct hserr h;

	load("17-unsafe-segv.log", &text);
	head = (struct slice){ text.buf, 2 };
	assert_false(hserr_parse(head, &h));

	title = (struct slice){ text.buf, 70 };
	assert_true(hserr_parse(title, &h));
	assert_int_equal(h.cause, HSERR_UNKNOWN);
	assert_false(h.complete);

	signal = slice_search((struct slice){ text.buf, text.len }, "# JRE version");
	assert_true(hserr_parse((struct slice){ text.buf, (size_t)(signal.ptr - text.buf) }, &h));
	assert_int_equal(h.cause, HSERR_SIGNAL);
	assert_int_equal(h.signal, 11);
	assert_false(h.complete);
	assert_int_equal(h.n_stack, 0);
}

static void a_long_log_is_cut_but_its_end_is_seen(void **state)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct hserr h;

	load("25-unsafe-segv.log", &text);
	text.len -= strlen("END.\n");
	while (text.len <= HSERR_LOOK_AT)
		strbuf_puts(&text, "7f0f0128a000-7f0f01292000 rw-s 00000000 fe:00 1 /lib/x.so\n");
	assert_true(hserr_parse((struct slice){ text.buf, text.len }, &h));
	assert_true(h.cut);
	assert_false(h.complete);
	assert_int_equal(h.signal, 11);

	strbuf_puts(&text, "\nEND.\n");
	assert_true(hserr_parse((struct slice){ text.buf, text.len }, &h));
	assert_true(h.complete);
}

static void what_is_no_log_is_refused(void **state)
{
	static const char *const texts[] = {
		"",	  "#\n", "hello\nworld\n", "#\n#  SIGSEGV (0xb) at pc=0x1, pid=2, tid=3\n",
		"\n\n\n",
	};
	struct hserr h = { .pid = 7 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_false(hserr_parse(slice_of(texts[i]), &h));
	assert_false(hserr_parse((struct slice){ 0 }, &h));
	assert_int_equal(h.pid, 7); /* written only on success */
}

#define TITLE "# A fatal error has been detected by the Java Runtime Environment:\n#\n"

static void impossible_numbers_are_not_believed(void **state)
{
	static const struct {
		const char *text;
		int signal;
		uint64_t pid;
	} cases[] = {
		{ TITLE "#  SIGSEGV (0xb) at pc=0x1, pid=99999999999999999999999, tid=3\n", 11, 0 },
		{ TITLE "#  SIGSEGV (0xffffffffffffffffffff) at pc=0x1, pid=5, tid=3\n", 0, 5 },
		{ TITLE "#  SIGSEGV (0x7f) at pc=0x1, pid=5, tid=3\n", 0, 0 },
		{ TITLE "#  SIGSEGV at pc=0x1, pid=5, tid=3\n", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hserr h;

		assert_true(hserr_parse(slice_of(cases[i].text), &h));
		assert_int_equal(h.signal, cases[i].signal);
		assert_int_equal(h.pid, cases[i].pid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_the_golden_logs_is_read),
		cmocka_unit_test(a_growing_log_gives_what_is_there),
		cmocka_unit_test(a_long_log_is_cut_but_its_end_is_seen),
		cmocka_unit_test(what_is_no_log_is_refused),
		cmocka_unit_test(impossible_numbers_are_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
