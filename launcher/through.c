/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becoming java. The environment loses jvisor's own variables, but JVISOR_DISABLE, so that a JVM
 * started by this one decides for itself. argv[0] is the path of the java that was found, as a
 * shell would give it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "base/strv.h"
#include "jvm/home.h"
#include "launcher/self.h"
#include "launcher/through.h"

int through_exec(const char *java, char *const argv[])
{
	size_t n = 0;
	char **args;
	int code;

	while (argv[n])
		n++;
	args = calloc(n + 2, sizeof(*args));
	if (!args) {
		log_error("cannot run %s: out of memory", java);
		return 126;
	}
	args[0] = (char *)java;
	memcpy(args + 1, argv, n * sizeof(*args));
	(void)unsetenv("JVISOR_JAVA");
	(void)unsetenv("JVISOR_SET");
	(void)unsetenv("JVISOR_POLICY");
	(void)execv(java, args);
	code = errno;
	free(args);
	log_error("cannot run %s: %s", java, strerror(code));
	return code == ENOENT ? 127 : 126;
}

int through_disabled(char *const argv[], int called_java, int trust_env)
{
	extern char **environ;
	struct strv env = { .v = environ };
	_cleanup_free_ char *java = NULL, *self = self_path();
	const char *how;
	struct err err = { 0 };
	int r;

	while (environ && environ[env.n])
		env.n++;
	r = home_find(&(struct home_query){ .self_path = self,
					    .called_java = called_java,
					    .env = &env,
					    .trust_env = trust_env },
		      &java, &how, &err);
	if (r) {
		log_error("%s", err.msg);
		return r == X_HOME_NOT_EXECUTABLE ? 126 : 127;
	}
	return through_exec(java, argv);
}
