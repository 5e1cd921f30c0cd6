/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"

/* The head of an hs_err log, JDK 8 to 28. Hostile input: parsed only by the short-lived roles. */

enum hserr_cause {
	HSERR_UNKNOWN,
	HSERR_SIGNAL,	  /* a signal in native code, Java or the VM */
	HSERR_INTERNAL,	  /* an assertion or guarantee of the VM */
	HSERR_JAVA_OOM,	  /* CrashOnOutOfMemoryError: "OutOfMemory encountered: ..." */
	HSERR_NATIVE_OOM, /* "insufficient memory for the Java Runtime Environment" */
	HSERR_CAUSE_COUNT,
};

#define HSERR_STACK 16

struct hserr {
	enum hserr_cause cause;
	int signal; /* 0: none */
	bool has_si_code;
	int si_code; /* 0 is SI_USER: somebody sent the signal */
	bool has_address;
	uint64_t address; /* si_addr */
	uint64_t pid;
	bool complete;		  /* END. was reached, or for JDK 8 the time lines */
	bool cut;		  /* the text was longer than what is looked at */
	struct slice signal_name; /* "SIGSEGV" */
	struct slice reason;	  /* fatal error, failed allocation; of a signal: "sent by kill" */
	struct slice frame;	  /* problematic frame, "V  [libjvm.so+0x...]  Unsafe_PutInt..." */
	struct slice library;	  /* "libjvm.so" of the frame, empty for Java frames */
	struct slice thread;	  /* current thread, 'JavaThread "main"' */
	struct slice jre_version; /* the "# JRE version:" text */
	struct slice vm;	  /* the "# Java VM:" text */
	struct slice core_line;	  /* what the log says of the core */
	struct slice oom_message; /* "Java heap space" for HSERR_JAVA_OOM */
	struct slice stack[HSERR_STACK]; /* native, then Java frames, as printed */
	unsigned n_stack;
};

#define HSERR_LOOK_AT (256 * 1024)

/* Always gives what could be had; false when the text is no hs_err log at all. Slices point
 * into text. */
bool hserr_parse(struct slice text, struct hserr *ret);
