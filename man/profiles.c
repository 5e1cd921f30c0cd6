/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The profiles as a part of jvisor.ini(5). The flags are those of a real plan, for a command line
 * that says nothing and each release that was tried, so that the page cannot promise something
 * else.
 */
#include <errno.h>
#include <stdlib.h>
#include "man/parts.h"
#include "policy/keys.h"
#include "policy/plan.h"

static const unsigned char releases[] = { 8, 11, 17, 21, 25, 26, 27, 28 };

static bool no_file(const char *path)
{
	return false;
}

static struct dir_room no_disk(const char *path)
{
	return (struct dir_room){ .free = UINT64_MAX };
}

static int from_table(const struct jdk *jdk, const char *flag)
{
	const struct flag_def *def = flag_def_find(slice_of(flag));

	return def && flag_def_in(def, jdk->version);
}

/* The plan's paths begin with words that stand for folders; "%p" is as the JVM would get it. */
static void put_option(const struct edit *e, struct strbuf *out)
{
	if (out->len)
		strbuf_putc(out, '\n');
	strbuf_puts(out, e->text);
}

/* The options that the profile's plan adds in this release, one a line; *ret_core: a core is to be
 * written. */
static int options_of(const struct policy *p, unsigned release, bool piped, struct strbuf *out,
		      bool *ret_core)
{
	char *argv[] = { (char *)(uintptr_t) "Main", NULL };
	const struct strv env = STRV_INIT;
	const struct path_vars vars = { .env = &env };
	struct jdk jdk = {
		.kind = JVM_HOTSPOT,
		.observed = true,
		/* 8u92 and later are as the last one. */
		.version = { .feature = release, .update = UINT16_MAX },
	};
	struct java_line line = { 0 };
	struct plan plan = { 0 };
	const struct plan_input in = {
		.policy = p,
		.line = &line,
		.jdk = &jdk,
		.run_dir = "DIR/.run/START",
		.vars = &vars,
		.cwd = "/",
		.core_piped = piped,
		.taken = no_file,
		.is_dir = no_file,
		.disk = no_disk,
		.knows_flag = from_table,
	};
	struct err err = { 0 };
	int r = java_line_read(argv, &env, &jdk, &line, &err);

	if (!r)
		r = plan_make(&in, &plan, &err);
	for (size_t i = 0; !r && i < plan.n_edits; i++)
		if (plan.edits[i].kind == EDIT_ADD)
			put_option(&plan.edits[i], out);
	*ret_core = plan.core_wanted;
	plan_done(&plan);
	java_line_done(&line);
	return r ? -EINVAL : strbuf_error(out);
}

static void put_options(struct strbuf *out, unsigned from, unsigned to, const char *options)
{
	struct slice rest = slice_of(options), option;

	strbuf_printf(out, from == to ? ".It JDK %u\n" : ".It JDK %u to %u\n", from, to);
	if (!rest.len)
		strbuf_puts(out, "none\n");
	for (bool first = true; slice_next_line(&rest, &option); first = false) {
		strbuf_puts(out, first ? "" : ".br\n");
		strbuf_printf(out, ".Ql %.*s\n", SLICE_FMT(option));
	}
}

/* Releases that get the same stand together. */
static int put_flags(struct strbuf *out, const struct policy *p, bool *ret_core)
{
	_cleanup_strbuf_ struct strbuf before = STRBUF_INIT;
	unsigned from = releases[0], to = from;

	strbuf_puts(out, ".Pp\nJVM flags, where the command line says nothing:\n"
			 ".Bl -tag -width Ds -compact\n");
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		_cleanup_strbuf_ struct strbuf now = STRBUF_INIT;
		int r = options_of(p, releases[i], false, &now, ret_core);

		if (r < 0)
			return r;
		if (i && strcmp(strbuf_str(&now), strbuf_str(&before)) != 0) {
			put_options(out, from, to, strbuf_str(&before));
			from = releases[i];
		}
		to = releases[i];
		strbuf_reset(&before);
		strbuf_puts(&before, strbuf_str(&now));
	}
	put_options(out, from, to, strbuf_str(&before));
	strbuf_puts(out, ".El\n");
	return 0;
}

/* What comes with a core_pattern that is a pipe, whose handler a limit does not stop. */
static int put_piped(struct strbuf *out, const struct policy *p)
{
	_cleanup_strbuf_ struct strbuf plain = STRBUF_INIT, piped = STRBUF_INIT;
	struct slice rest, option;
	bool core;
	int r = options_of(p, 17, false, &plain, &core);

	if (!r)
		r = options_of(p, 17, true, &piped, &core);
	for (rest = slice_of(strbuf_str(&piped)); !r && slice_next_line(&rest, &option);) {
		_cleanup_free_ char *text = strndup(option.ptr, option.len);

		if (!text)
			return -ENOMEM;
		if (!strstr(strbuf_str(&plain), text))
			strbuf_printf(out,
				      ".Pp\nWhere the system's core_pattern is a pipe, from JDK 11 "
				      "on also\n.Ql %s .\n",
				      text);
	}
	return r;
}

/* The keys in which profiles differ, with this one's values. */
static void put_values(struct strbuf *out, enum policy_profile profile)
{
	strbuf_puts(out, ".Bd -literal -offset indent\n");
	for (size_t i = 0; i < keys_count; i++) {
		const char *value = profile_value(profile, &keys[i]);
		bool differs = false;

		for (int p = 0; p < PROFILE_COUNT; p++)
			differs |= profile_value((enum policy_profile)p, &keys[i]) != NULL;
		if (!differs)
			continue;
		value = value ? value : keys[i].def;
		strbuf_printf(out, "[%s] %s =%s%s\n", keys[i].section, keys[i].name,
			      *value ? " " : "", value);
	}
	strbuf_puts(out, ".Ed\n");
}

static int put_profile(struct strbuf *out, enum policy_profile profile)
{
	struct policy p = { 0 };
	bool core = false;
	int r = policy_init(&p, profile);

	strbuf_printf(out, ".Ss %s\n", profile_names[profile]);
	put_text(out, profile_meanings[profile]);
	put_values(out, profile);
	if (!r && profile != PROFILE_OFF)
		r = put_flags(out, &p, &core);
	if (!r && profile != PROFILE_OFF)
		r = put_piped(out, &p);
	if (!r && profile != PROFILE_OFF) {
		strbuf_puts(out, ".Pp\n");
		put_text(out, core ? "The limit on cores is raised as far as the system allows."
				   : "The limit on cores is 0, unless the user asks for one by "
				     "CreateCoredumpOnCrash.");
	}
	policy_done(&p);
	return r;
}

int put_profiles(struct strbuf *out)
{
	int r = 0;

	for (int p = 0; !r && p < PROFILE_COUNT; p++)
		r = put_profile(out, (enum policy_profile)p);
	return r;
}
