/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands of jvisorctl share: the common options, the policy, the store, and what kind of
 * thing stdout is.
 *
 * --dir opens the folder as it is named, without the rules of a start (own uid, no link): whoever
 * names a folder wants to read that one, and root reads the stores of others.
 */
#include "tool/context.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include "base/log.h"
#include "base/parse.h"
#include "incident/store.h"
#include "policy/storedir.h"
#include "tool/cmd.h"
#include "tool/out.h"

enum { OPTIONS_MAX = 12 };

/* Above every character, so that getopt's optopt tells a long option from a short one. */
enum { OPT_DIR = 256, OPT_JSON, OPT_POLICY, OPT_SET };

static const struct option common_options[] = {
	{ "dir", required_argument, NULL, OPT_DIR },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "set", required_argument, NULL, OPT_SET },
};

void context_init(struct context *c)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	struct winsize size;

	*c = (struct context){
		.env = strv_environ(),
		.store = -1,
		.width = 80,
		.terminal = isatty(STDOUT_FILENO),
	};
	if (c->terminal && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		c->width = size.ws_col;
	c->colour = c->terminal && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
}

void context_done(struct context *c)
{
	strv_done(&c->set);
	free(c->store_path);
	close_fd(&c->store);
}

static void unknown_option(const char *word, const struct option *options)
{
	const char *names[OPTIONS_MAX], *near;
	struct slice name = slice_of(word);
	ptrdiff_t equals;
	size_t n = 0;

	if (optopt > ' ' && optopt < OPT_DIR) { /* perhaps in the middle of its word */
		log_error("no such option: -%c", optopt);
		return;
	}
	while (name.len && *name.ptr == '-')
		name = slice_skip(name, 1);
	equals = slice_find(name, '=');
	if (equals >= 0)
		name.len = (size_t)equals;
	for (; options->name; options++)
		names[n++] = options->name;
	near = parse_nearest(name, names, n);
	if (near)
		log_error("no such option: %s; did you mean --%s?", word, near);
	else
		log_error("no such option: %s", word);
}

static int show_help(const struct context *c)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	if (c->cmd)
		cmd_help_one(c->cmd, &b);
	else
		cmd_help_all(&b);
	return out_write(&b);
}

/* One option that getopt_long found; false: it ends the command. */
static bool take_option(struct context *c, int opt, int *ret_status)
{
	switch (opt) {
	case OPT_DIR:
		c->dir = optarg;
		return true;
	case OPT_POLICY:
		c->policy_file = optarg;
		return true;
	case OPT_SET:
		strv_push(&c->set, optarg);
		return true;
	case OPT_JSON:
		c->json = true;
		return true;
	default: /* 'h' */
		*ret_status = show_help(c);
		return false;
	}
}

/* how: getopt's short options, with its mode in front. unknown_ends: the first word that is no
 * option of ours ends them, and is no error. */
static bool parse(struct context *c, int argc, char *argv[], const char *how, bool unknown_ends,
		  const struct option *own, struct tool_args *ret, int *ret_status)
{
	struct option all[OPTIONS_MAX] = { 0 };
	size_t n = ARRAY_SIZE(common_options);

	memcpy(all, common_options, sizeof(common_options));
	for (; own && own->name && n + 1 < OPTIONS_MAX; own++)
		all[n++] = *own;

	optind = 0; /* glibc: begin anew, this is not the first line that is parsed */
	opterr = 0;
	for (;;) {
		int at = optind ? optind : 1, opt = getopt_long(argc, argv, how, all, NULL);

		if (opt < 0)
			break;
		if (opt == '?' && unknown_ends) {
			optind = at;
			break;
		}
		if (opt == '?' || opt == ':') {
			if (opt == '?')
				unknown_option(argv[optind - 1], all);
			else
				log_error("%s needs a value", argv[optind - 1]);
			*ret_status = TOOL_USAGE;
			return false;
		}
		if (opt && !take_option(c, opt, ret_status))
			return false;
	}
	ret->n = argc - optind;
	ret->v = argv + optind;
	return true;
}

bool context_first_options(struct context *c, int argc, char *argv[], const struct option *own,
			   struct tool_args *ret, int *ret_status)
{
	return parse(c, argc, argv, "+:h", false, own, ret, ret_status);
}

bool context_options(struct context *c, int argc, char *argv[], const struct option *own,
		     struct tool_args *ret, int *ret_status)
{
	const struct tool_cmd *cmd = c->cmd;
	bool java = cmd->flags & CMD_JAVA_ARGS;
	struct tool_args args;

	if (!parse(c, argc, argv, java ? "+:" : ":h", java, own, &args, ret_status))
		return false;
	if (args.n < cmd->least || (cmd->most >= 0 && args.n > cmd->most)) {
		log_error("%s%s%s: %s; see `jvisorctl help %s`", cmd->name, *cmd->args ? " " : "",
			  cmd->args,
			  args.n < cmd->least ? "an argument is missing" : "too many arguments",
			  cmd->name);
		*ret_status = TOOL_USAGE;
		return false;
	}
	*ret = args;
	return true;
}

struct policy_source context_policy_source(const struct context *c)
{
	const char *file = c->policy_file ? c->policy_file : secure_getenv("JVISOR_POLICY");

	return (struct policy_source){
		.file = file && *file ? file : NULL,
		.root = "",
		.env_set = secure_getenv("JVISOR_SET"),
		.set = &c->set,
	};
}

int context_policy(const struct context *c, struct policy *ret)
{
	struct policy_source source = context_policy_source(c);
	struct diags diags = { 0 };
	struct err err = { 0 };
	int r = policy_load(&source, false, ret, &diags, &err);

	diags_log(&diags);
	diags_done(&diags);
	if (r == X_POLICY_REFUSED) {
		log_error("the policy has errors, nothing was done");
		return TOOL_POLICY;
	}
	if (r < 0) {
		log_error("the policy could not be read: %s", err.msg);
		return TOOL_FAILED;
	}
	return TOOL_OK;
}

static int open_named(struct context *c)
{
	c->store = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->store >= 0)
		c->store_path = realpath(c->dir, NULL);
	if (c->store_path)
		return TOOL_OK;
	log_error("%s cannot be opened: %s", c->dir, strerror(errno));
	return TOOL_FAILED;
}

static int open_by_policy(struct context *c)
{
	struct policy_source source = context_policy_source(c);
	struct policy policy = { 0 };
	struct diags diags = { 0 };
	struct store_dir dir = { .fd = -1 };
	struct err err = { 0 };
	int status = TOOL_FAILED, r;

	r = policy_load(&source, false, &policy, &diags, &err);
	if (r == X_POLICY_REFUSED) {
		log_warning(
			"the policy has errors (see `jvisorctl check`); the incidents are looked "
			"for where the rest of it has them");
		r = 0;
	}
	if (!r)
		r = store_dir_find(&policy, &c->env, false, &dir, &err);
	if (!r || r == -ENOENT) {
		c->store_path = steal_ptr(dir.path);
		c->store = steal_fd(&dir.fd);
		status = TOOL_OK;
	} else {
		log_error("the incidents cannot be found: %s; name their folder with --dir",
			  err.msg);
	}
	store_dir_done(&dir);
	diags_done(&diags);
	policy_done(&policy);
	return status;
}

int context_store(struct context *c, bool needed)
{
	int status = c->dir ? open_named(c) : open_by_policy(c);

	if (status != TOOL_OK || c->store >= 0 || (!needed && !c->terminal))
		return status;
	if (c->store_path)
		log_notice("there are no incidents yet: %s does not exist", c->store_path);
	else
		log_notice("there are no incidents yet: no folder for them exists");
	return needed ? TOOL_FAILED : TOOL_OK;
}

int context_find(struct context *c, const char *what, char **ret_id)
{
	struct err err = { 0 };

	if (store_find(c->store, what, ret_id, &err) < 0) {
		log_error("%s", err.msg);
		return TOOL_FAILED;
	}
	return TOOL_OK;
}

struct table_style context_style(const struct context *c)
{
	return (struct table_style){ .terminal = c->terminal,
				     .colour = c->colour,
				     .width = c->width };
}
