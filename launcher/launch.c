/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From our command line to a running JVM. Preparing parses and allocates, the supervisor holds only
 * the block: so all that preparing took is given back before the wait begins (slim.c). Preparing in
 * a fork would leave the heap untouched, but costs more than everything else jvisor does at a start
 * (doc/BENCH.md).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/log.h"
#include "jvm/cmdline.h"
#include "launcher/launch.h"
#include "launcher/options.h"
#include "launcher/prepare.h"
#include "launcher/slim.h"
#include "launcher/supervise.h"
#include "launcher/through.h"

static int launch(int argc, char *argv[], const struct options *o)
{
	int memfd = memfd_create("jvisor", MFD_CLOEXEC), r;
	struct block *b = NULL;

	r = memfd < 0 ? -errno : prepare(o, getpid(), cmdline_is_print_only(o->java_argv), memfd);
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
		slim_heap();
		r = supervise(b, argc, argv);
		return r == SUPERVISE_CANNOT
			       ? through_untouched(block_str(b, b->java), &b->privs, o->java_argv)
			       : r;
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
