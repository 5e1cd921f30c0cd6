/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that knows inih, and the line reader in front of it.
 *
 * inih, as distributions build it, tells its handler no line, cuts lines at 199 bytes and section
 * names at 49, takes ':' for '=' and " ;" for a comment inside a value, and reports the first bad
 * line only. But it asks for one line at a time, so every line passes here first. It is given a
 * line only as far as the '=', which is all that it understands as we mean it; the value is taken
 * from the line itself. A line that was given and did not come back through the handler is the
 * one that inih found bad.
 */
#include "policy/ini.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>

enum { ERRORS_MAX = 100 }; /* of one text: beyond that it is no policy at all */

struct reader {
	char *at, *end; /* what is left of the text */
	unsigned line;	/* of the last physical line taken */
	const char *file;
	struct diags *diags;
	size_t errors; /* ours, in this text */

	struct ini_entry entry; /* of the line that inih has */
	struct slice shown;	/* that line */
	bool pending;		/* given to inih, not come back yet */
	bool homeless;		/* the section line was broken: its keys are left out */

	int (*fn)(void *arg, const struct ini_entry *e);
	void *arg;
	int r;
};

/* The beginning of a line, for a finding. */
#define SHOWN(s) (int)((s).len > 40 ? 40 : (s).len), (s).ptr

#define bad(rd, col, ...)                                                               \
	do {                                                                            \
		(rd)->errors++;                                                         \
		diags_add((rd)->diags, DIAG_ERROR, (rd)->file, (rd)->entry.line, (col), \
			  __VA_ARGS__);                                                 \
	} while (0)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next physical line, without its end of line. */
static bool take_line(struct reader *rd, char **ret, size_t *ret_len)
{
	size_t left = (size_t)(rd->end - rd->at), len;
	char *nl;

	if (!left)
		return false;
	nl = memchr(rd->at, '\n', left);
	len = nl ? (size_t)(nl - rd->at) : left;
	*ret = rd->at;
	rd->at = nl ? nl + 1 : rd->end;
	if (len && (*ret)[len - 1] == '\r')
		len--;
	*ret_len = len;
	rd->line++;
	return true;
}

static bool is_comment(const char *line, size_t len)
{
	while (len && is_blank(*line)) {
		line++;
		len--;
	}
	return !len || *line == '#' || *line == ';';
}

/* The next logical line: lines that end in a backslash are closed up in place. */
static bool take_logical(struct reader *rd, struct slice *ret)
{
	char *line, *more;
	size_t len, n;

	if (!take_line(rd, &line, &len))
		return false;
	rd->entry.line = rd->line;
	while (len && line[len - 1] == '\\' && !is_comment(line, len)) {
		for (len--; len && is_blank(line[len - 1]);)
			len--;
		if (!take_line(rd, &more, &n))
			break;
		for (; n && is_blank(*more); n--)
			more++;
		line[len++] = ' '; /* at the latest where the backslash was */
		memmove(line + len, more, n);
		len += n;
	}
	*ret = (struct slice){ line, len };
	return true;
}

static void section_line(struct reader *rd, struct slice line, unsigned col)
{
	ptrdiff_t close = slice_find(line, ']');
	struct slice name;

	rd->homeless = true;
	if (close < 0) {
		bad(rd, col, "%.*s: the ']' is missing; a section line is [NAME]", SHOWN(line));
		return;
	}
	name = slice_trim((struct slice){ line.ptr + 1, (size_t)close - 1 });
	if (slice_trim(slice_skip(line, (size_t)close + 1)).len) {
		bad(rd, col + (unsigned)close + 1,
		    "[%.*s]: more text behind the ']'; write the key, or a comment, on a line of "
		    "its own",
		    SHOWN(name));
		return;
	}
	if (!name.len) {
		bad(rd, col, "[]: a section without a name");
		return;
	}
	if (name.len > INI_SECTION_MAX) {
		bad(rd, col, "[%.*s...]: the name is too long, %d bytes are the most", SHOWN(name),
		    INI_SECTION_MAX);
		return;
	}
	rd->homeless = false;
	rd->entry.section = name;
	rd->entry.key = rd->entry.value = (struct slice){ NULL, 0 };
	rd->entry.key_col = col;
	rd->r = rd->fn(rd->arg, &rd->entry);
}

/* Prepares the entry of a line that should be "key = value" and writes what inih is to judge of
 * it; false where the finding is made here. */
static bool key_line(struct reader *rd, struct slice line, unsigned col, char *str, int num)
{
	ptrdiff_t equals = slice_find(line, '='), colon = slice_find(line, ':');
	struct slice key = slice_trim((struct slice){ line.ptr, equals < 0 ? 0 : (size_t)equals });
	struct slice value = slice_trim(slice_skip(line, (size_t)equals + 1));

	if (colon >= 0 && (equals < 0 || colon < equals)) {
		bad(rd, col + (unsigned)colon,
		    "'%.*s': ':' where '=' should be; write 'key = value'%s", SHOWN(line),
		    slice_starts(line, "-XX:") ? ", without the -XX:" : "");
		return false;
	}
	if (!equals) {
		bad(rd, col, "'%.*s': the key before the '=' is missing", SHOWN(line));
		return false;
	}
	if (key.len > INI_KEY_MAX) {
		bad(rd, col, "'%.*s...': the key is too long, %d bytes are the most", SHOWN(key),
		    INI_KEY_MAX);
		return false;
	}
	rd->entry.key = key;
	rd->entry.value = value;
	rd->entry.key_col = col;
	rd->entry.value_col = col + (unsigned)(value.len ? value.ptr - line.ptr : equals + 1);
	rd->shown = line;
	if (equals < 0)
		snprintf(str, (size_t)num, "%.*s", SHOWN(line));
	else
		snprintf(str, (size_t)num, "%.*s=", SLICE_FMT(key));
	return true;
}

/* inih asks for a line: the next one that it has to judge. */
static char *next_line(char *str, int num, void *stream)
{
	struct reader *rd = stream;
	struct slice line, text;
	unsigned col;

	if (rd->pending)
		bad(rd, rd->entry.key_col,
		    "'%.*s': no section, no 'key = value', no comment; a value goes on in the next "
		    "line only behind a backslash",
		    SHOWN(rd->shown));
	rd->pending = false;
	while (!rd->r && rd->errors < ERRORS_MAX && take_logical(rd, &line)) {
		if (is_comment(line.ptr, line.len))
			continue;
		text = slice_trim(line);
		col = (unsigned)(text.ptr - line.ptr) + 1;
		if (line.len > INI_LINE_MAX) {
			bad(rd, col, "'%.*s...': the line is too long, %d bytes are the most",
			    SHOWN(text), INI_LINE_MAX);
			rd->homeless |= *text.ptr == '[';
			continue;
		}
		if (*text.ptr == '[') {
			section_line(rd, text, col);
			continue;
		}
		if (rd->homeless)
			continue;
		rd->pending = key_line(rd, text, col, str, num);
		if (rd->pending)
			return str;
	}
	return NULL;
}

/* section and value are our own: inih's are cut. */
static int came_back(void *user, const char *section, const char *name, const char *value)
{
	struct reader *rd = user;

	rd->pending = false;
	if (!rd->r)
		rd->r = rd->fn(rd->arg, &rd->entry);
	return 1;
}

int ini_read(char *text, size_t len, const char *file, struct diags *diags,
	     int (*entry)(void *arg, const struct ini_entry *e), void *arg)
{
	struct reader rd = {
		.at = text,
		.end = text + len,
		.file = file,
		.diags = diags,
		.fn = entry,
		.arg = arg,
	};
	const char *nul;

	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		rd.at += 3;
	nul = len ? memchr(text, '\0', len) : NULL;
	if (nul) {
		rd.entry.line = 1;
		for (const char *c = text; c < nul; c++)
			rd.entry.line += *c == '\n';
		bad(&rd, 0, "a NUL byte: this is no text file; save it as UTF-8");
		return 0;
	}
	if (ini_parse_stream(next_line, &rd, came_back, &rd) == -2)
		return -ENOMEM;
	if (!rd.r && rd.errors >= ERRORS_MAX)
		diags_add(diags, DIAG_ERROR, file, rd.line, 0,
			  "more errors than are worth telling: the rest of the text was not read");
	return rd.r;
}
