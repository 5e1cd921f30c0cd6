/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns for a terminal, TAB-separated rows for everything else. Cells are cleaned as they come
 * in, so every character of theirs is whole.
 */
#include "tool/table.h"

#include <errno.h>
#include <stdlib.h>
#include "base/utf8.h"

enum {
	GAP = 2,
	CUT_MIN =
		24, /* a cut column keeps this much: rows then wrap, which is better than nothing */
};

static const char *const colour_codes[] = {
	[TABLE_PLAIN] = "",	    [TABLE_GREEN] = "\033[32m", [TABLE_YELLOW] = "\033[33m",
	[TABLE_RED] = "\033[1;31m", [TABLE_DIM] = "\033[2m",
};

void table_done(struct table *t)
{
	strv_done(&t->cells);
	strbuf_done(&t->colours);
}

void table_cell_colour(struct table *t, enum table_colour colour, const char *text)
{
	struct strbuf b = STRBUF_INIT;

	strbuf_clean(&b, slice_of(text), false);
	strv_take(&t->cells, strbuf_steal(&b));
	strbuf_putc(&t->colours, (char)colour);
}

void table_cell(struct table *t, const char *text)
{
	table_cell_colour(t, TABLE_PLAIN, text);
}

static size_t text_width(const char *text)
{
	return utf8_columns(slice_of(text));
}

static void put_padding(struct strbuf *out, size_t n)
{
	while (n--)
		strbuf_putc(out, ' ');
}

/* The text in at most room places, ending in dots where it was cut. */
static void put_cut(struct strbuf *out, const char *text, size_t room)
{
	struct slice rest = slice_of(text);

	if (text_width(text) <= room) {
		strbuf_puts(out, text);
		return;
	}
	for (size_t i = 0; i + 3 < room; i++) {
		size_t n = utf8_char(rest);

		strbuf_add(out, rest.ptr, n);
		rest = slice_skip(rest, n);
	}
	strbuf_puts(out, "...");
}

static void put_cell(const struct table *t, size_t column, size_t width, const char *text,
		     const char *colour, struct strbuf *out)
{
	size_t own = text_width(text), pad = own < width ? width - own : 0;
	bool last = column + 1 == t->n_columns;

	if (!width)
		return;
	if (t->columns[column].right)
		put_padding(out, pad);
	strbuf_puts(out, colour);
	put_cut(out, text, width);
	if (*colour)
		strbuf_puts(out, "\033[0m");
	if (!last)
		put_padding(out, GAP + (t->columns[column].right ? 0 : pad));
}

static size_t column_width(const struct table *t, size_t column)
{
	size_t width = text_width(t->columns[column].title);

	for (size_t i = column; i < t->cells.n; i += t->n_columns) {
		size_t w = text_width(t->cells.v[i]);

		width = w > width ? w : width;
	}
	return width;
}

/* Fits the columns into the terminal: spare ones go until the cut one has enough, then it takes
 * what is left. A width of 0 is a column that is not shown. */
static void measure(const struct table *t, unsigned terminal_width, size_t *width)
{
	size_t all = 0, can_cut = 0;

	for (size_t c = 0; c < t->n_columns; c++) {
		width[c] = column_width(t, c);
		all += width[c] + (c ? GAP : 0);
		if (t->columns[c].cut && width[c] > CUT_MIN)
			can_cut = width[c] - CUT_MIN;
	}
	for (size_t c = 0; c < t->n_columns && all > terminal_width + can_cut; c++)
		if (t->columns[c].spare) {
			all -= width[c] + GAP;
			width[c] = 0;
		}
	for (size_t c = 0; c < t->n_columns && all > terminal_width; c++)
		if (t->columns[c].cut) {
			size_t over = all - terminal_width;

			width[c] -= over < can_cut ? over : can_cut;
			break;
		}
}

static void format_columns(const struct table *t, struct table_style style, struct strbuf *out)
{
	size_t *width = calloc(t->n_columns, sizeof(*width));

	if (!width) {
		out->err = -ENOMEM;
		return;
	}
	measure(t, style.width, width);
	for (size_t c = 0; c < t->n_columns; c++)
		put_cell(t, c, width[c], t->columns[c].title, style.colour ? "\033[1m" : "", out);
	strbuf_putc(out, '\n');
	for (size_t i = 0; i < t->cells.n; i++) {
		size_t c = i % t->n_columns;
		const char *colour = colour_codes[(unsigned char)t->colours.buf[i]];

		put_cell(t, c, width[c], t->cells.v[i], style.colour ? colour : "", out);
		if (c + 1 == t->n_columns)
			strbuf_putc(out, '\n');
	}
	free(width);
}

void table_format(const struct table *t, struct table_style style, struct strbuf *out)
{
	if (t->cells.err || t->colours.err) {
		out->err = -ENOMEM;
		return;
	}
	if (style.terminal) {
		format_columns(t, style, out);
		return;
	}
	for (size_t i = 0; i < t->cells.n; i++) {
		strbuf_puts(out, t->cells.v[i]);
		strbuf_putc(out, (i + 1) % t->n_columns ? '\t' : '\n');
	}
}
