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

static int become(const char *java, const struct privs *who, char *const argv[], char *const envp[])
{
	int code = 0;

	(void)privs_raise();
	if (who)
		code = privs_become(who);
	if (code < 0) {
		log_error("cannot become the user of [process]: %s", strerror(-code));
		return EXIT_JAVA_NOT_EXECUTABLE;
	}
	(void)execve(java, argv, envp);
	code = errno;
	log_error("cannot run %s: %s", java, strerror(code));
	return code == ENOENT ? EXIT_JAVA_NOT_FOUND : EXIT_JAVA_NOT_EXECUTABLE;
}

int through_block(struct block *b)
{
	block_fill(b, getpid(), 0);
	return become(block_str(b, b->java), &b->privs, block_vec(b, b->argv),
		      block_vec(b, b->envp));
}

int through_untouched(const char *java, const struct privs *who, char *const argv[])
{
	size_t n = 0;
	char **args;
	int status;

	while (argv[n])
		n++;
	args = calloc(n + 2, sizeof(*args));
	if (!args) {
		log_error("cannot run %s: out of memory", java);
		return EXIT_JAVA_NOT_EXECUTABLE;
	}
	args[0] = (char *)java;
	memcpy(args + 1, argv, n * sizeof(*args));
	(void)unsetenv("JVISOR_JAVA");
	(void)unsetenv("JVISOR_SET");
	(void)unsetenv("JVISOR_POLICY");
	status = become(java, who, args, environ);
	free(args);
	return status;
}

int through_disabled(char *const argv[], bool called_java, bool trust_env)
{
	const struct strv env = strv_environ();
	_cleanup_free_ char *java = NULL, *self = self_path();
	const char *how;
	struct err err = { 0 };
	int r;

	r = home_find(&(struct home_query){ .self_path = self,
					    .called_as = self_called(),
					    .called_java = called_java,
					    .env = &env,
					    .trust_env = trust_env },
		      &java, &how, &err);
	if (r) {
		log_error("%s", err.msg);
		return r == X_HOME_NOT_EXECUTABLE ? EXIT_JAVA_NOT_EXECUTABLE : EXIT_JAVA_NOT_FOUND;
	}
	return through_untouched(java, NULL, argv);
}
