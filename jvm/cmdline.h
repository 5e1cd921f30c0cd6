/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "jvm/version.h"

/* The command line as the java launcher of this release reads it: argfiles expanded where the
 * launcher expands them, options told from values, the main class found. */

enum arg_role {
	ARG_LAUNCHER, /* an option that the launcher itself takes: -cp, -jar, --add-modules=x */
	ARG_VALUE,    /* the separate value of the launcher option before it */
	ARG_VM,	      /* handed to the VM: -X..., -XX:..., -D..., -ea */
	ARG_MAIN,     /* main class, jar file, module/class or source file */
	ARG_PROGRAM,  /* the program's own */
	ARG_ROLE_COUNT,
};

enum main_kind { MAIN_NONE, MAIN_CLASS, MAIN_JAR, MAIN_MODULE, MAIN_SOURCE };

struct java_arg {
	char *text;
	enum arg_role role;
	size_t index;	  /* of the original argument it stands in */
	const char *file; /* the argfile it came from (owned by the cmdline), or NULL */
	unsigned line;	  /* in that file, from 1 */
};

struct cmdline {
	struct java_arg *args; /* expanded, in order */
	size_t n;
	enum main_kind main_kind;
	size_t main;	    /* index in args of the ARG_MAIN; n when there is none */
	size_t main_option; /* index of -jar or -m or --module, else equal to main */
	bool print_only;    /* -version, --list-modules, no main class ...: exec'ed straight */
	bool without_vm;    /* -fullversion: the launcher prints, no VM reads any option */
	bool consumed; /* an argfile was a pipe: java cannot read it again, so pass these words */
	char **files;  /* names of the argfiles that were read, NULL-terminated; owned */
	struct java_arg *env; /* words of JDK_JAVA_OPTIONS, expanded; index is the word's number */
	size_t n_env;
};

void cmdline_done(struct cmdline *c);

enum {
	X_CMDLINE_JAVA_REFUSES =
		1, /* java itself will refuse this line (a missing argfile, an option
		    * that lacks its value): exec it untouched, so that java says so */
};

/* argv: the arguments behind argv[0], NULL-terminated; copied. feature 0 (unknown release) is
 * read as the newest. Reads argfiles relative to the current folder; blocks on them. */
int cmdline_parse(char *const argv[], unsigned feature, struct cmdline *ret, struct err *err);

/* The same with the words of JDK_JAVA_OPTIONS (NULL: not set), which the launcher of 9 and later
 * puts in front: they may hold an option whose value stands on the command line. They are
 * returned in ret->env, never in ret->args. */
int cmdline_parse_env(const char *jdk_java_options, char *const argv[], unsigned feature,
		      struct cmdline *ret, struct err *err);

/* The expanded words as java has to be given them to read this line again: one that starts
 * with '@' where it still expands argfiles gets a second '@'. NULL for -ENOMEM, else free(). */
char *cmdline_word(const struct cmdline *c, size_t arg, unsigned feature);

/* From argv alone, with no file read and no allocation: the line only prints something, in any
 * release (or java refuses it). False when an argfile would have to be read to know. */
bool cmdline_is_print_only(char *const argv[]);

/* The name a person gives the program: the simple name of the main class, the jar file's
 * name, the module. Written to ret, cut at size; "java" when there is no main. */
void cmdline_app(const struct cmdline *c, char *ret, size_t size);
