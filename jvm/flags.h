/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/strv.h"
#include "jvm/cmdline.h"
#include "jvm/kind.h"

/* The managed flags (flags.def, one row each) and what the user set, over every channel. */

enum flag_type { FLAG_BOOL, FLAG_INT, FLAG_DOUBLE, FLAG_TEXT, FLAG_LIST };

/* How the JVM treats a setting: a manageable flag can also be changed later, a diagnostic one has
 * to be unlocked before it on the line, a pseudo flag is an option in the form of a flag. */
enum flag_category { FLAG_PRODUCT, FLAG_MANAGEABLE, FLAG_DIAGNOSTIC, FLAG_PSEUDO };

struct flag_def {
	const char *name;
	enum flag_type type;
	enum flag_category category;
	const char *value;	      /* the JVM's default, as it prints it */
	unsigned first, first_update; /* first release (8: since update), 0: all we know */
	unsigned last;		      /* 0: still there */
	int64_t min, max;	      /* for FLAG_INT; both 0: unchecked */
	const char *help;	      /* what it means for an operator */
	const char *watch;	      /* what to watch for, or NULL */
};

extern const struct flag_def flag_defs[];
extern const size_t flag_defs_count;
extern const char *const flag_type_names[], *const flag_category_names[];

const struct flag_def *flag_def_find(struct slice name);
bool flag_def_in(const struct flag_def *def, struct jvm_version v);

/* The row with the type, default and range that this release has (0: the first known). */
struct flag_def flag_def_at(const struct flag_def *def, unsigned feature);

/* Whether a JVM with this row takes the text; if not it would not start. "true" or "false" for a
 * switch. */
bool flag_value_fits(const struct flag_def *def, struct slice value);

/* The same for any release. */
bool flag_value_fits_some(const struct flag_def *def, struct slice value);

/* A number as the JVM takes it: "20k", "0x100". False: it is none. */
bool flag_number(const char *text, int64_t *ret);

/* The flag that is switched off where this one is switched on; NULL. */
const char *flag_clears(struct slice name);

/* The flag that this name sets in that release (0: the newest), if another one; NULL. */
const char *flag_alias(struct slice name, unsigned feature);

/* Where a setting was made, in the order the JVM applies them: the last one wins, lists are
 * concatenated in this order. */
enum flag_origin {
	ORIGIN_DEFAULT,
	ORIGIN_FLAGS_FILE, /* -XX:Flags=FILE */
	ORIGIN_JAVA_TOOL_OPTIONS,
	ORIGIN_JDK_JAVA_OPTIONS, /* 9 and later */
	ORIGIN_COMMAND_LINE,	 /* also an argfile; a VMOptionsFile stands in its place */
	ORIGIN_UNDERSCORE,	 /* _JAVA_OPTIONS */
	ORIGIN_POLICY,		 /* what the plan added; never made by flags_gather */
	ORIGIN_COUNT,
};

extern const char *const flag_origin_names[ORIGIN_COUNT]; /* "command line", "JAVA_TOOL_OPTIONS" */

/* One setting of any -XX flag (also ones without a row), in the order of application. An alias
 * (CreateMinidumpOnCrash from 9 on) has the name of the flag that it sets. */
struct flag_setting {
	char *name;  /* its block holds the value too */
	char *value; /* "true"/"false" for +/-; text otherwise */
	enum flag_origin origin;
	size_t arg;	  /* ORIGIN_COMMAND_LINE: index into cmdline.args; else the word's number */
	const char *file; /* argfile, VMOptionsFile or Flags file, borrowed from the line; NULL */
	unsigned line;
	bool is_switch; /* "+Name" or "-Name" */
	bool implied;	/* by the word that switched another flag on (CLEARS) */
	bool replaces;	/* a list: "Name:=value", which takes away what it had before ... */
	bool replaced;	/* ... as happened to this one: it is there, but does not count; so is a
			 * flag that is not unlocked */
};

/* All that decides what the JVM will be told. */
struct java_line {
	struct cmdline cmd;
	struct flag_setting *flags;
	size_t n_flags;
	char **files;		/* owned names for flag_setting.file; NULL when there is none */
	struct strv properties; /* NAME=VALUE of each -D, in the order of application */
};

void java_line_done(struct java_line *l);

/* Reads the command line and the three variables (env), and the files they name. As
 * cmdline_parse, X_CMDLINE_JAVA_REFUSES included. */
int java_line_read(char *const argv[], const struct strv *env, const struct jdk *jdk,
		   struct java_line *ret, struct err *err);

/* The setting that holds in the end; NULL: the JVM's default. For FLAG_LIST the last one. */
const struct flag_setting *java_line_flag(const struct java_line *l, const char *name);

/* The same as a truth value, otherwise where it is not set. */
bool java_line_bool(const struct java_line *l, const char *name, bool otherwise);

/* The text of -Dname=, over all channels; NULL. */
const char *java_line_property(const struct java_line *l, const char *name);
