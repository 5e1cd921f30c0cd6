/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl explain: the same decision as a start makes, with the same exit status when it is a
 * refusal, and nothing started. The arguments begin at the first word that is no option of ours, so
 * "explain -Xmx1g -jar app.jar" needs no "--".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include "base/clock.h"
#include "base/log.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "proc/cgroup.h"
#include "proc/place.h"
#include "tool/cmd.h"
#include "tool/out.h"

static int refusal(int outcome, const struct err *err)
{
	int status = decide_status(outcome);

	if (outcome == X_DECIDE_POLICY)
		log_error("the policy is refused: nothing would be started (exit status %d)",
			  status);
	else
		log_error("%s%s", outcome < 0 ? "nothing could be decided: " : "", err->msg);
	return status;
}

static int print(const struct context *c, const struct decision *d)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	int r = c->json ? explain_json(d, &b) : explain_text(d, c->colour, &b);

	if (r < 0) {
		log_error("the explanation could not be made: %s", strerror(-r));
		return TOOL_FAILED;
	}
	return out_write(&b);
}

int cmd_explain(struct context *c, int argc, char *argv[])
{
	_cleanup_free_ char *self = realpath("/proc/self/exe", NULL);
	struct decision decision = { 0 };
	struct decide_query query;
	struct err err = { 0 };
	struct tool_args args;
	char stamp[CLOCK_STAMP_LEN], instance[64];
	int status, r;

	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	clock_stamp(clock_real(), stamp);
	(void)snprintf(instance, sizeof(instance), "%s-%ld-0000", stamp, (long)getpid());
	query = (struct decide_query){
		.source = context_policy_source(c),
		.argv = args.v,
		.env = &c->env,
		.self_path = self,
		.trust_env = !getauxval(AT_SECURE),
		.start_stamp = stamp,
		.instance = instance,
		.memory = cgroup_memory,
		.place = place_for,
	};
	r = decide(&query, &decision, &err);
	log_hide(&decision.policy.secrets);
	diags_log(&decision.diags);
	status = r ? refusal(r, &err) : print(c, &decision);
	log_hide(NULL);
	decision_done(&decision);
	return status;
}
