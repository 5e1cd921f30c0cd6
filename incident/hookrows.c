/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what the hooks role wrote about each hook. The file lies beside the hooks' own output, so
 * it is read as somebody else's text: bounded, and a bad line costs that line.
 */
#include "incident/hookrows.h"

#include <stdlib.h>
#include "base/file.h"
#include "base/parse.h"

enum { RESULTS_MAX = 256 * 1024, ROWS_MAX = 1000 };

enum { EVENT, NAME, STATUS, EXIT_CODE, MS, REASON, FIELD_COUNT }; /* REASON may be missing */

static bool split(struct slice line, struct slice field[static FIELD_COUNT])
{
	for (unsigned i = 0; i < REASON; i++)
		if (!slice_next(&line, '\t', &field[i]))
			return false;
	field[REASON] = line;
	return !slice_search(line, "\t").ptr;
}

static void add_row(struct incident *inc, const struct slice field[static FIELD_COUNT])
{
	_cleanup_free_ char *event = strndup(field[EVENT].ptr, field[EVENT].len);
	_cleanup_free_ char *name = strndup(field[NAME].ptr, field[NAME].len);
	_cleanup_free_ char *status = strndup(field[STATUS].ptr, field[STATUS].len);
	_cleanup_free_ char *reason = strndup(field[REASON].ptr, field[REASON].len);
	struct hook_row row = { .event = event, .name = name, .status = status, .reason = reason };

	if (!event || !name || !status || !reason)
		return;
	if (parse_i64(field[EXIT_CODE], &row.exit_code) || parse_u64(field[MS], &row.ms))
		return;
	if (row.exit_code < -1 || row.exit_code > 255 || row.ms > INT64_MAX)
		return;
	incident_add_hook(inc, &row);
}

void hook_rows_parse(struct slice text, struct incident *inc)
{
	struct slice line, field[FIELD_COUNT];

	incident_clear_hooks(inc);
	while (inc->n_hooks < ROWS_MAX && slice_next_line(&text, &line))
		if (split(line, field))
			add_row(inc, field);
}

void hook_rows_read(struct incident *inc, int dir)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_close_ int hooks = dir_open(dir, "hooks", NULL);

	if (hooks < 0)
		return;
	if (!file_read_source(hooks, "results", (uid_t)-1, RESULTS_MAX, &text, NULL))
		hook_rows_parse((struct slice){ strbuf_str(&text), text.len }, inc);
}
