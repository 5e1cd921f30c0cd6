/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy's hooks as the hooks layer wants them, which does not know the policy. Its texts are
 * borrowed from the policy, so hook_set_done, which frees them, is not for this set.
 */
#include "tool/hookset.h"

#include <errno.h>
#include <stdlib.h>
#include "proc/privs.h"

static struct hook_section section_of(const struct policy_hook *h)
{
	return (struct hook_section){
		.name = h->name,
		.run = h->run,
		.user = h->user,
		.event = (enum hook_event)hook_event_find(h->event),
		.order = (unsigned)h->order,
		.timeout = h->timeout,
		.shell = h->shell,
		.stop_on_failure = h->on_failure == FAILURE_STOP,
		.env = &h->env,
	};
}

int hookset_make(const struct context *c, const struct policy *p, struct hook_set *ret,
		 struct err *err)
{
	struct hook_set s = { .dir = p->hooks_dir, .uid = geteuid(), .gid = getegid() };
	struct privs privs = { 0 };
	int r = 0;

	if (p->user || p->group)
		r = privs_find("", p->user, p->group, &privs, err);
	if (r < 0)
		return r;
	if (privs.change) {
		s.uid = privs.uid;
		s.gid = privs.gid;
	}
	s.sections = p->n_hooks ? calloc(p->n_hooks, sizeof(*s.sections)) : NULL;
	s.cwd = p->chdir ? realpath(p->chdir, NULL) : getcwd(NULL, 0);
	if ((p->n_hooks && !s.sections) || hook_env(c->env.v, &s.env) < 0) {
		hookset_done(&s);
		return err_set(err, ENOMEM, "out of memory");
	}
	for (; s.n_sections < p->n_hooks; s.n_sections++)
		s.sections[s.n_sections] = section_of(&p->hooks[s.n_sections]);
	*ret = s;
	return 0;
}

void hookset_done(struct hook_set *s)
{
	free(s->sections);
	free(s->cwd);
	strv_done(&s->env);
	*s = (struct hook_set){ 0 };
}
