/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/strbuf.h"
#include "base/strv.h"

struct table_column {
	const char *title;
	bool right; /* numbers */
	bool cut;   /* may be cut where the terminal is too narrow; at most one column */
	bool spare; /* left out where even that is not enough; not the last one */
};

enum table_colour { TABLE_PLAIN, TABLE_GREEN, TABLE_YELLOW, TABLE_RED, TABLE_DIM };

/* Rows of cells. For a terminal: titles, columns, fitted to its width. Otherwise nothing but
 * the rows, cells separated by TAB, so that cut and awk can have them. */
struct table {
	const struct table_column *columns;
	size_t n_columns;
	struct strv cells;     /* row by row; already harmless */
	struct strbuf colours; /* a byte for each cell */
};

struct table_style {
	bool terminal, colour;
	unsigned width;
};

void table_done(struct table *t);
#define _cleanup_table_ _cleanup_(table_done)

/* The next cell of the row; NULL is an empty one. What could drive a terminal or break the row is
 * replaced. */
void table_cell(struct table *t, const char *text);
void table_cell_colour(struct table *t, enum table_colour colour, const char *text);

/* Appends; errors stick to out. */
void table_format(const struct table *t, struct table_style style, struct strbuf *out);
