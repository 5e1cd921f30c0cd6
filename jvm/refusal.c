/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What HotSpot checks of its options before anything of Java runs, as far as it can be told from
 * outside: the names of flags, numbers and ranges, more than one collector, options that no release
 * has, a jar or an agent that is not there. In the JVM's own order, so the first that is found is
 * what it stopped at.
 *
 * What one would get wrong: to say too much. A word is named only where every release from 8 to 28
 * that we know would refuse it; where nothing is found the JVM's own line stands above ours.
 */
#include "jvm/refusal.h"

#include <string.h>
#include "base/parse.h"

/* Words of the VM, whole or up to here (8 to 28). */
static const char *const vm_words[] = {
	"-agentlib:",
	"-agentpath:",
	"-client",
	"-d64",
	"-da",
	"-dsa",
	"-disableassertions",
	"-disablesystemassertions",
	"-ea",
	"-enableassertions",
	"-enablesystemassertions",
	"-esa",
	"-javaagent:",
	"-minimal",
	"-noclassgc",
	"-server",
	"-splash:",
	"-verbose",
	"-zero",
	"-D",
	"-J",
	"-Xbatch",
	"-Xboot",
	"-Xcheck",
	"-Xcomp",
	"-Xconcgc",
	"-Xconcurrentio",
	"-Xdebug",
	"-Xdiag",
	"-Xfuture",
	"-Xincgc",
	"-Xint",
	"-Xinternalversion",
	"-Xlog",
	"-Xmaxf",
	"-Xmaxjitcodesize",
	"-Xmixed",
	"-Xmn",
	"-Xms",
	"-Xmx",
	"-XMs",
	"-Xnativepath",
	"-Xnoagent",
	"-Xnoclassgc",
	"-Xprof",
	"-Xrs",
	"-Xrun",
	"-Xrt",
	"-Xshare",
	"-XshowSettings",
	"-Xss",
	"-Xsqnopause",
	"-Xusealtsigs",
	"-Xverify",
	"-XX:",
	"-Xoptimize",
	"-Xoss",
	"-Xreuse",
	"-Xeprof",
	"-Xasyncgc",
	"-Xbootclasspath",
	"-Xinternalversion",
	"-Xjcov",
	"-Xmaxe",
	"-Xmine",
	"-Xminf",
};

static const char *const sizes[] = { "-Xms", "-Xmn", "-Xss" };

static const char *const collectors[] = {
	"UseSerialGC", "UseParallelGC",	  "UseG1GC",	  "UseConcMarkSweepGC",
	"UseZGC",      "UseShenandoahGC", "UseEpsilonGC",
};

static void place(const struct flag_setting *s, struct strbuf *out)
{
	if (!s->file)
		strbuf_printf(out, " (%s)", flag_origin_names[s->origin]);
	else if (s->line)
		strbuf_printf(out, " (%s:%u)", s->file, s->line);
	else
		strbuf_printf(out, " (%s)", s->file);
}

/* What is wrong with it; NULL: nothing that shows. */
static const char *wrong_flag(const struct java_line *l, const struct jdk *jdk,
			      const struct flag_setting *s)
{
	const struct flag_def *def = flag_def_find(slice_of(s->name));
	bool word = !strcmp(s->value, "true") || !strcmp(s->value, "false");
	uint64_t size;
	int64_t n;

	if (!strcmp(s->name, "MaxHeapSize"))
		return parse_size(slice_of(s->value), &size) < 0 ? "which is no size" : NULL;
	if (!java_line_bool(l, "IgnoreUnrecognizedVMOptions", false) &&
	    !jdk_knows_flag(jdk, s->name))
		return "which this JVM does not know";
	if (!def)
		return NULL;
	if (def->type == FLAG_BOOL && !word)
		return "which is a switch (+ or -) and takes no value";
	if (def->type != FLAG_INT)
		return NULL;
	if (parse_i64(slice_of(s->value), &n) < 0)
		return "which takes a whole number";
	return (def->min || def->max) && (n < def->min || n > def->max)
		       ? "which is out of its range"
		       : NULL;
}

static bool find_flag(const struct java_line *l, const struct jdk *jdk, struct strbuf *ret)
{
	for (size_t i = 0; i < l->n_flags; i++) {
		const struct flag_setting *s = &l->flags[i];
		const char *why = wrong_flag(l, jdk, s);

		if (!why)
			continue;
		if (!strcmp(s->name, "MaxHeapSize"))
			strbuf_printf(ret, "-Xmx%s", s->value);
		else if (!strcmp(s->value, "true") || !strcmp(s->value, "false"))
			strbuf_printf(ret, "-XX:%c%s", *s->value == 't' ? '+' : '-', s->name);
		else
			strbuf_printf(ret, "-XX:%s=%s", s->name, s->value);
		place(s, ret);
		strbuf_printf(ret, ", %s", why);
		return true;
	}
	return false;
}

static bool find_two_collectors(const struct java_line *l, struct strbuf *ret)
{
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(collectors); i++) {
		if (!java_line_bool(l, collectors[i], false))
			continue;
		if (first) {
			strbuf_printf(ret, "-XX:+%s and -XX:+%s, of which only one can be", first,
				      collectors[i]);
			return true;
		}
		first = collectors[i];
	}
	return false;
}

static bool is_vm_word(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(vm_words); i++)
		if (slice_starts(slice_of(word), vm_words[i]))
			return true;
	return false;
}

static const char *wrong_word(const char *word, bool (*there)(const char *path))
{
	uint64_t size;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (slice_starts(slice_of(word), sizes[i]) &&
		    parse_size(slice_of(word + strlen(sizes[i])), &size) < 0)
			return "which is no size";
	if (slice_starts(slice_of(word), "-agentpath:")) {
		char path[4096];
		struct slice rest = slice_of(word + strlen("-agentpath:")), name;
		struct strbuf b = STRBUF_FIXED(path);

		slice_next(&rest, '=', &name);
		strbuf_slice(&b, name);
		if (!strbuf_error(&b) && !there(path))
			return "whose library is not there";
	}
	return is_vm_word(word) ? NULL : "which no JVM knows";
}

static bool find_word(const struct java_line *l, bool (*there)(const char *path),
		      struct strbuf *ret)
{
	const struct cmdline *c = &l->cmd;

	for (size_t i = 0; i < c->n; i++) {
		const char *why =
			c->args[i].role == ARG_VM ? wrong_word(c->args[i].text, there) : NULL;

		if (!why)
			continue;
		strbuf_printf(ret, "%s, %s", c->args[i].text, why);
		return true;
	}
	if (c->main_kind == MAIN_JAR && c->main < c->n && !there(c->args[c->main].text)) {
		strbuf_printf(ret, "%s, a jar that is not there", c->args[c->main].text);
		return true;
	}
	return false;
}

bool refusal_find(const struct java_line *l, const struct jdk *jdk, bool (*there)(const char *path),
		  struct strbuf *ret)
{
	return find_flag(l, jdk, ret) || find_word(l, there, ret) || find_two_collectors(l, ret);
}
