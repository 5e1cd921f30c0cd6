/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key of a policy, from the one table that also reads it. For a person a text by section, for
 * a pipe one TAB-separated row a key, so that `jvisorctl check --keys | grep` finds all of it on a
 * line.
 */
#include "tool/keylist.h"

#include "base/json.h"
#include "policy/keys.h"
#include "tool/out.h"

static const char *default_text(const struct key *k)
{
	return *k->def ? k->def : "not set";
}

static void put_filled(struct strbuf *out, const char *text, const char *indent, size_t width)
{
	strbuf_puts(out, indent);
	strbuf_wrap(out, text, strlen(indent), indent, width);
}

/* Type and default, and what profiles have instead. */
static void put_type(struct strbuf *out, const struct key *k)
{
	key_describe(k, out);
	strbuf_printf(out, "; default: %s", default_text(k));
	for (int p = 0; p < PROFILE_COUNT; p++) {
		const char *value = profile_value((enum policy_profile)p, k);

		if (value)
			strbuf_printf(out, "; in profile %s: %s", profile_names[p],
				      *value ? value : "not set");
	}
}

static void put_section(const struct context *c, const struct key_section *s, struct strbuf *out)
{
	const char *bold = c->colour ? "\033[1m" : "", *plain = c->colour ? "\033[0m" : "";
	size_t width = c->width < 100 ? c->width : 100;

	strbuf_printf(out, "%s[%s]%s\n", bold, s->title, plain);
	put_filled(out, s->meaning, "  ", width);
	for (size_t i = 0; i < keys_count; i++) {
		_cleanup_strbuf_ struct strbuf type = STRBUF_INIT;
		const struct key *k = &keys[i];

		if (!slice_eq(slice_of(k->section), s->name))
			continue;
		put_type(&type, k);
		strbuf_printf(out, "\n  %s%s%s\n", bold, k->name, plain);
		put_filled(out, strbuf_str(&type), "      ", width);
		put_filled(out, k->meaning, "      ", width);
	}
	strbuf_putc(out, '\n');
}

static void put_rows(struct strbuf *out)
{
	for (size_t i = 0; i < keys_count; i++) {
		const struct key *k = &keys[i];

		strbuf_printf(out, "%s.%s\t", k->section, k->name);
		key_describe(k, out);
		strbuf_printf(out, "\t%s\t%s\n", k->def, k->meaning);
	}
}

static struct js *key_js(const struct key *k)
{
	_cleanup_strbuf_ struct strbuf type = STRBUF_INIT;
	struct js *o = js_object(), *profiles = js_object();

	key_describe(k, &type);
	js_set(o, "section", js_str(k->section));
	js_set(o, "key", js_str(k->name));
	js_set(o, "type", js_str(strbuf_str(&type)));
	js_set(o, "default", js_str(k->def));
	for (int p = 0; p < PROFILE_COUNT; p++)
		js_set_str(profiles, profile_names[p], profile_value((enum policy_profile)p, k));
	js_set(o, "profiles", profiles);
	js_set(o, "meaning", js_str(k->meaning));
	return o;
}

int keylist_print(const struct context *c)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_js_ struct js *all = js_array();

	if (c->json) {
		for (size_t i = 0; i < keys_count; i++)
			js_push(all, key_js(&keys[i]));
		return out_js(c, all);
	}
	for (size_t i = 0; c->terminal && i < key_sections_count; i++)
		put_section(c, &key_sections[i], &b);
	if (!c->terminal)
		put_rows(&b);
	return out_write(&b);
}
