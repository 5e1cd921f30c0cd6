/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of keys as the file that people edit. It is made from the rows that also read it, so
 * that it cannot promise something else.
 */
#include "policy/conf.h"

#include "policy/keys.h"

static bool of_section(const struct key *k, const struct key_section *s)
{
	return !strcmp(k->section, s->name);
}

static void comment(struct strbuf *out, const char *text)
{
	strbuf_puts(out, "# ");
	strbuf_wrap(out, text, 2, "# ", 94);
}

/* "; development: yes, container: 25s", or nothing. */
static void profiles(const struct key *k, struct strbuf *out)
{
	for (int p = 0; p < PROFILE_COUNT; p++) {
		const char *value = profile_value((enum policy_profile)p, k);

		if (value)
			strbuf_printf(out, "%s%s: %s", out->len ? ", " : "", profile_names[p],
				      *value ? value : "nothing");
	}
}

static const char conf_head[] =
	"# SPDX-License-Identifier: Apache-2.0\n"
	"#\n"
	"# /etc/jvisor/policy.ini: what jvisor does with a JVM. Every key stands here with its\n"
	"# default, commented out; the defaults are those of the profile production. Files of\n"
	"# /etc/jvisor/policy.d/*.ini are read after this one, in byte order; then JVISOR_SET, "
	"then\n"
	"# --jvisor-set. The last one that sets a key counts.\n"
	"#\n"
	"# The first '=' of a line divides key and value. Comments stand on lines of their own: in "
	"a\n"
	"# value '#' and ';' are ordinary characters, and quotes are only where it says so.\n"
	"# Indentation means nothing. A value goes on in the next line where its line ends in a\n"
	"# backslash; one blank joins the parts. Sections and keys that begin with X- are yours.\n"
	"#\n"
	"# jvisorctl check [FILE] tells every mistake; jvisorctl check --keys tells what there "
	"is.\n"
	"#\n"
	"# This file is made from policy/keys.def.\n";

static void key_conf(const struct key *k, struct strbuf *out)
{
	_cleanup_strbuf_ struct strbuf type = STRBUF_INIT, other = STRBUF_INIT;

	strbuf_puts(out, "\n");
	comment(out, k->meaning);
	key_describe(k, &type);
	profiles(k, &other);
	if (other.len)
		strbuf_printf(&type, "; %s", other.buf);
	strbuf_puts(&type, ".");
	strbuf_printf(out, "# Takes %s\n", strbuf_str(&type));
	strbuf_printf(out, "#%s =%s%s\n", k->name, *k->def ? " " : "", k->def);
}

int conf_text(struct strbuf *out)
{
	strbuf_puts(out, conf_head);
	for (size_t s = 0; s < key_sections_count; s++) {
		bool live = strcmp(key_sections[s].name, "hook") != 0;

		strbuf_puts(out, "\n\n");
		comment(out, key_sections[s].meaning);
		strbuf_printf(out, "%s[%s]\n", live ? "" : "#", key_sections[s].title);
		for (size_t i = 0; i < keys_count; i++)
			if (of_section(&keys[i], &key_sections[s]))
				key_conf(&keys[i], out);
	}
	return strbuf_error(out);
}
