/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the head of an hs_err log: the lines that begin with '#', and the T H R E A D section.
 * Line by line, because nothing else can be relied on: the log comes from a dying process, a step
 * that fails leaves "[error occurred during error reporting ...]" anywhere (also within the head),
 * and 8, 11..24 and 25 differ in which sections exist and where blank lines are. 8 has no S U M M A
 * R Y and no END. line; its last lines are the time and the elapsed time.
 */
#include "jvm/hserr.h"

#include <limits.h>
#include <signal.h>
#include "base/macro.h"
#include "base/parse.h"

/* A deep native stack leaves room for the Java frames, which say more. */
#define NATIVE_STACK 12

#define TAIL 512 /* END. is looked for in so many last bytes */

enum section { IN_HEAD, IN_THREAD, IN_OTHER };

struct parse {
	struct hserr *h;
	bool titled;
	enum section section;
	struct slice *next; /* the head line after this one goes here */
	unsigned stack_max; /* 0: not within a list of frames */
};

/* The digits of this base (10 or 16) that s begins with; too many are no number but a 0. */
static uint64_t leading_number(struct slice s, unsigned base)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (unsigned)((c | 0x20) - 'a') + 10;
		else
			break;
		if (digit >= base)
			break;
		if (__builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, digit, &v))
			return 0;
	}
	return v;
}

/* What follows needle in s; .ptr NULL when it is not there. */
static struct slice after(struct slice s, const char *needle)
{
	struct slice at = slice_search(s, needle);

	return at.ptr ? slice_skip(at, strlen(needle)) : at;
}

static struct slice until(struct slice s, char c)
{
	ptrdiff_t at = slice_find(s, c);

	return at < 0 ? s : (struct slice){ s.ptr, (size_t)at };
}

static ptrdiff_t find_last(struct slice s, char c)
{
	const char *at = s.len ? memrchr(s.ptr, c, s.len) : NULL;

	return at ? at - s.ptr : -1;
}

static void take_pid(struct parse *p, struct slice line)
{
	p->h->pid = leading_number(after(line, ", pid="), 10);
}

static void take_title(struct parse *p, struct slice line)
{
	p->titled = true;
}

static void take_no_memory(struct parse *p, struct slice line)
{
	p->titled = true;
	p->h->cause = HSERR_NATIVE_OOM;
	p->next = &p->h->reason;
}

/* "SIGSEGV (0xb) at pc=0x00007fbff578ef14 (sent by kill), pid=5687, tid=5687" */
static void take_signal(struct parse *p, struct slice line)
{
	struct slice number = after(line, " (0x");
	struct slice sent = slice_search(line, "sent by ");
	uint64_t n = leading_number(number, 16);

	if (!number.ptr || n > (uint64_t)SIGRTMAX)
		return;
	p->h->cause = HSERR_SIGNAL;
	p->h->signal = (int)n;
	p->h->signal_name = until(line, ' ');
	p->h->reason = until(sent, ')');
	take_pid(p, line);
}

static void take_internal(struct parse *p, struct slice line)
{
	p->h->cause = HSERR_INTERNAL;
	p->next = &p->h->reason;
	take_pid(p, line);
}

static void take_frame(struct parse *p, struct slice line)
{
	p->next = &p->h->frame;
}

static void take_jre(struct parse *p, struct slice line)
{
	p->h->jre_version = slice_trim(after(line, ":"));
}

static void take_vm(struct parse *p, struct slice line)
{
	p->h->vm = slice_trim(after(line, ":"));
}

static void take_core(struct parse *p, struct slice line)
{
	p->h->core_line = line;
}

/* Lines of the head by what follows the '#' and blanks. */
static const struct {
	const char *prefix;
	void (*take)(struct parse *p, struct slice line);
} head[] = {
	{ "A fatal error has been detected by the Java Runtime", take_title },
	{ "There is insufficient memory for the Java Runtime", take_no_memory },
	{ "SIG", take_signal },
	{ "Internal Error (", take_internal },
	{ "Out of Memory Error (", take_pid },
	{ "JRE version:", take_jre },
	{ "Java VM:", take_vm },
	{ "Problematic frame:", take_frame },
	{ "Core dump w", take_core }, /* "will be written", 8: "written" */
	{ "No core dump will be written", take_core },
	{ "Failed to write core dump", take_core },
	{ "CreateCoredumpOnCrash turned off", take_core },
};

static void head_line(struct parse *p, struct slice line)
{
	line = slice_trim(slice_skip(line, 1));
	if (p->next) {
		*p->next = line;
		p->next = NULL;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(head); i++) {
		if (slice_starts(line, head[i].prefix)) {
			head[i].take(p, line);
			return;
		}
	}
}

/* 'JavaThread "main"' of 'JavaThread "main" daemon [_thread_in_vm, id=5714, stack(...)]'. A
 * thread's name may hold anything, also '[' and '"', so the last quote counts. */
static struct slice thread_name(struct slice s)
{
	ptrdiff_t quote = find_last(s, '"');

	if (quote >= 0)
		return slice_trim((struct slice){ s.ptr, (size_t)quote + 1 });
	return slice_trim(until(s, '['));
}

/* "siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x0000000000000008"; early
 * builds of 8 have '=' for the colon and blank. */
static void take_siginfo(struct hserr *h, struct slice line)
{
	struct slice code = slice_skip(after(line, "si_code"), 1);
	struct slice addr = after(after(line, "si_addr"), "0x");
	bool minus;
	uint64_t n;

	if (code.ptr) {
		code = slice_trim(code);
		minus = slice_starts(code, "-");
		n = leading_number(slice_skip(code, minus), 10);
		h->has_si_code = n <= INT_MAX;
		h->si_code = !h->has_si_code ? 0 : minus ? -(int)n : (int)n;
	}
	if (addr.ptr) {
		h->address = leading_number(addr, 16);
		h->has_address = true;
	}
}

/* "V  [libjvm.so+0x12364ad]  Unsafe_PutInt+0xad", "j  Demo.main(...)V+213", "J 911 C1 ..." */
static bool is_frame(struct slice line)
{
	return line.len > 2 && memchr("VCjJvA", line.ptr[0], 6) && line.ptr[1] == ' ';
}

static void thread_line(struct parse *p, struct slice line)
{
	if (slice_starts(line, "Current thread (")) {
		p->h->thread = thread_name(slice_trim(after(line, "):")));
	} else if (slice_starts(line, "Current thread is ")) {
		p->h->thread = slice_trim(after(line, " is "));
	} else if (slice_starts(line, "siginfo:")) {
		take_siginfo(p->h, line);
	} else if (slice_starts(line, "Native frames:")) {
		p->stack_max = NATIVE_STACK;
	} else if (slice_starts(line, "Java frames:")) {
		p->stack_max = HSERR_STACK;
	} else if (slice_starts(line, "Registers:")) {
		p->stack_max = 0;
	} else if (p->h->n_stack < p->stack_max && is_frame(line)) {
		p->h->stack[p->h->n_stack++] = line;
	}
}

/* The library of "C  [libfoo.so+0x1a]  do_it+0x4"; compiled Java frames have brackets with
 * addresses in them, and a name may hold a '+' itself. */
static struct slice frame_library(struct slice frame)
{
	struct slice inner;
	ptrdiff_t plus;

	if (!slice_starts(frame, "V ") && !slice_starts(frame, "C "))
		return (struct slice){ 0 };
	inner = until(after(frame, "["), ']');
	plus = find_last(inner, '+');
	return plus < 0 ? (struct slice){ 0 } : (struct slice){ inner.ptr, (size_t)plus };
}

static bool is_complete(struct slice text)
{
	struct slice rest = text.len > TAIL ? slice_skip(text, text.len - TAIL) : text;
	struct slice line;

	while (slice_next_line(&rest, &line)) {
		if (slice_eq(line, "END.") || slice_starts(line, "elapsed time: "))
			return true;
	}
	return false;
}

static void name_oom(struct hserr *h)
{
	struct slice message = after(h->reason, "OutOfMemory encountered: ");

	if (h->cause != HSERR_INTERNAL || !message.ptr)
		return;
	h->cause = HSERR_JAVA_OOM;
	h->oom_message = message;
}

bool hserr_parse(struct slice text, struct hserr *ret)
{
	struct slice rest = { text.ptr, text.len < HSERR_LOOK_AT ? text.len : HSERR_LOOK_AT };
	struct hserr h = { .cut = text.len > HSERR_LOOK_AT };
	struct parse p = { .h = &h };
	struct slice line;

	while (slice_next_line(&rest, &line)) {
		if (slice_starts(line, "-----")) {
			if (p.section == IN_THREAD)
				break;
			p.section = slice_search(line, "T H R E A D").ptr ? IN_THREAD : IN_OTHER;
		} else if (p.section == IN_HEAD && slice_starts(line, "#")) {
			head_line(&p, line);
		} else if (p.section == IN_THREAD) {
			thread_line(&p, line);
		}
	}
	if (!p.titled)
		return false;
	name_oom(&h);
	h.library = frame_library(h.frame);
	h.complete = is_complete(text);
	*ret = h;
	return true;
}
