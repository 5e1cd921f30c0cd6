/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core_pattern, from the dead process's side: which file the kernel has written, or which handler
 * it has given the core to.
 *
 * %P, %i and %I are ids in other namespaces or of the thread that crashed, %e and %f its name (the
 * thread's, not "java"), %t a second that nobody wrote down: they match anything, and the age and
 * the owner of the file decide.
 */
#include "incident/corefile.h"

#include <errno.h>
#include <string.h>

static void put_literal(struct strbuf *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("*?[\\", s.ptr[i]))
			strbuf_putc(out, '\\');
		strbuf_putc(out, s.ptr[i]);
	}
}

static void put_number(struct strbuf *out, const struct fact_nums *n, enum fact_num f)
{
	if (n->has[f])
		strbuf_printf(out, "%llu", (unsigned long long)n->v[f]);
	else
		strbuf_putc(out, '*');
}

static void put_specifier(struct strbuf *out, char c, const struct facts *f)
{
	switch (c) {
	case '%':
		strbuf_putc(out, '%');
		break;
	case 'p':
		put_number(out, &f->num, FACT_PID);
		break;
	case 'u':
		put_number(out, &f->num, FACT_UID);
		break;
	case 'g':
		put_number(out, &f->num, FACT_GID);
		break;
	case 's':
		put_number(out, &f->num, FACT_SIGNAL);
		break;
	case 'h':
		if (f->str[FACT_HOST])
			put_literal(out, slice_of(f->str[FACT_HOST]));
		else
			strbuf_putc(out, '*');
		break;
	default:
		strbuf_putc(out, '*');
	}
}

int core_glob(struct slice pattern, bool uses_pid, const struct facts *f, struct strbuf *ret)
{
	bool has_pid = false;

	if (!slice_starts(pattern, "/")) {
		if (!f->str[FACT_CWD])
			return -ENOENT;
		put_literal(ret, slice_of(f->str[FACT_CWD]));
		strbuf_putc(ret, '/');
	}
	for (size_t i = 0; i < pattern.len; i++) {
		if (pattern.ptr[i] != '%') {
			put_literal(ret, (struct slice){ pattern.ptr + i, 1 });
		} else if (++i < pattern.len) { /* a % at the end is dropped by the kernel */
			has_pid |= pattern.ptr[i] == 'p';
			put_specifier(ret, pattern.ptr[i], f);
		}
	}
	if (uses_pid && !has_pid) {
		strbuf_putc(ret, '.');
		put_number(ret, &f->num, FACT_PID);
	}
	return strbuf_error(ret);
}

void core_handler(struct slice pattern, uint64_t pid, struct strbuf *ret)
{
	static const struct {
		const char *word, *text;
	} handlers[] = {
		{ "systemd-coredump", "systemd-coredump has the core: coredumpctl info " },
		{ "apport",
		  "apport has the core, in /var/lib/apport/coredump or /var/crash: pid " },
		{ "abrt", "abrt has the core (abrt list): pid " },
	};
	struct slice program;

	pattern = slice_trim(slice_skip(pattern, 1));
	if (!slice_next(&pattern, ' ', &program))
		program = SLICE_LIT("nobody");
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++) {
		if (slice_search(program, handlers[i].word).ptr) {
			strbuf_printf(ret, "%s%llu", handlers[i].text, (unsigned long long)pid);
			return;
		}
	}
	strbuf_printf(ret, "the kernel gave the core to %.*s (core_pattern)", SLICE_FMT(program));
}
