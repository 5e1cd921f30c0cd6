/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the JVM will be, and what it and we may do: the [process] section into numbers.
 *
 * The rule is that nothing changes for a JVM that stays who we are and names no capabilities: it is
 * started as java would be. A JVM of another user, or one with keep_caps, gets a bounding set, and
 * then so do we and all our helpers. A hook with a user of its own may be root's and may need
 * anything: for its sake the helpers' set stays whole.
 */
#include "launcher/rights.h"

#include <unistd.h>
#include "base/log.h"
#include "base/macro.h"
#include "base/parse.h"

static bool any_hook_has_a_user(const struct policy *p)
{
	for (size_t i = 0; i < p->n_hooks; i++)
		if (p->hooks[i].user)
			return true;
	return false;
}

static uint64_t caps_of(uint64_t key)
{
	return key == CAPS_ALL ? PRIVS_ALL : key & ~CAPS_GIVEN;
}

/* What the JVM and what it starts may have. */
static void set_jvm_caps(const struct policy *p, const char *java, struct privs *jvm)
{
	bool limited = (p->keep_caps || jvm->change) && p->keep_caps != CAPS_ALL;

	jvm->ambient = caps_of(p->ambient_caps);
	jvm->no_new_privs = p->no_new_privs;
	if (!limited)
		return;
	/* A java with file capabilities that it cannot have is not executed at all (EPERM). */
	jvm->denied = ~(caps_of(p->keep_caps) | jvm->ambient | privs_caps_of_file(java));
	jvm->no_root = jvm->change && jvm->uid != 0;
}

static void set_own_caps(const struct policy *p, struct block *b)
{
	const struct privs *jvm = &b->privs;
	bool limits = b->n_limits || b->oom_score_set;

	b->own_caps = privs_of_supervisor | jvm->ambient | (limits ? privs_for_limits : 0);
	b->own_bound = PRIVS_ALL;
	if (!jvm->denied || any_hook_has_a_user(p))
		return;
	b->own_caps |= ~jvm->denied;
	b->own_bound = b->own_caps;
}

/* Of uid 0 no exec brings back less than all. */
static uint64_t missing(uint64_t wanted, const struct privs_own *own)
{
	return wanted == PRIVS_ALL ? 0 : wanted & ~own->permitted;
}

static void tell_caps(const char *key, uint64_t caps, const char *what)
{
	char text[512];
	struct strbuf names = STRBUF_FIXED(text);

	capability_list(caps, &names);
	if (caps)
		log_warning("[process] %s: %s: %s", key, strbuf_str(&names), what);
}

static void tell_what_is_missing(const struct policy *p, const struct privs *jvm)
{
	struct privs_own own;

	if (!jvm->change && !p->keep_caps && !p->ambient_caps)
		return;
	privs_own(&own);
	if (jvm->uid != 0)
		tell_caps("ambient_caps", missing(jvm->ambient, &own),
			  "jvisor has it not to give; the JVM runs without");
	if (jvm->change && geteuid() != jvm->uid)
		tell_caps("user", missing(privs_of_supervisor_in_force, &own),
			  "jvisor has it not, which signals to another user's JVM, or looking at "
			  "what it left, need");
	if (p->keep_caps && own.bounding & jvm->denied && missing(privs_to_shrink, &own))
		log_warning(
			"[process] keep_caps: jvisor has not the capability setpcap, so nothing "
			"is taken from the bounding set");
}

static void set_limits(const struct policy *p, struct block *b)
{
	for (unsigned i = 0; i < ARRAY_SIZE(p->limits); i++) {
		const struct policy_limit *l = &p->limits[i];

		if (!l->given)
			continue;
		b->limits[b->n_limits++] = (struct child_limit){
			.which = (int)i,
			.value = { .rlim_cur = l->soft, .rlim_max = l->hard },
		};
	}
	b->oom_score_set = p->oom_score_adj != INT64_MAX;
	b->oom_score = b->oom_score_set ? (int)p->oom_score_adj : 0;
}

int rights_find(const struct policy *p, const char *java, struct block *b, struct err *err)
{
	int r = 0;

	b->privs = (struct privs){ .uid = geteuid(), .gid = getegid() };
	if (p->user || p->group)
		r = privs_find("", p->user, p->group, &b->privs, err);
	if (r < 0)
		return r;
	set_jvm_caps(p, java, &b->privs);
	set_limits(p, b);
	set_own_caps(p, b);
	tell_what_is_missing(p, &b->privs);
	return 0;
}

static const char *const limit_names[] = {
	[RLIMIT_AS] = "as",
	[RLIMIT_CORE] = "core",
	[RLIMIT_CPU] = "cpu",
	[RLIMIT_DATA] = "data",
	[RLIMIT_FSIZE] = "fsize",
	[RLIMIT_LOCKS] = "locks",
	[RLIMIT_MEMLOCK] = "memlock",
	[RLIMIT_MSGQUEUE] = "msgqueue",
	[RLIMIT_NICE] = "nice",
	[RLIMIT_NOFILE] = "nofile",
	[RLIMIT_NPROC] = "nproc",
	[RLIMIT_RSS] = "rss",
	[RLIMIT_RTPRIO] = "rtprio",
	[RLIMIT_RTTIME] = "rttime",
	[RLIMIT_SIGPENDING] = "sigpending",
	[RLIMIT_STACK] = "stack",
};
_Static_assert(ARRAY_SIZE(limit_names) == RLIM_NLIMITS, "a name for each limit");

void rights_tell_missed(const struct block *b, unsigned missed)
{
	for (unsigned i = 0; i < b->n_limits; i++)
		if (missed & 1u << i)
			log_warning("[process] rlimit_%s: it is above the hard limit that jvisor "
				    "has, and the capability sys_resource is missing; the JVM runs "
				    "with what could be had",
				    limit_names[b->limits[i].which]);
	if (missed & CHILD_MISSED_SCORE)
		log_warning(
			"[process] oom_score_adj: it could not be set to %d; less than jvisor's "
			"own needs the capability sys_resource",
			b->oom_score);
}
