/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which words of the command line are ours: only those that begin with --jvisor- and stand before
 * the first that does not. Behind it everything is Java's, also a word that looks like ours, since
 * it may be an argument of the program.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include "launcher/options.h"

const char options_help[] =
	"Usage: jvisor [--jvisor-OPTION...] [java's own arguments]\n"
	"Runs java with the same arguments and supervises it: when the JVM dies of memory or "
	"crashes,\n"
	"an incident folder tells why, and hook scripts run in order.\n"
	"\n"
	"  --jvisor-policy=FILE            policy file instead of /etc/jvisor/policy.ini and "
	"policy.d\n"
	"  --jvisor-set=SECTION.KEY=VALUE  override one key of the policy (repeatable)\n"
	"  --jvisor-explain[=json]         print the decided command line and why; start nothing\n"
	"  --jvisor-version                print the version\n"
	"  --jvisor-help                   print this help\n"
	"\n"
	"Environment:\n"
	"  JVISOR_POLICY, JVISOR_SET       as the options (JVISOR_SET: several, separated by ';')\n"
	"  JVISOR_JAVA                     the java to run\n"
	"  JVISOR_DISABLE=1                exec the real java untouched: the emergency switch\n"
	"\n"
	"jvisorctl lists and shows incidents, checks policies, tries hooks: see jvisorctl --help.\n"
	"Everything else is java's: see java --help.\n";

void options_done(struct options *o)
{
	strv_done(&o->set);
}

/* The value of word where it is "name=value"; NULL. */
static const char *value_of(const char *word, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(word, name, n) && word[n] == '=' ? word + n + 1 : NULL;
}

static int parse_word(const char *word, struct options *o, struct err *err)
{
	const char *value;

	if (!strcmp(word, "--jvisor-help")) {
		o->help = true;
	} else if (!strcmp(word, "--jvisor-version")) {
		o->version = true;
	} else if (!strcmp(word, "--jvisor-explain")) {
		o->explain = true;
	} else if ((value = value_of(word, "--jvisor-explain"))) {
		o->explain = true;
		o->explain_json = !strcmp(value, "json");
		if (!o->explain_json)
			return err_set(err, EINVAL, "--jvisor-explain=%s: only json is known",
				       value);
	} else if ((value = value_of(word, "--jvisor-policy"))) {
		if (!*value)
			return err_set(err, EINVAL, "--jvisor-policy= names no file");
		o->policy = value;
	} else if ((value = value_of(word, "--jvisor-set"))) {
		if (!*value)
			return err_set(err, EINVAL, "--jvisor-set= names no key");
		strv_push(&o->set, value);
	} else if (!strcmp(word, "--jvisor-policy") || !strcmp(word, "--jvisor-set")) {
		return err_set(err, EINVAL, "%s takes its value behind a '=', see --jvisor-help",
			       word);
	} else {
		return err_set(err, EINVAL, "unknown option %s, see --jvisor-help", word);
	}
	return o->set.err;
}

static bool ends_in_java(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	return !strcmp(slash ? slash + 1 : argv0, "java");
}

int options_parse(int argc, char *argv[], struct options *ret, struct err *err)
{
	int i = 1, r;

	*ret = (struct options){ .trust_env = !getauxval(AT_SECURE) };
	ret->called_java = argc > 0 && ends_in_java(argv[0]);
	if (ret->trust_env) {
		const char *disable = getenv("JVISOR_DISABLE");
		const char *policy = getenv("JVISOR_POLICY");

		ret->disabled = disable && !strcmp(disable, "1");
		ret->policy = policy && *policy ? policy : NULL;
		ret->env_set = getenv("JVISOR_SET");
	}
	for (; i < argc && !strncmp(argv[i], "--jvisor-", 9); i++) {
		r = parse_word(argv[i], ret, err);
		if (r < 0)
			return r;
	}
	ret->java_argv = argv + (i < argc ? i : argc);
	return 0;
}

struct policy_source options_source(const struct options *o)
{
	return (struct policy_source){
		.file = o->policy,
		.root = "",
		.env_set = o->env_set,
		.set = o->set.n ? &o->set : NULL,
	};
}
