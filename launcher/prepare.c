/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision about a start, and its outcome. All that parses, reads files and allocates before
 * the JVM runs is behind this door; what comes out is one block. A refusal is told here, so that
 * the parent only has to exit with the block's code.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "launcher/fill.h"
#include "launcher/prepare.h"
#include "launcher/rights.h"
#include "launcher/self.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "proc/cgroup.h"
#include "proc/place.h"

/* Warnings that are about the start as such. Where no policy says anything nobody asked for the
 * extras, so that one that is missing is no news for stderr. */
static void tell_warnings(const struct decision *d)
{
	if (!d->policy.sources.n && !d->policy.overrides.n)
		return;
	for (size_t i = 0; i < d->plan.warnings.n; i++)
		log_warning("%s", d->plan.warnings.v[i]);
	if (d->store_err.code && !d->straight)
		log_warning("incidents cannot be kept: %s", d->store_err.msg);
}

static int tell_refusal(int outcome, const struct decision *d, const struct err *err)
{
	if (outcome == X_DECIDE_POLICY)
		log_error("the policy is refused, nothing was started (%zu error%s)",
			  d->diags.errors, d->diags.errors == 1 ? "" : "s");
	else
		log_error("%s%s", outcome < 0 ? "cannot prepare the start: " : "", err->msg);
	return decide_status(outcome);
}

/* What a decision is made from, and the decision: they share a life. */
struct start {
	struct strv env;
	char *self;
	char stamp[CLOCK_STAMP_LEN];
	char instance[64];
	struct decision d;
	struct err err;
	int outcome;
};

static void start_done(struct start *s)
{
	log_hide(NULL);
	decision_done(&s->d);
	free(s->self);
}

static void start_decide(struct start *s, const struct options *o, pid_t jvisor, bool make)
{
	struct decide_query q;
	uint16_t random = 0;

	*s = (struct start){ .env = strv_environ(), .self = self_path() };
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint16_t)clock_mono();
	clock_stamp(clock_real(), s->stamp);
	(void)snprintf(s->instance, sizeof(s->instance), "%s-%ld-%04x", s->stamp, (long)jvisor,
		       random);
	q = (struct decide_query){
		.source = options_source(o),
		.argv = o->java_argv,
		.env = &s->env,
		.self_path = s->self,
		.called_as = self_called(),
		.called_java = o->called_java,
		.trust_env = o->trust_env,
		.make = make,
		.start_stamp = s->stamp,
		.instance = s->instance,
		.memory = cgroup_memory,
		.place = place_for,
	};
	s->outcome = decide(&q, &s->d, &s->err);
	log_hide(&s->d.policy.secrets);
}

static int write_exit(int memfd, int code)
{
	struct block_builder b;
	int r;

	block_begin(&b);
	b.head.outcome = BLOCK_EXIT;
	b.head.exit_code = code;
	r = block_finish(&b, memfd);
	block_builder_done(&b);
	return r;
}

/* What only prints may be run by anybody; a program is run by the user that the policy names. */
static int write_straight(int memfd, const struct decision *d, bool print_only)
{
	struct block_builder b;
	struct err err = { 0 };
	int r = 0;

	block_begin(&b);
	if (!print_only)
		r = rights_find(&d->policy, d->jdk.java, &b.head, &err);
	if (r < 0) {
		block_builder_done(&b);
		log_error("cannot prepare the start: %s", err.msg);
		return write_exit(memfd, 1);
	}
	b.head.outcome = BLOCK_STRAIGHT;
	b.head.java = block_add_str(&b, d->jdk.java);
	b.head.argv = block_add_vec(&b, d->jdk.java, strv_argv(&d->out.argv), d->out.tmpl);
	b.head.envp = block_add_vec(&b, NULL, strv_argv(&d->out.env), NULL);
	r = block_finish(&b, memfd);
	block_builder_done(&b);
	return r;
}

static int write_supervise(int memfd, struct start *s, const struct options *o, pid_t jvisor)
{
	const struct fill_query q = { .env = &s->env,
				      .instance = s->instance,
				      .jvisor = jvisor,
				      .called_java = o->called_java };
	struct err err = { 0 };
	int r;

	tell_warnings(&s->d);
	r = fill_block(&s->d, &q, memfd, &err);
	if (r < 0) {
		log_error("cannot prepare the start: %s", err.msg);
		r = ftruncate(memfd, 0) < 0 || lseek(memfd, 0, SEEK_SET) < 0 ? -errno
									     : write_exit(memfd, 1);
	}
	return r;
}

int prepare(const struct options *o, pid_t jvisor, bool print_only, int memfd)
{
	struct start s;
	int r;

	start_decide(&s, o, jvisor, !print_only);
	diags_log(&s.d.diags);
	if (s.outcome)
		r = write_exit(memfd, tell_refusal(s.outcome, &s.d, &s.err));
	else if (s.d.straight)
		r = write_straight(memfd, &s.d, print_only);
	else
		r = write_supervise(memfd, &s, o, jvisor);
	start_done(&s);
	return r;
}

int prepare_explain(const struct options *o)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct start s;
	int status = 0, r;

	start_decide(&s, o, getpid(), false);
	diags_log(&s.d.diags);
	if (s.outcome) {
		status = tell_refusal(s.outcome, &s.d, &s.err);
	} else {
		r = o->explain_json ? explain_json(&s.d, &out)
				    : explain_text(&s.d, isatty(STDOUT_FILENO), &out);
		if (r >= 0)
			r = file_write_all(STDOUT_FILENO, strbuf_str(&out), out.len);
		if (r < 0) {
			log_error("cannot print the explanation: %s", strerror(-r));
			status = 1;
		}
	}
	start_done(&s);
	return status;
}
