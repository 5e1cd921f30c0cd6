/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From our command line to a running JVM. What parses runs in a fork (see block.h), so that this
 * process stays as small as it began; where the start surely only prints, everything happens here,
 * since the exec takes the whole address space away anyhow.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/log.h"
#include "jvm/cmdline.h"
#include "launcher/launch.h"
#include "launcher/options.h"
#include "launcher/prepare.h"
#include "launcher/supervise.h"
#include "launcher/through.h"
#include "launcher/title.h"

/* In the fork: a closed stderr must not end it half-way. */
static void prepare_child(const struct options *o, pid_t jvisor, int memfd)
{
	(void)signal(SIGPIPE, SIG_IGN);
	_exit(prepare(o, jvisor, false, memfd) < 0 ? 1 : 0);
}

static int prepare_in_fork(const struct options *o, int memfd)
{
	pid_t jvisor = getpid(), pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		prepare_child(o, jvisor, memfd);
	/* ECHILD: an inherited "SIGCHLD ignored" has it reaped already; the block tells how it
	 * went. */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

static int launch(int argc, char *argv[], const struct options *o)
{
	int memfd = memfd_create("jvisor", MFD_CLOEXEC), r;
	struct block *b = NULL;

	if (memfd < 0)
		r = -errno;
	else if (cmdline_is_print_only(o->java_argv))
		r = prepare(o, getpid(), true, memfd);
	else
		r = prepare_in_fork(o, memfd);
	if (r >= 0)
		r = block_open(memfd, &b);
	if (r < 0) {
		log_error("cannot prepare the start: %s; running java without supervision",
			  strerror(-r));
		return through_disabled(o->java_argv, o->called_java, o->trust_env);
	}
	switch (b->outcome) {
	case BLOCK_EXIT:
		return b->exit_code;
	case BLOCK_STRAIGHT:
		return through_block(b);
	default:
		title_take(argc, argv);
		return supervise(b, memfd);
	}
}

int launch_main(int argc, char *argv[])
{
	struct err err = { 0 };
	struct options o;
	int status;

	log_open("jvisor", LOG_LEVEL_NOTICE, -1);
	if (options_parse(argc, argv, &o, &err) < 0) {
		log_error("%s", err.msg);
		status = 2;
	} else if (o.disabled) {
		status = through_disabled(o.java_argv, o.called_java, o.trust_env);
	} else if (o.help) {
		status = fputs(options_help, stdout) < 0 || fflush(stdout) ? 1 : 0;
	} else if (o.version) {
		status = puts("jvisor " PACKAGE_VERSION) < 0 || fflush(stdout) ? 1 : 0;
	} else if (o.explain) {
		status = prepare_explain(&o);
	} else {
		status = launch(argc, argv, &o);
	}
	options_done(&o);
	return status;
}
