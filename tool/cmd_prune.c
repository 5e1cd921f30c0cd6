/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl prune: the policy's retention, now. It removes by the policy, so with a policy that is
 * refused it removes nothing. What goes is told as it goes.
 */
#include "base/log.h"
#include "incident/prune.h"
#include "policy/size.h"
#include "tool/cmd.h"
#include "tool/out.h"

struct pruning {
	const struct context *c;
	bool dry_run;
	struct js *all;
	uint64_t bytes;
	size_t n;
};

static struct retain_limits limits_of(const struct policy *p, int store)
{
	return (struct retain_limits){
		.max_total = policy_size_bytes(p->max_total, store),
		.min_free = policy_size_bytes(p->min_free, store),
		.keep_time = p->keep_time,
		.keep_count = p->keep_count,
	};
}

static void tell(void *arg, const char *id, enum retain_what what, const char *reason,
		 uint64_t bytes)
{
	struct pruning *p = arg;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	p->n++;
	p->bytes += bytes;
	if (p->c->json) {
		struct js *o = js_object();

		js_set_str(o, "id", id);
		js_set_str(o, "what", what == RETAIN_THIN ? "thin" : "remove");
		js_set_int(o, "bytes", (int64_t)bytes);
		js_set_str(o, "reason", reason);
		js_push(p->all, o);
		return;
	}
	strbuf_printf(&b, "%s%s %s (", p->dry_run ? "would be " : "",
		      what == RETAIN_THIN ? "thinned" : "removed", id);
	strbuf_size(&b, bytes);
	strbuf_printf(&b, "): %s\n", reason);
	out_write(&b);
}

static int finish(const struct pruning *p)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (p->c->json)
		return out_js(p->c, p->all);
	if (!p->c->terminal || p->c->store < 0)
		return TOOL_OK;
	strbuf_size(&b, p->bytes);
	if (p->n)
		log_notice("%zu incident%s, %s %s", p->n, p->n == 1 ? "" : "s", strbuf_str(&b),
			   p->dry_run ? "would be freed" : "freed");
	else
		log_notice("nothing to do in %s", p->c->store_path);
	return TOOL_OK;
}

int cmd_prune(struct context *c, int argc, char *argv[])
{
	int dry_run = 0, status, r = 0;
	const struct option own[] = { { "dry-run", no_argument, &dry_run, 1 }, { 0 } };
	_cleanup_js_ struct js *all = js_array();
	struct pruning p = { .c = c, .all = all };
	struct retain_limits limits;
	struct policy policy = { 0 };
	struct err err = { 0 };
	struct tool_args args;

	if (!context_options(c, argc, argv, own, &args, &status))
		return status;
	status = context_policy(c, &policy);
	if (status == TOOL_OK)
		status = context_store(c, false);
	if (status == TOOL_OK && c->store >= 0) {
		p.dry_run = dry_run;
		limits = limits_of(&policy, c->store);
		r = store_prune(c->store, &limits, dry_run, tell, &p, &err);
	}
	policy_done(&policy);
	if (status != TOOL_OK)
		return status;
	status = finish(&p);
	if (r < 0) {
		log_error("%s could not be pruned: %s", c->store_path, err.msg);
		return TOOL_FAILED;
	}
	return status;
}
