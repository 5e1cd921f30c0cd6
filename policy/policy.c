/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy as values: its beginning and its end. The fields that keys.def names are set and freed
 * by that table; only what is a list of records is handled here.
 */
#include "policy/policy.h"

#include <stdlib.h>
#include "policy/keys.h"

bool policy_flag_holds(const struct policy_flag *f, unsigned feature)
{
	return !f->range.first || (feature && jvm_range_holds(f->range, feature));
}

void policy_hook_done(struct policy_hook *h)
{
	keys_done("hook", h);
	free(h->name);
	free(h->file);
	*h = (struct policy_hook){ 0 };
}

void policy_flag_done(struct policy_flag *f)
{
	free(f->name);
	free(f->value);
	free(f->file);
	*f = (struct policy_flag){ 0 };
}

void policy_done(struct policy *p)
{
	keys_done(NULL, p);
	for (size_t i = 0; i < p->n_flags; i++)
		policy_flag_done(&p->flags[i]);
	for (size_t i = 0; i < p->n_hooks; i++)
		policy_hook_done(&p->hooks[i]);
	free(p->flags);
	free(p->hooks);
	free(p->accepted);
	strv_done(&p->sources);
	strv_done(&p->overrides);
	*p = (struct policy){ 0 };
}

int policy_init(struct policy *p, enum policy_profile profile)
{
	int r;

	*p = (struct policy){ 0 };
	r = keys_init(NULL, p, NULL);
	for (size_t i = 0; !r && i < keys_count; i++) {
		const char *value = profile_value(profile, &keys[i]);

		if (value)
			r = key_set(&keys[i], p, slice_of(value), NULL);
	}
	p->profile = profile;
	if (r < 0)
		policy_done(p);
	return r;
}
