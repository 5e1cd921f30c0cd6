/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/strv.h"

/* Finds the real java, in the order of the contract: JVISOR_JAVA; java.real beside ourselves;
 * [java] path, then home; called "java": the next java on PATH, then JAVA_HOME; called
 * otherwise: JAVA_HOME, then PATH. Never ourselves (same device and inode as self, links
 * followed, nor another copy of it); where one of these is ourselves in the place of a java, the
 * java.real beside it. */
struct home_query {
	const char *self_path; /* of our executable, links resolved; NULL: unknown */
	const char *called_as; /* the path that was executed, maybe a link; NULL: unknown */
	bool called_java;      /* argv[0] ends in "java" */
	const char *path;      /* [java] path; NULL: not set */
	const char *home;      /* [java] home; NULL: not set */
	const struct strv *env;
	bool trust_env; /* false with AT_SECURE: JVISOR_JAVA, JAVA_HOME, PATH and called_as are
			 * ignored (a default path is searched) */
};

enum { X_HOME_NOT_FOUND = 1, X_HOME_NOT_EXECUTABLE };

/* What whoever was to run it exits with then, as a shell does. */
enum { EXIT_JAVA_NOT_EXECUTABLE = 126, EXIT_JAVA_NOT_FOUND = 127 };

/* 0: *ret is the java to exec (free()), *ret_how says in words how it was found (static). */
int home_find(const struct home_query *q, char **ret, const char **ret_how, struct err *err);
