/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main of the hooks role.
 *
 * Its own environment is JVISOR_* alone: what the JVM had is in the record. Its stdout is nobody's;
 * what there is to say goes to who started it, as a line per hook that did not end well.
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "proc/privs.h"
#include "proc/role.h"

enum { RECORD_MAX = 16 * 1024 * 1024 };

static void say(void *arg, const char *text)
{
	(void)arg;
	role_say(ROLE_SAYS_WARNING, text);
}

static int load(struct hook_set *ret)
{
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;
	int r = file_read_fd(ROLE_FD(0), RECORD_MAX, &record);

	return r < 0 ? r : hook_set_decode((struct slice){ strbuf_str(&record), record.len }, ret);
}

static void take_vars(struct strv *vars)
{
	for (char **e = environ; e && *e; e++)
		if (!strncmp(*e, "JVISOR_", 7))
			strv_push(vars, *e);
}

int hooks_role(int argc, char *argv[])
{
	_cleanup_(hook_set_done) struct hook_set set = { 0 };
	_cleanup_strv_ struct strv vars = STRV_INIT;
	uint64_t deadline;
	char text[128];
	int event = argc > 3 ? hook_event_find(argv[1]) : -1, r;
	bool to_stderr = argc > 4 && !strcmp(argv[4], "-");

	prctl(PR_SET_NAME, "jvisor-hooks");
	if (event < 0 || parse_u64(slice_of(argv[3]), &deadline) < 0) {
		say(NULL, "hooks were not run: the role got other arguments than it knows");
		return 1;
	}
	privs_in_force(privs_of_hooks);
	hooks_end_by(ROLE_END);
	take_vars(&vars);
	r = vars.err ? vars.err : load(&set);
	if (r >= 0)
		r = hooks_run(&set, (enum hook_event)event, argv[2], strv_argv(&vars),
			      to_stderr ? -1 : ROLE_FD(1), deadline, say, NULL);
	if (r < 0) {
		snprintf(text, sizeof(text), "the %s hooks were not run: %s", argv[1],
			 strerrordesc_np(-r));
		say(NULL, text);
	}
	return r ? 1 : 0;
}
