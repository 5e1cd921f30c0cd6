/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policy/plan.h"

/* A plan in the making; shared by plan.c (what is wanted), planner.c (by whose word), plan_edits.c
 * (what is done to the line) and plan_paths.c (the two flags that are paths). */
struct planner {
	const struct plan_input *in;
	struct plan *plan;
	size_t cap_edits, cap_flags;
	bool *gone; /* per setting of the line: an edit takes it off ... */
	bool *left; /* ... or it could not be taken off and is to be outvoted */
	size_t n_left;
	struct planner_index *index; /* of the line's settings by name */
	bool unlocked;		     /* -XX:+UnlockDiagnosticVMOptions has been added */
	struct strv handled;	     /* flags that have been decided */
	struct policy_flag *options; /* managed flags among the words of [java] options */
	size_t n_options;
	struct strbuf reason; /* the one that was made last */
	int err;	      /* -ENOMEM, sticky */
};

/* What somebody wants of a flag. */
struct want {
	const char *value; /* "true" and "false" for switches */
	enum flag_rule rule;
	const char *where;  /* "[oom] action", "policy.ini:12" */
	const char *reason; /* a sentence, or NULL */
};

/* A line may hold thousands of settings, and each flag that is decided asks for its own: -ENOMEM.
 */
int planner_index_make(struct planner *pl);

/* The next setting of that name that is not taken off, in the order of application; NULL. */
const struct flag_setting *planner_setting(const struct planner *pl, const char *name,
					   const struct flag_setting *after);

/* The user's setting that holds and is not taken off; NULL. */
const struct flag_setting *planner_user(const struct planner *pl, const char *name);

/* What holds in the end as far as it is planned: ours, else the user's, else otherwise. */
const char *planner_value(const struct planner *pl, const char *name, const char *otherwise);
bool planner_bool(const struct planner *pl, const char *name, bool otherwise);

/* Decides one flag: a [flags] row or [java] options word goes before the key's own wish (NULL:
 * none), the user's setting before both unless forced. Reasons are kept. */
void planner_decide(struct planner *pl, const char *name, const struct want *key);

/* The wish that holds among policy rows and the key's own, or false. */
bool planner_wish(struct planner *pl, const char *name, const struct want *key, struct want *ret,
		  struct strbuf *where);

bool planner_forbids(const struct planner *pl, const char *name);

/* A wish that is not followed: forbidden, already so, or the user's own setting goes before. A note
 * is made then. */
bool planner_yields(struct planner *pl, const char *name, const struct want *w);

/* Passes the option, in the user's place where there is one; what he set is taken off. */
struct put {
	const char *name, *text; /* text: the option */
	const char *value;
	bool value_tmpl, text_tmpl;
};

void planner_put(struct planner *pl, const struct put *put, const struct want *w);

/* Passes one more element of a list, beside the user's own. */
void planner_append(struct planner *pl, const struct put *put, const struct want *w);

/* A word in front of the user's arguments, as it is; the reason is where and why it is wanted. */
void planner_add_option(struct planner *pl, const char *name, const char *text,
			const struct want *w);

/* "-XX:+Name", "-XX:Name=value". */
void planner_option_text(const char *name, const char *value, struct strbuf *out);

void planner_note(struct planner *pl, const char *flag, const char *fmt, ...) _printf_(3, 4);
void planner_warn(struct planner *pl, const char *fmt, ...) _printf_(2, 3);

/* Whether the flag can be passed to this JVM; if not a note is made. */
bool planner_known(struct planner *pl, const char *name, const char *where);

/* "JAVA_TOOL_OPTIONS", "options.txt:3", "command line". */
void planner_origin(const struct flag_setting *s, struct strbuf *out);

/* A row of the effective flags; the texts are copied. */
void planner_add_flag(struct planner *pl, const char *name, const char *value, bool tmpl,
		      enum flag_origin origin, const char *where, const char *reason);

void planner_read_options(struct planner *pl);

/* First, before anybody asks what the user has set; and last, when it is known what is passed
 * instead: what stands where jvisor does not write is outvoted with the JVM's default. */
void planner_take_off_forbidden(struct planner *pl);
void planner_outvote_forbidden(struct planner *pl);

/* The last row of this rule that holds here (later texts win), and where it stands. */
const struct policy_flag *planner_row(const struct planner *pl, enum flag_rule rule,
				      const char *name);
void planner_row_where(const struct policy_flag *f, struct strbuf *out);
bool planner_row_holds(const struct planner *pl, const struct policy_flag *f);

/* What is already planned for the flag; NULL. */
const struct plan_flag *planner_ours(const struct planner *pl, const char *name);

/* Whether the largest heap dump fits where it will be. A note and a warning say why not; asked:
 * somebody wants it whatever comes of it, so it is a warning alone. */
bool planner_dump_fits(struct planner *pl, bool asked);

/* ErrorFile and HeapDumpPath, and where both files will be. */
void planner_error_file(struct planner *pl);
void planner_heap_dump_path(struct planner *pl);
