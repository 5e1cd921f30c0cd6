/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JVM flags that jvisor knows, from the one table that also decides. As keylist.c: a text for a
 * person, one TAB-separated row a flag for a pipe.
 */
#include "tool/flaglist.h"

#include "base/json.h"
#include "base/log.h"
#include "jvm/flags.h"
#include "tool/out.h"

static void put_filled(struct strbuf *out, const char *text, size_t width)
{
	strbuf_puts(out, "      ");
	strbuf_wrap(out, text, 6, "      ", width);
}

/* "all", "17+", "8u92+", "8-11": as a section of a policy names them. */
static void put_releases(struct strbuf *out, const struct flag_def *d)
{
	if (!d->first && !d->last) {
		strbuf_puts(out, "all");
		return;
	}
	strbuf_printf(out, "%u", d->first ? d->first : 8);
	if (d->first_update)
		strbuf_printf(out, "u%u", d->first_update);
	if (d->last)
		strbuf_printf(out, "-%u", d->last);
	else
		strbuf_putc(out, '+');
}

static bool has_range(const struct flag_def *d)
{
	return d->min || d->max;
}

static void put_range(struct strbuf *out, const struct flag_def *d)
{
	if (has_range(d))
		strbuf_printf(out, "%lld-%lld", (long long)d->min, (long long)d->max);
}

static void put_text(const struct context *c, const struct flag_def *d, struct strbuf *out)
{
	const char *bold = c->colour ? "\033[1m" : "", *plain = c->colour ? "\033[0m" : "";
	size_t width = c->width < 100 ? c->width : 100;
	_cleanup_strbuf_ struct strbuf kind = STRBUF_INIT;

	strbuf_printf(&kind, "%s, %s; default: %s", flag_type_names[d->type],
		      flag_category_names[d->category], *d->value ? d->value : "empty");
	if (has_range(d))
		strbuf_puts(&kind, "; range: ");
	put_range(&kind, d);
	strbuf_puts(&kind, "; releases: ");
	put_releases(&kind, d);
	strbuf_printf(out, "  %s%s%s\n", bold, d->name, plain);
	put_filled(out, strbuf_str(&kind), width);
	put_filled(out, d->help, width);
	if (d->watch)
		put_filled(out, d->watch, width);
	strbuf_putc(out, '\n');
}

static void put_row(const struct flag_def *d, struct strbuf *out)
{
	strbuf_printf(out, "%s\t%s\t%s\t%s\t", d->name, flag_type_names[d->type],
		      flag_category_names[d->category], d->value);
	put_range(out, d);
	strbuf_putc(out, '\t');
	put_releases(out, d);
	strbuf_printf(out, "\t%s\t%s\n", d->help, d->watch ? d->watch : "");
}

static struct js *flag_js(const struct flag_def *d)
{
	_cleanup_strbuf_ struct strbuf releases = STRBUF_INIT;
	struct js *o = js_object();

	put_releases(&releases, d);
	js_set_str(o, "name", d->name);
	js_set_str(o, "type", flag_type_names[d->type]);
	js_set_str(o, "category", flag_category_names[d->category]);
	js_set(o, "default", js_str(d->value));
	if (has_range(d)) {
		js_set_int(o, "min", d->min);
		js_set_int(o, "max", d->max);
	}
	js_set_str(o, "releases", strbuf_str(&releases));
	js_set_str(o, "meaning", d->help);
	js_set_str(o, "watch", d->watch);
	return o;
}

int flaglist_print(const struct context *c, const char *release)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_js_ struct js *all = js_array();
	struct jvm_version v = { 0 };

	if (release && jvm_version_parse(slice_of(release), &v) < 0) {
		log_error("%s: not a release of Java; write it as 17 or 1.8.0_504", release);
		return TOOL_USAGE;
	}
	for (size_t i = 0; i < flag_defs_count; i++) {
		struct flag_def d = flag_def_at(&flag_defs[i], v.feature);

		if (release && !flag_def_in(&d, v))
			continue;
		if (c->json)
			js_push(all, flag_js(&d));
		else if (c->terminal)
			put_text(c, &d, &b);
		else
			put_row(&d, &b);
	}
	return c->json ? out_js(c, all) : out_write(&b);
}
