/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The refused role: after a JVM that did not get past its options, which of them it was, for the
 * supervisor, which reads no command lines. It does so without any rights: what it cannot read it
 * says nothing about. Descriptor: java, its working directory ("" for ours) and its arguments as
 * they were passed, each with its NUL. The environment is as much of the JVM's as holds options.
 */
#include "launcher/refused.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/file.h"
#include "jvm/refusal.h"
#include "proc/privs.h"
#include "proc/role.h"

enum { WORDS_BYTES = 4 * 1024 * 1024 };

/* What nobody may look at can be there. */
static bool there(const char *path)
{
	return access(path, F_OK) == 0 || errno != ENOENT;
}

static void find(char *const argv[], const struct strv *env, const struct jdk *jdk,
		 struct strbuf *ret)
{
	struct java_line line = { 0 };
	struct err err = { 0 };

	/* That java would refuse it for a file that cannot be read was no case when it was started.
	 */
	if (java_line_read(argv, env, jdk, &line, &err) == 0)
		(void)refusal_find(&line, jdk, there, ret);
	java_line_done(&line);
}

int refused_role(int argc, char *argv[])
{
	_cleanup_strbuf_ struct strbuf words = STRBUF_INIT;
	_cleanup_strv_ struct strv args = STRV_INIT;
	const struct strv env = strv_environ();
	char text[REFUSED_MAX];
	struct strbuf found = STRBUF_FIXED(text);
	struct err err = { 0 };
	struct jdk jdk = { 0 };

	(void)argc;
	(void)argv;
	if (file_read_fd(ROLE_FD(0), WORDS_BYTES, &words) < 0)
		return 1;
	for (size_t at = 0; at < words.len; at += strlen(words.buf + at) + 1)
		strv_push(&args, words.buf + at);
	if (args.err || args.n < 2 || (*args.v[1] && chdir(args.v[1]) < 0))
		return 1;
	(void)privs_drop_all();
	if (jdk_identify(args.v[0], &jdk, &err) < 0)
		return 1;
	find(strv_argv(&args) + 2, &env, &jdk, &found);
	jdk_done(&jdk);
	if (found.len)
		role_say(ROLE_SAYS_REFUSED, text);
	return 0;
}
