/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line as the java launcher reads it, in one pass and driven by options.def.
 *
 * Two readers of Java work one behind the other: first argfiles are expanded, until the main class
 * is known; then options are told from values. Both agree where the main class stands, so one pass
 * is enough. What is easily got wrong: options may stand between -jar and the jar file, a word
 * behind the main is never an option nor an argfile, and from 9 on a separate value may not start
 * with '-' (8 takes anything).
 */
#include "jvm/cmdline.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/strbuf.h"
#include "base/strv.h"
#include "jvm/argfile.h"
#include "jvm/envopts.h"

enum option_form { ALONE = 1, SEPARATE = 2, EQUALS = 4, COLON = 8 };
enum option_effect {
	NONE,
	CLASS_PATH,
	MODE,
	PRINTS,
	PRINTS_ALONE,
	PRINTS_LATER,
	JAR,
	MODULE,
	SOURCE,
	NO_ARGFILES
};

struct option_def {
	const char *name;
	size_t len;
	unsigned char forms;
	unsigned char first, separate, last;
	enum option_effect effect;
};

static const struct option_def options[] = {
#define OPTION(n, f, first_, separate_, last_, effect_) \
	{ .name = (n),                                  \
	  .len = sizeof(n) - 1,                         \
	  .forms = (f),                                 \
	  .first = (first_),                            \
	  .separate = (separate_),                      \
	  .last = (last_),                              \
	  .effect = (effect_) },
#include "jvm/options.def"
#undef OPTION
};

#define FEATURE_NEWEST 255

/* The first release whose expansion of argument files knows that "--module=x" is the main. */
#define MODULE_ENDS_EXPANSION 12
#define ARGFILE_MAX	      (16 * 1024 * 1024)

/* The row and the one form that this word has; NULL: the VM's. */
static const struct option_def *option_find(const char *word, unsigned feature,
					    enum option_form *ret_form)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option_def *o = &options[i];
		unsigned char form;

		/* Most words fail at the second letter, and there may be ten thousand. */
		if (word[0] != '-' || word[1] != o->name[1] ||
		    strncmp(word, o->name, o->len) != 0 || feature < o->first ||
		    (o->last && feature > o->last))
			continue;
		switch (word[o->len]) {
		case '\0':
			form = ALONE | SEPARATE;
			if (feature < o->separate)
				form = ALONE;
			break;
		case '=':
			form = EQUALS;
			break;
		case ':':
			form = COLON;
			break;
		default:
			continue;
		}
		if (!(o->forms & form))
			continue;
		*ret_form = o->forms & form;
		return o;
	}
	return NULL;
}

/* Where a word comes from. */
struct origin {
	size_t index;
	const char *file;
	unsigned line;
};

struct parser {
	struct cmdline c;
	size_t cap;
	struct strv files;
	unsigned feature;
	bool in_env, no_argfiles, source, done;
	bool expands; /* though the main is known, see look_for_main */
	bool expands_value;
	size_t jar;			  /* 1 + index of the last -jar */
	const struct option_def *pending; /* its value is the next word */
	struct origin at;
	struct err *err;
};

static int refuse(struct parser *p, const char *what, const char *word)
{
	err_set(p->err, EINVAL, "%s: %.80s", what, word);
	return X_CMDLINE_JAVA_REFUSES;
}

static void set_main(struct parser *p, enum main_kind kind, size_t option)
{
	p->c.args[p->c.n - 1].role = ARG_MAIN;
	p->c.main = p->c.n - 1;
	p->c.main_option = option;
	p->c.main_kind = kind;
	p->done = true;
}

static int take_option(struct parser *p, const char *word)
{
	enum option_form form;
	const struct option_def *o = option_find(word, p->feature, &form);

	p->c.args[p->c.n - 1].role = o ? ARG_LAUNCHER : ARG_VM;
	if (!o)
		return 0;
	if (form == SEPARATE)
		p->pending = o;
	switch (o->effect) {
	case NONE:
	case CLASS_PATH:
	case MODE:
		break;
	case PRINTS_ALONE:
	case PRINTS:
		p->done = true;
		p->c.print_only = true;
		p->c.without_vm = o->effect == PRINTS_ALONE;
		break;
	case PRINTS_LATER:
		p->c.print_only = true;
		break;
	case JAR:
		p->jar = p->c.n;
		break;
	case MODULE:
		if (form == EQUALS && !word[o->len + 1])
			return refuse(p, "java wants a value behind this option", word);
		if (form == EQUALS) {
			set_main(p, MAIN_MODULE, p->c.n - 1);
			p->expands = p->feature < MODULE_ENDS_EXPANSION;
		}
		break;
	case SOURCE:
		p->source = true;
		break;
	case NO_ARGFILES:
		p->no_argfiles = true;
		break;
	}
	return 0;
}

static int take_value(struct parser *p, const char *word)
{
	const struct option_def *o = p->pending;

	p->pending = NULL;
	if (o->effect == MODE && word[0] == '-')
		return take_option(p, word);
	p->c.args[p->c.n - 1].role = ARG_VALUE;
	if (p->feature >= 9 && (word[0] == '-' || (!word[0] && o->effect != CLASS_PATH)))
		return refuse(p, "java wants a value behind this option", o->name);
	if (o->effect == MODULE)
		set_main(p, MAIN_MODULE, p->c.n - 2);
	return 0;
}

static bool is_source_file(const char *word)
{
	struct stat st;

	return slice_ends(slice_of(word), ".java") && stat(word, &st) == 0;
}

static void take_main(struct parser *p, const char *word)
{
	if (p->jar)
		set_main(p, MAIN_JAR, p->jar - 1);
	else if (p->source || (p->feature >= 11 && is_source_file(word)))
		set_main(p, MAIN_SOURCE, p->c.n - 1);
	else
		set_main(p, MAIN_CLASS, p->c.n - 1);
}

/* What JDK_JAVA_OPTIONS may not hold. The launcher looks at each word, also at values. */
static bool is_terminal(const char *word)
{
	enum option_form form;
	const struct option_def *o = option_find(word, FEATURE_NEWEST, &form);

	return o && (o->effect == PRINTS || o->effect == PRINTS_ALONE || o->effect == JAR ||
		     o->effect == MODULE || !strcmp(o->name, "--dry-run"));
}

/* Until 11 what expands argument files overlooks "--module=x" and goes on to the first word behind
 * that it takes for a main class: one without '-' that is no option's value. */
static void look_for_main(struct parser *p, const char *word)
{
	enum option_form form;
	const struct option_def *o = option_find(word, p->feature, &form);
	bool value = o && form == SEPARATE && o->effect != MODULE;

	if (word[0] != '-' && !p->expands_value)
		p->expands = false;
	p->expands_value = word[0] == '-' && value;
}

/* Adds one word that needs no more expansion; owns it. */
static int take_word(struct parser *p, char *word)
{
	int r = 0;

	if (p->c.n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 32;
		struct java_arg *args = reallocarray(p->c.args, cap, sizeof(*args));

		if (!args) {
			free(word);
			return -ENOMEM;
		}
		p->c.args = args;
		p->cap = cap;
	}
	p->c.args[p->c.n++] = (struct java_arg){
		.text = word,
		.role = ARG_PROGRAM,
		.index = p->at.index,
		.file = p->at.file,
		.line = p->at.line,
	};
	if (p->done) {
		if (p->expands)
			look_for_main(p, word);
		return 0;
	}
	if (p->in_env && is_terminal(word))
		return refuse(p, "java does not take this option from JDK_JAVA_OPTIONS", word);
	if (p->pending)
		r = take_value(p, word);
	else if (word[0] == '-')
		r = take_option(p, word);
	else
		take_main(p, word);
	if (!r && p->in_env && p->done)
		r = refuse(p, "java takes no main class from JDK_JAVA_OPTIONS", word);
	return r;
}

static int take_copy(struct parser *p, const char *word)
{
	char *copy = strdup(word);

	return copy ? take_word(p, copy) : -ENOMEM;
}

struct file_words {
	struct parser *p;
	int refused; /* positive results do not pass argfile_parse */
};

static int take_token(void *arg, struct argfile_token t)
{
	struct file_words *f = arg;
	int r;

	if (f->refused) {
		free(t.text);
		return 0;
	}
	f->p->at.line = t.line;
	r = take_word(f->p, t.text);
	if (r > 0)
		f->refused = r;
	return r < 0 ? r : 0;
}

/* Also a pipe ("@<(...)" of a shell) is read, as java does. */
static int read_argfile(struct parser *p, const char *name, struct strbuf *ret)
{
	_cleanup_close_ int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char buf[4096];

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	p->c.consumed |= !S_ISREG(st.st_mode);
	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return strbuf_error(ret);
		if (ret->len + (size_t)n > ARGFILE_MAX)
			return -EFBIG;
		strbuf_add(ret, buf, (size_t)n);
	}
}

static int take_argfile(struct parser *p, const char *name)
{
	_cleanup_strbuf_ struct strbuf content = STRBUF_INIT;
	struct file_words words = { .p = p };
	int r = read_argfile(p, name, &content);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return refuse(p, "java cannot read this argument file", name);
	strv_push(&p->files, name);
	if (p->files.err)
		return p->files.err;
	p->at.file = p->files.v[p->files.n - 1];
	r = argfile_parse((struct slice){ content.buf, content.len }, p->feature, take_token,
			  &words);
	p->at.file = NULL;
	p->at.line = 0;
	return r < 0 ? r : words.refused;
}

/* One word of the command line or of the environment, expanded where the launcher does. */
static int expand_word(struct parser *p, const char *word)
{
	if (word[0] != '@' || !word[1] || (p->done && !p->expands) || p->no_argfiles ||
	    p->feature < 9)
		return take_copy(p, word);
	return word[1] == '@' ? take_copy(p, word + 1) : take_argfile(p, word + 1);
}

/* "#!/usr/bin/java --source 17" reaches java as one word, which it cuts at blanks (11 and later).
 */
static int split_source(struct parser *p, const char *word)
{
	_cleanup_strbuf_ struct strbuf copy = STRBUF_INIT;
	char *rest, *piece;
	int r = 0;

	strbuf_puts(&copy, word);
	if (strbuf_error(&copy))
		return strbuf_error(&copy);
	rest = copy.buf;
	while (!r && (piece = strsep(&rest, " \t\n\v\f\r")))
		r = *piece ? expand_word(p, piece) : 0;
	return r;
}

static int take_argv_word(struct parser *p, const char *word)
{
	if (!p->done && !p->no_argfiles && p->feature >= 11 && !strncmp(word, "--source", 8) &&
	    strpbrk(word, " \t\n\v\f\r"))
		return split_source(p, word);
	return expand_word(p, word);
}

static int take_env(struct parser *p, const char *value)
{
	_cleanup_strv_ struct strv words = STRV_INIT;
	int r;

	if (!value || p->feature < 9)
		return 0;
	r = envopts_split(slice_of(value), &words);
	if (r > 0)
		return refuse(p, "java finds an unmatched quote", "JDK_JAVA_OPTIONS");
	p->in_env = true;
	for (; !r && p->at.index < words.n; p->at.index++)
		r = expand_word(p, words.v[p->at.index]);
	p->in_env = false;
	if (r)
		return r;
	p->c.env = p->c.args;
	p->c.n_env = p->c.n;
	p->c.args = NULL;
	p->c.n = p->cap = 0;
	p->at = (struct origin){ 0 };
	return 0;
}

static int finish(struct parser *p)
{
	struct cmdline *c = &p->c;

	if (p->pending)
		return refuse(p, "java wants a value behind this option", p->pending->name);
	if (c->main_kind == MAIN_NONE) {
		if (p->jar && !c->print_only)
			return refuse(p, "java wants a jar file behind this option", "-jar");
		c->main = c->main_option = c->n;
		c->print_only = true;
	}
	c->files = steal_ptr(p->files.v);
	p->files = STRV_INIT;
	if (!c->files)
		c->files = calloc(1, sizeof(*c->files));
	return c->files ? 0 : -ENOMEM;
}

int cmdline_parse_env(const char *jdk_java_options, char *const argv[], unsigned feature,
		      struct cmdline *ret, struct err *err)
{
	struct parser p = { .feature = feature ? feature : FEATURE_NEWEST, .err = err };
	int r = take_env(&p, jdk_java_options);

	for (; !r && argv[p.at.index]; p.at.index++)
		r = take_argv_word(&p, argv[p.at.index]);
	if (!r)
		r = finish(&p);
	if (!r)
		*ret = p.c;
	else
		cmdline_done(&p.c);
	strv_done(&p.files);
	return r == -ENOMEM ? err_set(err, ENOMEM, "no memory for the command line") : r;
}

int cmdline_parse(char *const argv[], unsigned feature, struct cmdline *ret, struct err *err)
{
	return cmdline_parse_env(NULL, argv, feature, ret, err);
}

static void args_free(struct java_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(args[i].text);
	free(args);
}

void cmdline_done(struct cmdline *c)
{
	args_free(c->args, c->n);
	args_free(c->env, c->n_env);
	for (size_t i = 0; c->files && c->files[i]; i++)
		free(c->files[i]);
	free(c->files);
	*c = (struct cmdline){ 0 };
}

static bool ends_expansion(const struct java_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(args[i].text, "--disable-@files"))
			return true;
	return false;
}

char *cmdline_word(const struct cmdline *c, size_t arg, unsigned feature)
{
	const char *text = c->args[arg].text;
	bool expands = (!feature || feature >= 9) && arg <= c->main &&
		       !ends_expansion(c->env, c->n_env) && !ends_expansion(c->args, arg);
	_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;

	if (expands && text[0] == '@' && text[1])
		strbuf_putc(&word, '@');
	strbuf_add(&word, text, strlen(text) + 1);
	return strbuf_steal(&word);
}

bool cmdline_is_print_only(char *const argv[])
{
	bool value = false;

	for (size_t i = 0; argv[i]; i++) {
		const struct option_def *o;
		enum option_form form;

		if (argv[i][0] == '@')
			return false;
		if (value) {
			value = false;
			continue;
		}
		/* A word that begins with --source may be cut at its blanks, into a main too. */
		if (argv[i][0] != '-' || !strncmp(argv[i], "--source", 8))
			return false;
		o = option_find(argv[i], FEATURE_NEWEST, &form);
		if (!o)
			continue;
		if (o->effect == PRINTS || o->effect == PRINTS_ALONE || o->effect == PRINTS_LATER)
			return true;
		if (o->effect == MODULE || o->separate) /* a main, or one in some releases */
			return false;
		value = form == SEPARATE;
	}
	return true;
}

void cmdline_app(const struct cmdline *c, char *ret, size_t size)
{
	struct strbuf out = { .buf = ret, .cap = size, .fixed = true };
	const char *from, *at;

	if (!size)
		return;
	ret[0] = '\0';
	from = c->main_kind == MAIN_NONE ? "java" : c->args[c->main].text;
	if (!strncmp(from, "--module=", 9))
		from += 9;
	if (c->main_kind == MAIN_MODULE) {
		strbuf_add(&out, from, strcspn(from, "/"));
		return;
	}
	at = strrchr(from, '/');
	if (at && at[1])
		from = at + 1;
	if (c->main_kind == MAIN_CLASS) {
		at = strrchr(from, '.');
		if (at && at[1])
			from = at + 1;
	}
	strbuf_puts(&out, from);
}
