/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, case by case: the facts, then kind, confidence, kind of OutOfMemoryError and a
 * part of the sentence. The statuses and leftovers are those that real JVMs showed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include "base/macro.h"
#include "base/utf8.h"
#include "jvm/hserr.h"
#include "jvm/verdict.h"

#define MIB (1024ULL * 1024)

struct fact {
	enum fact_num f;
	uint64_t v;
};

struct scene {
	const char *name;
	enum incident_kind kind;
	enum confidence confidence;
	enum oom_kind oom;
	const char *says;
	struct fact facts[14];
	unsigned n; /* filled in by F() */
	const char *frame, *library, *reason, *message, *refused;
};

#define PRESUMED  CONFIDENCE_PRESUMED
#define CONFIRMED CONFIDENCE_CONFIRMED
#define F(...) \
	.facts = { __VA_ARGS__ }, .n = sizeof((struct fact[]){ __VA_ARGS__ }) / sizeof(struct fact)

#define EXIT(code)                   \
	{                            \
		FACT_EXIT_CODE, code \
	}
#define SIGNALLED(sig)           \
	{                        \
		FACT_SIGNAL, sig \
	}
#define STOP(sig)                     \
	{                             \
		FACT_STOP_SIGNAL, sig \
	}
#define DUMP                                   \
	{                                      \
		FACT_HEAP_DUMP_BYTES, 60 * MIB \
	}
#define OUR_DUMP                            \
	{ FACT_HEAP_DUMP_BYTES, 60 * MIB }, \
	{                                   \
		FACT_HEAP_DUMP_OURS, 1      \
	}
#define REPORT                               \
	{                                    \
		FACT_HS_ERR_BYTES, 48 * 1024 \
	}
#define CAUSE(cause)                    \
	{                               \
		FACT_HSERR_CAUSE, cause \
	}
#define EXIT_FLAG                   \
	{                           \
		FACT_EXIT_ON_OOM, 1 \
	}
#define CRASH_FLAG                   \
	{                            \
		FACT_CRASH_ON_OOM, 1 \
	}
#define PERF_LEFT                 \
	{ FACT_PERF_DATA, 1 },    \
	{                         \
		FACT_PERF_LEFT, 1 \
	}
#define PERF_GONE                 \
	{ FACT_PERF_DATA, 1 },    \
	{                         \
		FACT_PERF_LEFT, 0 \
	}
#define PERF_NEVER                 \
	{ FACT_PERF_DATA, 1 },     \
	{                          \
		FACT_PERF_NEVER, 1 \
	}
#define HEAP(used)                      \
	{ FACT_HEAP_USED, used * MIB }, \
	{                               \
		FACT_HEAP_MAX, 64 * MIB \
	}
#define META(used)                      \
	{ FACT_META_USED, used * MIB }, \
	{                               \
		FACT_META_MAX, 16 * MIB \
	}
#define CLASSES(used)                    \
	{ FACT_CLASS_USED, used * MIB }, \
	{                                \
		FACT_CLASS_MAX, 16 * MIB \
	}
#define KILLS(a, b)                   \
	{ FACT_OOM_KILLS_START, a },  \
	{                             \
		FACT_OOM_KILLS_END, b \
	}
#define LIMIT(bytes)                     \
	{                                \
		FACT_CGROUP_LIMIT, bytes \
	}
#define PEAK(bytes)                     \
	{                               \
		FACT_CGROUP_PEAK, bytes \
	}

#define MEMORY(rss, committed, max)                                        \
	{ FACT_RSS, rss * MIB }, { FACT_HEAP_COMMITTED, committed * MIB }, \
	{                                                                  \
		FACT_HEAP_MAX, max *MIB                                    \
	}
#define HOST_KILLS(a, b)               \
	{ FACT_HOST_KILLS_START, a },  \
	{                              \
		FACT_HOST_KILLS_END, b \
	}

// clang-format off
static const struct scene scenes[] = {
	/* The program's own end */
	{ "a good end", KIND_NONE, CONFIRMED, 0, "Orders ended by itself with exit code 0.",
	  F(EXIT(0), PERF_GONE) },
	{ "its own exit code", KIND_EXIT, CONFIRMED, 0, "Orders ended with exit code 7.",
	  F(EXIT(7), PERF_GONE) },
	{ "an uncaught exception", KIND_EXIT, CONFIRMED, 0, "Orders ended with exit code 1.",
	  F(EXIT(1), PERF_GONE) },
	{ "System.exit(3)", KIND_EXIT, CONFIRMED, 0, "ended with exit code 3.",
	  F(EXIT(3), EXIT_FLAG, PERF_GONE) },
	{ "System.exit(3) with a full heap", KIND_EXIT, CONFIRMED, 0, "ended with exit code 3.",
	  F(EXIT(3), EXIT_FLAG, PERF_GONE, HEAP(64)) },
	{ "3 without the flag", KIND_EXIT, CONFIRMED, 0, "ended with exit code 3.",
	  F(EXIT(3), PERF_LEFT, HEAP(64)) },
	{ "3 where the crash flag wins", KIND_EXIT, CONFIRMED, 0, "ended with exit code 3.",
	  F(EXIT(3), EXIT_FLAG, CRASH_FLAG, PERF_LEFT) },
	{ "exit code 255", KIND_EXIT, CONFIRMED, 0, "exit code 255.", F(EXIT(255), PERF_GONE) },
	{ "134 of a script", KIND_EXIT, CONFIRMED, 0, "exit code 134.", F(EXIT(134), PERF_GONE) },
	{ "137 of a script", KIND_EXIT, CONFIRMED, 0, "exit code 137.", F(EXIT(137), PERF_GONE) },
	{ "139 of a script", KIND_EXIT, CONFIRMED, 0, "exit code 139.", F(EXIT(139), PERF_GONE) },
	{ "TERM past jvisor", KIND_EXIT, CONFIRMED, 0, "as after a stop that was not asked of jvisor",
	  F(EXIT(143), PERF_GONE) },
	{ "perf data unknown", KIND_EXIT, CONFIRMED, 0, "exit code 1.", F(EXIT(1)) },

	/* A stop that was asked for */
	{ "TERM and 143", KIND_NONE, CONFIRMED, 0, "stopped as asked, with exit code 143.",
	  F(EXIT(143), STOP(SIGTERM), PERF_GONE) },
	{ "INT and 130", KIND_NONE, CONFIRMED, 0, "stopped as asked",
	  F(EXIT(130), STOP(SIGINT)) },
	{ "HUP and 129", KIND_NONE, CONFIRMED, 0, "stopped as asked",
	  F(EXIT(129), STOP(SIGHUP)) },
	{ "TERM and 0", KIND_NONE, CONFIRMED, 0, "exit code 0", F(EXIT(0), STOP(SIGTERM)) },
	{ "TERM, then INT", KIND_NONE, CONFIRMED, 0, "exit code 130",
	  F(EXIT(130), STOP(SIGTERM)) },
	{ "another signal to stop by", KIND_NONE, CONFIRMED, 0, "exit code 138",
	  F(EXIT(138), STOP(SIGUSR1)) },
	{ "-Xrs: the signal itself", KIND_NONE, CONFIRMED, 0, "by SIGTERM (terminated)",
	  F(SIGNALLED(SIGTERM), STOP(SIGTERM)) },
	{ "-Xrs: INT after TERM", KIND_NONE, CONFIRMED, 0, "by SIGINT",
	  F(SIGNALLED(SIGINT), STOP(SIGTERM)) },
	{ "a failing shutdown hook", KIND_EXIT, CONFIRMED, 0, "exit code 7 when it was stopped.",
	  F(EXIT(7), STOP(SIGTERM), PERF_GONE) },
	{ "KILL was needed", KIND_STOP_TIMEOUT, CONFIRMED, 0,
	  "did not stop in time after SIGTERM (terminated) and was killed",
	  F(SIGNALLED(SIGKILL), STOP(SIGTERM), { FACT_KILL_SENT, 1 }, KILLS(0, 0)) },
	{ "KILL was needed and the kernel killed too", KIND_STOP_TIMEOUT, CONFIRMED, 0, "in time",
	  F(SIGNALLED(SIGKILL), STOP(SIGTERM), { FACT_KILL_SENT, 1 }, KILLS(0, 1)) },
	{ "KILL was needed while it dumped", KIND_STOP_TIMEOUT, CONFIRMED, 0,
	  "was killed while it dealt with an OutOfMemoryError: its heap dump may be cut short.",
	  F(SIGNALLED(SIGKILL), STOP(SIGTERM), { FACT_KILL_SENT, 1 }, EXIT_FLAG, DUMP) },
	{ "KILL was needed while it was held", KIND_STOP_TIMEOUT, CONFIRMED, 0,
	  "was killed while it dealt with an OutOfMemoryError",
	  F(SIGNALLED(SIGKILL), STOP(SIGTERM), { FACT_KILL_SENT, 1 }, EXIT_FLAG, { FACT_HELD_AT, 1 }) },
	{ "killed by another while stopping", KIND_KILLED, CONFIRMED, 0,
	  "by SIGKILL (killed) while it was being stopped",
	  F(SIGNALLED(SIGKILL), STOP(SIGTERM), KILLS(2, 2)) },
	{ "a crash while stopping", KIND_CRASH, CONFIRMED, 0, "crashed: segmentation fault",
	  F(SIGNALLED(SIGABRT), STOP(SIGTERM), REPORT, CAUSE(HSERR_SIGNAL),
	    { FACT_HSERR_SIGNAL, SIGSEGV }, { FACT_HSERR_ADDRESS, 8 }) },
	{ "an OutOfMemoryError while stopping", KIND_OOM, CONFIRMED, OOM_HEAP, "ran out of memory",
	  F(EXIT(3), STOP(SIGTERM), EXIT_FLAG, PERF_LEFT, HEAP(64)) },

	/* OutOfMemoryError */
	{ "ExitOnOutOfMemoryError", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "Orders ran out of memory: the Java heap is full (63 MiB of at most 64 MiB used); the JVM "
	  "ended itself with exit code 3. Raise -Xmx, or have a heap dump written",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(63)) },
	{ "the same, held at its dump, and /tmp read-only", KIND_OOM, CONFIRMED, OOM_UNKNOWN,
	  "ran out of memory", F(EXIT(3), EXIT_FLAG, { FACT_HELD_AT, 1 }) },
	{ "a dump that stands still", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "its heap dump stood still for 10 min, so jvisor killed it.",
	  F(SIGNALLED(SIGKILL), EXIT_FLAG, PERF_LEFT, HEAP(63), DUMP, { FACT_HELD_AT, 1 },
	    { FACT_DUMP_STALLED, 600000000000 }) },
	{ "killed by another while it was held", KIND_OOM, PRESUMED, OOM_UNKNOWN,
	  "it ended by SIGKILL (killed) while it dealt with that.",
	  F(SIGNALLED(SIGKILL), EXIT_FLAG, { FACT_HELD_AT, 1 }, KILLS(1, 1)) },
	{ "the same with a dump that failed", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "exit code 3. No heap dump was left, though one was asked for",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(63), { FACT_DUMP_ON_OOM, 1 }) },
	{ "the same with no room for a dump", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "exit code 3. No heap dump was written: there was no room for it above [collect] min_free.",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(63), { FACT_DUMP_NO_ROOM, 1 }) },
	{ "no room for the dump when it came to it", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "the Java heap is full (63 MiB of at most 64 MiB used); jvisor ended it before its heap "
	  "dump. No heap dump was written: there was no room for it above [collect] min_free.",
	  F(SIGNALLED(SIGKILL), EXIT_FLAG, PERF_LEFT, HEAP(63), { FACT_DUMP_ON_OOM, 1 }, KILLS(0, 0),
	    { FACT_DUMP_NO_ROOM, DUMP_SKIPPED }) },
	{ "the same with a dump that is cut", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "exit code 3. The heap dump is cut: make room where it was written.",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(63), DUMP, { FACT_HEAP_DUMP_CUT, 1 }) },
	{ "the same with a dump", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "look for a leak in the heap dump.", F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(63), DUMP) },
	{ "G1 gives up with 94 % of the heap", KIND_OOM, CONFIRMED, OOM_HEAP, "heap is full",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(60)) },
	{ "Parallel of 26 gives up with the old generation full", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "the Java heap is full (at most 64 MiB); the JVM ended itself with exit code 3.",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(50), { FACT_OLD_USED, 43 * MIB },
	    { FACT_OLD_MAX, 43 * MIB + 8 }) },
	{ "the heap was not near its end", KIND_OOM, CONFIRMED, OOM_UNKNOWN,
	  "ran out of memory: of which kind is not known here; the JVM",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(30)) },
	{ "no reading at all", KIND_OOM, CONFIRMED, OOM_UNKNOWN, "of which kind is not known here",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT) },
	{ "the metaspace is full", KIND_OOM, CONFIRMED, OOM_METASPACE,
	  "the metaspace is full (16 MiB of at most 16 MiB used); the JVM ended itself with exit code "
	  "3. Raise -XX:MaxMetaspaceSize",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(8), META(16), CLASSES(5)) },
	{ "the class space is full", KIND_OOM, CONFIRMED, OOM_CLASS_SPACE,
	  "the compressed class space is full", 
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(8), { FACT_META_USED, 48 * MIB }, CLASSES(16)) },
	{ "no limit of the metaspace", KIND_OOM, CONFIRMED, OOM_UNKNOWN, "of which kind is not known here",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(8), { FACT_META_USED, 900 * MIB }) },
	{ "hsperfdata off", KIND_OOM, PRESUMED, OOM_UNKNOWN, "ran out of memory, it seems: it ended "
	  "with exit code 3, by ExitOnOutOfMemoryError or by a System.exit of its own.",
	  F(EXIT(3), EXIT_FLAG) },
	{ "hsperfdata off, a dump", KIND_OOM, CONFIRMED, OOM_UNKNOWN, "ran out of memory: ",
	  F(EXIT(3), EXIT_FLAG, DUMP) },
	{ "hsperfdata gone, a dump", KIND_OOM, CONFIRMED, OOM_UNKNOWN, "ran out of memory: ",
	  F(EXIT(3), EXIT_FLAG, PERF_GONE, DUMP) },
	{ "the agent knows the message", KIND_OOM, CONFIRMED, OOM_GC_OVERHEAD,
	  "garbage collection ran nearly all the time",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(63)), .message = "GC overhead limit exceeded" },
	{ "a message against the readings", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "the Java heap is full (at most 64 MiB);", F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(20), META(16)),
	  .message = "Java heap space: failed reallocation of scalar replaced objects" },
	{ "an array too long", KIND_OOM, CONFIRMED, OOM_ARRAY, "More heap does not help",
	  F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(63)),
	  .message = "Requested array size exceeds VM limit" },
	{ "a message nobody knows", KIND_OOM, CONFIRMED, OOM_UNKNOWN,
	  "ran out of memory: All of it gone; the JVM", F(EXIT(3), EXIT_FLAG, PERF_LEFT, HEAP(63)),
	  .message = "All of it gone" },
	{ "uncaught, with a dump", KIND_OOM, PRESUMED, OOM_UNKNOWN,
	  "ran out of memory, it seems: of which kind is not known here; it ended with exit code 1.",
	  F(EXIT(1), PERF_GONE, DUMP) },
	{ "main could not even detach", KIND_OOM, PRESUMED, OOM_HEAP, "the Java heap is full",
	  F(EXIT(1), PERF_LEFT, HEAP(60)) },
	{ "exit 1, file left, but room in the heap", KIND_EXIT, CONFIRMED, 0, "exit code 1.",
	  F(EXIT(1), PERF_LEFT, HEAP(20)) },
	{ "it went on after the dump", KIND_EXIT, CONFIRMED, 0, "had run out of memory before",
	  F(EXIT(7), PERF_GONE, DUMP) },
	{ "it went on and ended well", KIND_NONE, CONFIRMED, 0, "had run out of memory before",
	  F(EXIT(0), PERF_GONE, DUMP) },
	{ "it went on until it was stopped", KIND_NONE, CONFIRMED, 0, "had run out of memory before",
	  F(EXIT(143), STOP(SIGTERM), DUMP) },
	{ "our dump, and its own exit code", KIND_OOM, CONFIRMED, OOM_UNKNOWN,
	  "wrote a heap dump and went on; later it ended by itself with exit code 7. Look into",
	  F(EXIT(7), PERF_GONE, OUR_DUMP) },
	{ "our dump, and a good end", KIND_OOM, CONFIRMED, OOM_UNKNOWN,
	  "went on; later it ended by itself with exit code 0.", F(EXIT(0), PERF_GONE, OUR_DUMP) },
	{ "our dump, and a stop", KIND_OOM, CONFIRMED, OOM_UNKNOWN,
	  "went on; later it was stopped as asked, with exit code 143.",
	  F(EXIT(143), STOP(SIGTERM), OUR_DUMP) },
	{ "our dump, and -Xrs stopped", KIND_OOM, CONFIRMED, OOM_UNKNOWN,
	  "was stopped as asked, by SIGTERM (terminated).",
	  F(SIGNALLED(SIGTERM), STOP(SIGTERM), OUR_DUMP) },
	{ "our dump, and TERM while it dumped", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "the JVM ended itself with exit code 3.",
	  F(EXIT(3), STOP(SIGTERM), EXIT_FLAG, PERF_LEFT, HEAP(63), OUR_DUMP) },
	{ "our dump, and uncaught", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "the Java heap is full (63 MiB of at most 64 MiB used); it ended with exit code 1.",
	  F(EXIT(1), PERF_LEFT, HEAP(63), OUR_DUMP) },
	{ "our dump, and a crash", KIND_CRASH, CONFIRMED, 0, "crashed",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_SIGNAL), OUR_DUMP) },
	{ "our dump, and kill -9 later", KIND_KILLED, CONFIRMED, 0,
	  "It had run out of memory before: see the heap dump.",
	  F(SIGNALLED(SIGKILL), KILLS(0, 0), OUR_DUMP) },
	{ "our dump, and KILL was needed", KIND_STOP_TIMEOUT, CONFIRMED, 0,
	  "It had run out of memory before: see the heap dump.",
	  F(SIGNALLED(SIGKILL), STOP(SIGTERM), { FACT_KILL_SENT, 1 }, OUR_DUMP) },
	{ "CrashOnOutOfMemoryError", KIND_OOM, CONFIRMED, OOM_HEAP,
	  "the Java heap is full; the JVM ended itself by SIGABRT (aborted).",
	  F(SIGNALLED(SIGABRT), CRASH_FLAG, REPORT, CAUSE(HSERR_JAVA_OOM)),
	  .message = "Java heap space",
	  .reason = "fatal error: OutOfMemory encountered: Java heap space" },
	{ "the same without a core: exit 1", KIND_OOM, CONFIRMED, OOM_METASPACE, "exit code 1",
	  F(EXIT(1), CRASH_FLAG, PERF_GONE, REPORT, CAUSE(HSERR_JAVA_OOM)), .message = "Metaspace" },
	{ "its report not read, but a dump", KIND_OOM, CONFIRMED, OOM_HEAP, "ran out of memory: ",
	  F(SIGNALLED(SIGABRT), CRASH_FLAG, REPORT, DUMP, HEAP(63)) },
	{ "the same as PID 1", KIND_OOM, CONFIRMED, OOM_UNKNOWN, "by SIGSEGV",
	  F(SIGNALLED(SIGSEGV), CRASH_FLAG, DUMP) },
	{ "the JVM's own memory", KIND_OOM, CONFIRMED, OOM_NATIVE,
	  "the system gave the JVM itself no more memory (Native memory allocation (malloc) failed to "
	  "allocate 32 bytes); it ended with exit code 1.",
	  F(EXIT(1), PERF_GONE, REPORT, CAUSE(HSERR_NATIVE_OOM)),
	  .reason = "Native memory allocation (malloc) failed to allocate 32 bytes" },
	{ "killed while it dumped", KIND_OOM, PRESUMED, OOM_HEAP,
	  "it ended by SIGKILL (killed) while it dealt with that.",
	  F(SIGNALLED(SIGKILL), EXIT_FLAG, DUMP, HEAP(63), KILLS(0, 0)) },
	{ "lost while it dumped", KIND_OOM, PRESUMED, OOM_HEAP,
	  "it ended unseen while it dealt with that.",
	  F({ FACT_LOST, 1 }, EXIT_FLAG, DUMP, HEAP(63)) },

	/* Crashes */
	{ "a fault in a library", KIND_CRASH, CONFIRMED, 0,
	  "Orders crashed: segmentation fault (SIGSEGV) in libfoo.so [problematic frame C "
	  "[libfoo.so+0x1a] do_it+0x4]. Look for a newer version of libfoo.so",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGSEGV },
	    { FACT_HSERR_SI_CODE, 1 }, { FACT_HSERR_ADDRESS, 8 }, PERF_GONE),
	  .library = "libfoo.so", .frame = "C  [libfoo.so+0x1a]  do_it+0x4" },
	{ "a fault in the JVM", KIND_CRASH, CONFIRMED, 0, "newer update of the JDK",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGBUS },
	    { FACT_HSERR_ADDRESS, 8 }),
	  .library = "libjvm.so", .frame = "V  [libjvm.so+0x12364ad]  Unsafe_PutInt+0xad" },
	{ "a fault in compiled code", KIND_CRASH, CONFIRMED, 0, "[problematic frame J 911 C1 Orders",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGILL }),
	  .frame = "J 911 C1 Orders.take(I)V (146 bytes) @ 0x7f [0x7e+0x1]" },
	{ "exit 1 without a core", KIND_CRASH, CONFIRMED, 0, "crashed: segmentation fault",
	  F(EXIT(1), PERF_GONE, REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGSEGV },
	    { FACT_HSERR_ADDRESS, 8 }) },
	{ "11 as PID 1", KIND_CRASH, CONFIRMED, 0, "crashed: segmentation fault",
	  F(SIGNALLED(SIGSEGV), REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGSEGV },
	    { FACT_HSERR_ADDRESS, 8 }) },
	{ "an internal error", KIND_CRASH, CONFIRMED, 0,
	  "internal error of the JVM (guarantee(PageArmed == 0) failed: invariant)",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_INTERNAL)),
	  .reason = "guarantee(PageArmed == 0) failed: invariant" },
	{ "kill -SEGV", KIND_CRASH, CONFIRMED, 0, "it was sent SIGSEGV (segmentation fault) from outside",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGSEGV },
	    { FACT_HSERR_SI_CODE, 0 }),
	  .reason = "sent by kill", .frame = "C  [libc.so.6+0x85f14]", .library = "libc.so.6" },
	{ "tkill, of which 8 says nothing", KIND_CRASH, CONFIRMED, 0, "from outside",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGSEGV },
	    { FACT_HSERR_SI_CODE, (uint64_t)-6 }) },
	{ "the log ends before siginfo", KIND_CRASH, CONFIRMED, 0, "crashed: segmentation fault",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGSEGV }) },
	{ "not read yet, signal 6", KIND_CRASH, CONFIRMED, 0, "left an hs_err log",
	  F(SIGNALLED(SIGABRT), REPORT) },
	{ "not read yet, exit 1", KIND_CRASH, PRESUMED, 0, "crashed, it seems",
	  F(EXIT(1), PERF_GONE, REPORT) },
	{ "not to be understood", KIND_CRASH, CONFIRMED, 0, "left an hs_err log",
	  F(SIGNALLED(SIGABRT), REPORT, CAUSE(HSERR_UNKNOWN)) },
	{ "killed in the middle of its report", KIND_CRASH, PRESUMED, 0, "crashed, it seems",
	  F(SIGNALLED(SIGKILL), STOP(SIGTERM), { FACT_KILL_SENT, 1 }, REPORT) },
	{ "abort() of native code", KIND_CRASH, PRESUMED, 0, "by SIGABRT (aborted) and left no hs_err",
	  F(SIGNALLED(SIGABRT)) },
	{ "a silent SEGV", KIND_CRASH, PRESUMED, 0, "left no hs_err log.", F(SIGNALLED(SIGSEGV)) },
	{ "a silent BUS", KIND_CRASH, PRESUMED, 0, "SIGBUS", F(SIGNALLED(SIGBUS)) },
	{ "a silent ILL", KIND_CRASH, PRESUMED, 0, "SIGILL", F(SIGNALLED(SIGILL)) },
	{ "a silent FPE", KIND_CRASH, PRESUMED, 0, "SIGFPE", F(SIGNALLED(SIGFPE)) },
	{ "a lost one that had crashed", KIND_CRASH, CONFIRMED, 0, "crashed: ",
	  F({ FACT_LOST, 1 }, REPORT, CAUSE(HSERR_SIGNAL), { FACT_HSERR_SIGNAL, SIGSEGV }) },

	/* Killed */
	{ "the container's limit", KIND_OOM_KILLER, CONFIRMED, 0,
	  "killed by the kernel's OOM killer: the container's memory limit of 512 MiB was reached. "
	  "It had 30 MiB Java heap (of at most 64 MiB). Lower -Xmx (or MaxRAMPercentage), since",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(512 * MIB), PEAK(512 * MIB), HEAP(30), PERF_LEFT) },
	{ "a heap over the limit", KIND_OOM_KILLER, CONFIRMED, 0,
	  "limit of 32 MiB was reached. It had 30 MiB Java heap (of at most 64 MiB, which is over "
	  "that limit).",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(32 * MIB), PEAK(32 * MIB), HEAP(30)) },
	{ "a heap that grew to where the rest does not fit", KIND_OOM_KILLER, CONFIRMED, 0,
	  "was reached. It had 510 MiB: 400 MiB Java heap (of at most 450 MiB) and 110 MiB beside "
	  "it. Lower -Xmx to 384 MiB (or MaxRAMPercentage likewise), or raise the limit to 576 MiB.",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(512 * MIB), PEAK(512 * MIB),
	    MEMORY(510, 400, 450)) },
	{ "no heap fits beside what it takes", KIND_OOM_KILLER, CONFIRMED, 0,
	  "beside it. Raise the limit to 160 MiB.",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(64 * MIB), PEAK(64 * MIB),
	    MEMORY(126, 64, 80)) },
	{ "memory that is not heap", KIND_OOM_KILLER, CONFIRMED, 0,
	  "It had 500 MiB: 100 MiB Java heap (of at most 128 MiB) and 400 MiB beside it. Most of it "
	  "is not heap: look for direct buffers, threads and native code",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(512 * MIB), PEAK(512 * MIB),
	    MEMORY(500, 100, 128)) },
	{ "others in the container", KIND_OOM_KILLER, CONFIRMED, 0,
	  "Other processes in the container took the rest",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(512 * MIB), PEAK(512 * MIB),
	    MEMORY(200, 150, 160)) },
	{ "more is committed than was touched", KIND_OOM_KILLER, CONFIRMED, 0,
	  "It had 300 MiB: 90 MiB Java heap (of at most 400 MiB) and 210 MiB beside it.",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(512 * MIB), PEAK(512 * MIB),
	    MEMORY(300, 400, 400), { FACT_HEAP_USED, 90 * MIB }) },
	{ "all that is known of its memory", KIND_OOM_KILLER, CONFIRMED, 0,
	  "limit of 512 MiB was reached. It had 500 MiB. Lower -Xmx",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(512 * MIB), { FACT_RSS, 500 * MIB }) },
	{ "no cgroup, and the machine's OOM killer was at work", KIND_OOM_KILLER, PRESUMED, 0,
	  "OOM killer, it seems: no memory limit of its own is known, so the machine or a group "
	  "above was out of memory. It had 300 MiB. Look for what else took memory there",
	  F(SIGNALLED(SIGKILL), HOST_KILLS(3, 4), { FACT_RSS, 300 * MIB }) },
	{ "no cgroup, and it was not", KIND_KILLED, CONFIRMED, 0, "not by the kernel's OOM killer",
	  F(SIGNALLED(SIGKILL), HOST_KILLS(3, 3)) },
	{ "the machine killed others", KIND_KILLED, CONFIRMED, 0, "not by the kernel's OOM killer",
	  F(SIGNALLED(SIGKILL), KILLS(0, 0), HOST_KILLS(3, 9)) },
	{ "a whole container that was killed", KIND_OOM_KILLER, PRESUMED, 0,
	  "was killed by the kernel's OOM killer together with its whole container, it seems: "
	  "the container's memory limit of 512 MiB was reached. It had 490 MiB: 400 MiB Java heap",
	  F({ FACT_LOST, 1 }, { FACT_KILLS_ALL, 1 }, LIMIT(512 * MIB), HOST_KILLS(0, 1),
	    MEMORY(490, 400, 450)) },
	{ "the same, with much in the page cache", KIND_OOM_KILLER, PRESUMED, 0,
	  "together with its supervisor, it seems: the container's",
	  F({ FACT_LOST, 1 }, LIMIT(512 * MIB), HOST_KILLS(0, 1), MEMORY(400, 200, 256),
	    { FACT_CGROUP_USED, 511 * MIB }) },
	{ "lost far from its limit while others were killed", KIND_KILLED, PRESUMED, 0,
	  "nobody saw the end",
	  F({ FACT_LOST, 1 }, LIMIT(512 * MIB), HOST_KILLS(0, 1), MEMORY(200, 100, 256)) },
	{ "lost at its limit while nobody was killed", KIND_KILLED, PRESUMED, 0, "nobody saw the end",
	  F({ FACT_LOST, 1 }, LIMIT(512 * MIB), HOST_KILLS(2, 2), MEMORY(500, 400, 450)) },
	{ "no peak known", KIND_OOM_KILLER, CONFIRMED, 0, "limit of 512 MiB was reached.",
	  F(SIGNALLED(SIGKILL), KILLS(4, 6), LIMIT(512 * MIB)) },
	{ "the machine", KIND_OOM_KILLER, CONFIRMED, 0, "limit of 512 MiB was not reached, so the machine",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), LIMIT(512 * MIB), PEAK(200 * MIB)) },
	{ "no limit", KIND_OOM_KILLER, CONFIRMED, 0, "no memory limit of its own is known",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1)) },
	{ "the kernel at the dump", KIND_OOM_KILLER, CONFIRMED, 0, "the kernel's OOM killer",
	  F(SIGNALLED(SIGKILL), KILLS(0, 1), EXIT_FLAG, DUMP) },
	{ "kill -9", KIND_KILLED, CONFIRMED, 0, "not by jvisor and not by the kernel's OOM killer",
	  F(SIGNALLED(SIGKILL), KILLS(3, 3), PERF_LEFT) },
	{ "kill -9, cgroup unknown", KIND_KILLED, PRESUMED, 0, "is not known",
	  F(SIGNALLED(SIGKILL), PERF_LEFT) },
	{ "a count that went back", KIND_KILLED, PRESUMED, 0, "is not known",
	  F(SIGNALLED(SIGKILL), KILLS(3, 1)) },
	{ "TERM with -Xrs, not asked for", KIND_KILLED, CONFIRMED, 0,
	  "ended from outside by SIGTERM (terminated). Look for who sent it.", F(SIGNALLED(SIGTERM)) },
	{ "USR1", KIND_KILLED, CONFIRMED, 0, "SIGUSR1", F(SIGNALLED(SIGUSR1)) },
	{ "XCPU", KIND_KILLED, CONFIRMED, 0, "SIGXCPU (CPU time limit exceeded)",
	  F(SIGNALLED(SIGXCPU)) },
	{ "nobody saw the end", KIND_KILLED, PRESUMED, 0, "together with its supervisor: nobody",
	  F({ FACT_LOST, 1 }, KILLS(0, 0)) },
	{ "nobody saw the end of a stop", KIND_KILLED, PRESUMED, 0, "while it was being stopped",
	  F({ FACT_LOST, 1 }, STOP(SIGTERM)) },
	{ "nobody saw the kernel kill it", KIND_OOM_KILLER, PRESUMED, 0,
	  "killed by the kernel's OOM killer together with its supervisor, it seems: no memory limit",
	  F({ FACT_LOST, 1 }, KILLS(0, 1)) },
	{ "nothing is known", KIND_KILLED, PRESUMED, 0, "it seems", F({ FACT_PID, 1 }) },

	/* Not started */
	{ "java is missing", KIND_START_FAILED, CONFIRMED, 0,
	  "was not started: java could not be run: No such file or directory. Check JVISOR_JAVA",
	  F({ FACT_EXEC_FAILED, ENOENT }, EXIT(127)) },
	{ "java may not be run", KIND_START_FAILED, CONFIRMED, 0, "Permission denied.",
	  F({ FACT_EXEC_FAILED, EACCES }) },
	{ "a library that is missing", KIND_START_FAILED, CONFIRMED, 0,
	  "could not be loaded and ended with exit code 127.", F(EXIT(127), PERF_NEVER) },
	{ "127 of a script", KIND_EXIT, CONFIRMED, 0, "exit code 127.", F(EXIT(127), PERF_GONE) },
	{ "an unknown option", KIND_START_FAILED, CONFIRMED, 0, "did not start: java refused",
	  F(EXIT(1), PERF_NEVER) },
	{ "an option that stands out", KIND_START_FAILED, CONFIRMED, 0,
	  "did not start: java refused its command line with exit code 1, presumably over "
	  "-Xfoo, which no JVM knows. Java's own message is in the lines above.",
	  F(EXIT(1), PERF_NEVER), .refused = "-Xfoo, which no JVM knows" },
	{ "no file since none is kept", KIND_EXIT, CONFIRMED, 0, "exit code 1.",
	  F(EXIT(1), { FACT_PERF_DATA, 0 }, { FACT_PERF_NEVER, 1 }) },
	{ "never a file, but 2", KIND_EXIT, CONFIRMED, 0, "exit code 2.", F(EXIT(2), PERF_NEVER) },
};
// clang-format on

static void decide(const struct scene *s, struct verdict *ret)
{
	struct fact_nums n = { 0 };
	struct evidence e = { .num = &n,
			      .app = "Orders",
			      .hserr_frame = s->frame,
			      .hserr_library = s->library,
			      .hserr_reason = s->reason,
			      .oom_message = s->message,
			      .refused = s->refused };

	for (unsigned i = 0; i < s->n; i++)
		fact_set(&n, s->facts[i].f, s->facts[i].v);
	verdict_decide(&e, ret);
}

static void every_case_gets_its_verdict(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		const struct scene *s = &scenes[i];
		struct verdict v;

		decide(s, &v);
		if (v.kind != s->kind || v.confidence != s->confidence || v.oom_kind != s->oom)
			fail_msg("%s: %s, %d, '%s'", s->name, kind_names[v.kind], v.confidence,
				 oom_kind_names[v.oom_kind]);
		if (!strstr(v.sentence, s->says))
			fail_msg("%s: %s", s->name, v.sentence);
	}
}

static void every_sentence_is_whole_and_names_the_program(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		struct verdict v;
		size_t len;

		decide(&scenes[i], &v);
		len = strlen(v.sentence);
		if (strncmp(v.sentence, "Orders ", 7) || v.sentence[len - 1] != '.' ||
		    len >= sizeof(v.sentence) - 1 || strstr(v.sentence, "  "))
			fail_msg("%s: %s", scenes[i].name, v.sentence);
	}
}

static void every_verdict_but_of_nothing_has_evidence(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		struct verdict v;

		decide(&scenes[i], &v);
		if (!v.n_evidence && strcmp(scenes[i].name, "nothing is known"))
			fail_msg("%s: no evidence", scenes[i].name);
		assert_true(v.n_evidence <= VERDICT_EVIDENCE);
		for (unsigned k = 0; k < v.n_evidence; k++)
			assert_true(v.evidence[k][0]);
	}
}

static const struct scene *scene(const char *name)
{
	size_t i = 0;

	while (strcmp(scenes[i].name, name)) {
		i++;
		assert_true(i < ARRAY_SIZE(scenes));
	}
	return &scenes[i];
}

static void the_evidence_has_figures_the_strongest_first(void **state)
{
	static const struct {
		const char *scene, *lines[4];
	} cases[] = {
		{ "ExitOnOutOfMemoryError",
		  { "it ended with exit code 3",
		    "its hsperfdata file stayed behind: it ended without an orderly exit",
		    "ExitOnOutOfMemoryError was in effect",
		    "Java heap at the last reading: 63 MiB of at most 64 MiB" } },
		{ "a fault in a library",
		  { "the JVM wrote an hs_err log of 48 KiB: SIGSEGV at address 0x8",
		    "problematic frame: C  [libfoo.so+0x1a]  do_it+0x4",
		    "it was ended by SIGABRT" } },
		{ "an internal error",
		  { "the JVM wrote an hs_err log of 48 KiB: guarantee(PageArmed == 0) failed: "
		    "invariant" } },
		{ "the container's limit",
		  { "the kernel's count of OOM kills in its cgroup rose from 0 to 1",
		    "it was ended by SIGKILL",
		    "memory of its cgroup: highest use 512 MiB, limit 512 MiB" } },
		{ "kill -9",
		  { "it was ended by SIGKILL",
		    "the kernel's count of OOM kills in its cgroup stayed at 3" } },
		{ "KILL was needed",
		  { "a stop was asked for by SIGTERM; jvisor sent SIGKILL when the stop timeout "
		    "was over",
		    "it was ended by SIGKILL" } },
		{ "an unknown option",
		  { "no hsperfdata file was made: it did not get past its options",
		    "it ended with exit code 1" } },
		{ "java may not be run", { "execve failed: EACCES" } },
		{ "it went on after the dump",
		  { "it ended with exit code 7",
		    "its hsperfdata file was removed: it had the time to end "
		    "itself",
		    "it wrote a heap dump of 60 MiB at an OutOfMemoryError" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct verdict v;

		decide(scene(cases[i].scene), &v);
		for (unsigned k = 0; k < 4 && cases[i].lines[k]; k++) {
			assert_true(k < v.n_evidence);
			assert_string_equal(v.evidence[k], cases[i].lines[k]);
		}
	}
}

static void texts_of_a_dying_jvm_are_made_harmless(void **state)
{
	static const char nasty[] = "V  [x\033]0;owned\007 \xc2\x9b"
				    "31m \xff\xfe\n%n%s]";
	char longest[4096];
	struct scene s = *scene("a fault in a library");
	struct verdict v;

	s.frame = nasty;
	s.reason = nasty;
	s.library = longest;
	/* two bytes each, so that a cut may fall into the middle of one */
	for (size_t i = 0; i + 1 < sizeof(longest); i += 2)
		memcpy(longest + i, "\xc3\xa9", 2);
	longest[sizeof(longest) - 2] = '\0';
	decide(&s, &v);
	for (unsigned i = 0; i <= v.n_evidence; i++) {
		struct slice rest = slice_of(i ? v.evidence[i - 1] : v.sentence);

		while (rest.len) {
			size_t n = utf8_printable(rest);

			assert_true(n > 0);
			rest = slice_skip(rest, n);
		}
	}
	assert_non_null(strstr(v.sentence, "%n%s"));
}

static void without_a_name_it_is_the_jvm(void **state)
{
	struct evidence e = { 0 };
	struct verdict v;

	verdict_decide(&e, &v);
	assert_int_equal(v.kind, KIND_KILLED);
	assert_int_equal(strncmp(v.sentence, "The JVM was killed", 18), 0);
	e.app = "";
	verdict_decide(&e, &v);
	assert_int_equal(strncmp(v.sentence, "The JVM was killed", 18), 0);
}

static void every_kind_has_a_name(void **state)
{
	for (int i = 0; i < KIND_COUNT; i++)
		assert_true(kind_names[i] && *kind_names[i]);
	for (int i = 0; i < OOM_KIND_COUNT; i++)
		assert_non_null(oom_kind_names[i]);
	assert_string_equal(kind_names[KIND_OOM_KILLER], "oom-killer");
	assert_string_equal(oom_kind_names[OOM_GC_OVERHEAD], "gc-overhead");
}

static void a_record_gives_the_same_verdict_again(void **state)
{
	_cleanup_facts_ struct facts f = { 0 };
	struct evidence e;
	struct verdict v;

	fact_set(&f.num, FACT_EXIT_CODE, 3);
	fact_set(&f.num, FACT_EXIT_ON_OOM, 1);
	fact_set(&f.num, FACT_PERF_LEFT, 1);
	assert_int_equal(facts_set_str(&f, FACT_APP, "Leak"), 0);
	assert_int_equal(facts_set_str(&f, FACT_OOM_MESSAGE, "Metaspace"), 0);
	assert_int_equal(facts_set_str(&f, FACT_HSERR_FRAME, "a"), 0);
	assert_int_equal(facts_set_str(&f, FACT_HSERR_LIBRARY, "b"), 0);
	assert_int_equal(facts_set_str(&f, FACT_HSERR_REASON, "c"), 0);
	e = verdict_evidence(&f);
	assert_string_equal(e.hserr_frame, "a");
	assert_string_equal(e.hserr_library, "b");
	assert_string_equal(e.hserr_reason, "c");
	verdict_decide(&e, &v);
	assert_int_equal(v.oom_kind, OOM_METASPACE);
	assert_int_equal(strncmp(v.sentence, "Leak ", 5), 0);

	verdict_nums(&v, &f.num);
	assert_int_equal(f.num.v[FACT_KIND], KIND_OOM);
	assert_int_equal(f.num.v[FACT_CONFIDENCE], CONFIDENCE_CONFIRMED);
	assert_int_equal(f.num.v[FACT_OOM_KIND], OOM_METASPACE);
	assert_int_equal(f.num.v[FACT_EXIT_CODE], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_gets_its_verdict),
		cmocka_unit_test(every_sentence_is_whole_and_names_the_program),
		cmocka_unit_test(every_verdict_but_of_nothing_has_evidence),
		cmocka_unit_test(the_evidence_has_figures_the_strongest_first),
		cmocka_unit_test(texts_of_a_dying_jvm_are_made_harmless),
		cmocka_unit_test(without_a_name_it_is_the_jvm),
		cmocka_unit_test(every_kind_has_a_name),
		cmocka_unit_test(a_record_gives_the_same_verdict_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
