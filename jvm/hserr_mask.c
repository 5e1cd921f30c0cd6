/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of an hs_err log that repeat what the user wrote, and their secrets hidden.
 *
 * A value may hold line feeds, also empty lines, and the log prints it as it is. So a part ends
 * where the JVM's own next words stand, and a line that follows a hidden value and is none of those
 * belongs to it.
 */
#include "jvm/hserr_mask.h"

enum hserr_part { PART_OTHER, PART_COMMAND, PART_VM, PART_FLAGS, PART_VARIABLES };

/* Begins of lines, and the part that they are in. */
static const struct {
	const char *text;
	enum hserr_part part;
} marks[] = {
	{ "Command Line:", PART_COMMAND },
	{ "Host:", PART_OTHER },
	{ "Time:", PART_OTHER },
	{ "---------------", PART_OTHER },
	{ "VM Arguments:", PART_VM },
	{ "jvm_args:", PART_VM },
	{ "jvm_flags:", PART_VM },
	{ "java_command:", PART_VM },
	{ "java_class_path", PART_VM },
	{ "Launcher Type:", PART_OTHER },
	{ "[Global flags]", PART_FLAGS },
	{ "Logging:", PART_OTHER },
	{ "Release file:", PART_OTHER },
	{ "Environment Variables:", PART_VARIABLES },
	{ "Active Locale:", PART_OTHER },
	{ "Signal Handlers:", PART_OTHER },
	{ "END.", PART_OTHER },
};

/* "NAME=" of a variable. */
static bool begins_variable(struct slice line)
{
	ptrdiff_t equals = slice_find(line, '=');

	for (ptrdiff_t i = 0; i < equals; i++) {
		char c = line.ptr[i];

		if (c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') &&
		    (c < '0' || c > '9'))
			return false;
	}
	return equals > 0;
}

void hserr_mask_line(struct hserr_mask *m, struct slice line, struct strbuf *out)
{
	bool begins = m->part == PART_VARIABLES && begins_variable(line);

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (slice_starts(line, marks[i].text)) {
			m->part = marks[i].part;
			begins = true;
			break;
		}
	}
	/* The flags are a list of lines; a command line is one, but for values with line feeds. */
	if (m->part == PART_FLAGS && !line.len)
		m->part = PART_OTHER;
	if (m->part == PART_OTHER || m->part == PART_FLAGS || begins)
		m->open = false;
	if (m->part == PART_OTHER)
		strbuf_slice(out, line);
	else if (m->open)
		m->open = line.len ? mask_rest(m->names, line, out) : true;
	else
		m->open = mask_text(m->names, line, out);
}
