/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user set, over every channel that reaches the JVM, in the JVM's own order.
 *
 * That order is not the order of reading: a -XX:Flags file is named anywhere, the last one named
 * counts, and all its settings come before those of every other channel. A VMOptionsFile in
 * contrast stands in the place of the option that names it.
 */
#include "jvm/flags.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/strbuf.h"
#include "jvm/envopts.h"

#define OPTIONS_FILE_MAX (16 * 1024 * 1024)

/* 8 reads a variable into a buffer of this size and drops one that does not fit. */
#define JDK8_ENV_MAX 1023

const char *const flag_origin_names[ORIGIN_COUNT] = {
	[ORIGIN_DEFAULT] = "default",
	[ORIGIN_FLAGS_FILE] = "-XX:Flags file",
	[ORIGIN_JAVA_TOOL_OPTIONS] = "JAVA_TOOL_OPTIONS",
	[ORIGIN_JDK_JAVA_OPTIONS] = "JDK_JAVA_OPTIONS",
	[ORIGIN_COMMAND_LINE] = "command line",
	[ORIGIN_UNDERSCORE] = "_JAVA_OPTIONS",
	[ORIGIN_POLICY] = "policy",
};

/* Everything while it is collected. */
struct gather {
	struct flag_setting *flags;
	size_t n, cap;
	struct strv properties;
	struct strv files;
	const char *flags_file; /* the last one named; in files */
	bool replaces;		/* some list is replaced */
	unsigned feature;	/* 0: as the newest */
	struct err *err;
};

/* Where the words being read stand. */
struct place {
	enum flag_origin origin;
	size_t arg;
	const char *file;
	unsigned line;
	bool *had_options_file; /* one VMOptionsFile a channel; NULL inside of one */
};

static bool is_8(const struct gather *g)
{
	return g->feature && g->feature < 9;
}

/* Name and value in one block, which is the name's: a line may hold thousands. */
static bool set_texts(struct flag_setting *s, struct slice name, struct slice value)
{
	s->name = malloc(name.len + value.len + 2);
	if (!s->name)
		return false;
	s->value = s->name + name.len + 1;
	*(char *)mempcpy(s->name, name.ptr, name.len) = '\0';
	*(char *)mempcpy(s->value, value.len ? value.ptr : "", value.len) = '\0';
	return true;
}

/* What a word says of a flag. */
struct said {
	struct slice name, value;
	bool replaces, implied, is_switch;
};

static int add_setting(struct gather *g, const struct said *said, const struct place *at)
{
	const char *other = flag_alias(said->name, g->feature);
	struct flag_setting s = {
		.origin = at->origin,
		.arg = at->arg,
		.file = at->file,
		.line = at->line,
		.replaces = said->replaces,
		.implied = said->implied,
		.is_switch = said->is_switch,
	};

	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 16;
		struct flag_setting *flags = reallocarray(g->flags, cap, sizeof(*flags));

		if (!flags)
			return -ENOMEM;
		g->flags = flags;
		g->cap = cap;
	}
	if (!set_texts(&s, other ? slice_of(other) : said->name, said->value))
		return -ENOMEM;
	g->flags[g->n++] = s;
	g->replaces |= said->replaces;
	return 0;
}

static int read_switch(struct gather *g, struct slice name, bool on, const struct place *at)
{
	struct said said = { name, on ? SLICE_LIT("true") : SLICE_LIT("false"), false, false,
			     true };
	const char *other;
	int r = add_setting(g, &said, at);

	if (r || !on || at->origin == ORIGIN_FLAGS_FILE)
		return r;
	other = flag_clears(name);
	if (other) {
		said = (struct said){ slice_of(other), SLICE_LIT("false"), false, true, true };
		r = add_setting(g, &said, at);
	}
	return r;
}

/* "+Name", "-Name", "Name=value", "Name:=value"; anything else the JVM refuses, we skip it. ":=" is
 * for texts and lists, and an empty text adds nothing to a list. */
static int read_flag(struct gather *g, struct slice text, const struct place *at)
{
	ptrdiff_t eq = slice_find(text, '=');
	const struct flag_def *def;
	struct said said = { 0 };
	bool list, assigns;

	if (text.len && (text.ptr[0] == '+' || text.ptr[0] == '-'))
		return read_switch(g, slice_skip(text, 1), text.ptr[0] == '+', at);
	if (eq <= 0)
		return 0;
	said.name = (struct slice){ text.ptr, (size_t)eq };
	said.value = slice_skip(text, (size_t)eq + 1);
	assigns = slice_ends(said.name, ":");
	said.name.len -= assigns;
	def = flag_def_find(said.name);
	list = def && def->type == FLAG_LIST;
	if (assigns && def && !list && def->type != FLAG_TEXT)
		return 0;
	said.replaces = assigns && list;
	if (list && !said.value.len && !said.replaces)
		return 0;
	return add_setting(g, &said, at);
}

/* What java reads nothing from, and does not mind. */
static bool is_void(const char *path, bool folder)
{
	struct stat st;

	return !stat(path, &st) && (S_ISCHR(st.st_mode) || (folder && S_ISDIR(st.st_mode)));
}

/* A file that java was told to read: what it cannot read either, it refuses. A pipe is left for it.
 */
static int read_file(struct gather *g, struct slice name, bool folder, struct strbuf *ret,
		     const char **ret_name)
{
	const char *path;
	int r;

	strv_push_slice(&g->files, name);
	if (g->files.err)
		return g->files.err;
	path = g->files.v[g->files.n - 1];
	*ret_name = path;
	if (is_void(path, folder))
		return 0;
	r = file_read(AT_FDCWD, path, OPTIONS_FILE_MAX, ret, g->err);
	if (r < 0)
		return r == -ENOMEM ? r : X_CMDLINE_JAVA_REFUSES;
	return 0;
}

static int read_word(struct gather *g, const char *word, const struct place *at);

static int read_options_file(struct gather *g, struct slice name, const struct place *at)
{
	_cleanup_strbuf_ struct strbuf content = STRBUF_INIT;
	struct place inside = { .origin = at->origin, .arg = at->arg, .line = 1 };
	struct slice rest;
	const char *seen, *start;
	int r;

	if (!at->had_options_file || *at->had_options_file) {
		err_set(g->err, EINVAL, "java takes only one VMOptionsFile, and none inside it");
		return X_CMDLINE_JAVA_REFUSES;
	}
	*at->had_options_file = true;
	r = read_file(g, name, false, &content, &inside.file);
	rest = (struct slice){ content.buf, content.len };
	seen = rest.ptr;
	while (!r) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;

		r = envopts_next(&rest, &word, &start);
		if (r == X_ENVOPTS_UNMATCHED) {
			err_set(g->err, EINVAL, "an unmatched quote in %s", inside.file);
			return X_CMDLINE_JAVA_REFUSES;
		}
		if (r != X_ENVOPTS_WORD)
			return r;
		while (seen < start)
			inside.line += *seen++ == '\n';
		r = read_word(g, strbuf_str(&word), &inside);
	}
	return r;
}

static int read_word(struct gather *g, const char *word, const struct place *at)
{
	struct slice text = slice_of(word);

	if (slice_starts(text, "-D")) {
		strv_push_slice(&g->properties, slice_skip(text, 2));
		return g->properties.err;
	}
	if (slice_starts(text, "-Xmx")) /* another word for it; the last of both counts */
		return add_setting(g,
				   &(struct said){ .name = SLICE_LIT("MaxHeapSize"),
						   .value = slice_skip(text, 4) },
				   at);
	if (!slice_starts(text, "-XX:"))
		return 0;
	text = slice_skip(text, 4);
	if (slice_starts(text, "VMOptionsFile=") && !is_8(g)) {
		int r = read_options_file(g, slice_skip(text, 14), at);

		return r ? r : read_flag(g, text, at);
	}
	/* 8 looks for a Flags file on the command line only. */
	if (slice_starts(text, "Flags=") && (!is_8(g) || at->origin == ORIGIN_COMMAND_LINE)) {
		strv_push_slice(&g->files, slice_skip(text, 6));
		if (g->files.err)
			return g->files.err;
		g->flags_file = g->files.v[g->files.n - 1];
	}
	return read_flag(g, text, at);
}

static int read_variable(struct gather *g, const struct strv *env, const char *name,
			 enum flag_origin origin)
{
	_cleanup_strv_ struct strv words = STRV_INIT;
	const char *value = strv_env_get(env, name);
	bool had_options_file = false;
	struct place at = { .origin = origin, .had_options_file = &had_options_file };
	int r;

	if (!value || (is_8(g) && strlen(value) > JDK8_ENV_MAX))
		return 0;
	r = envopts_split(slice_of(value), &words);
	if (r > 0) {
		err_set(g->err, EINVAL, "an unmatched quote in %s", name);
		return X_CMDLINE_JAVA_REFUSES;
	}
	for (; !r && at.arg < words.n; at.arg++)
		r = read_word(g, words.v[at.arg], &at);
	return r;
}

/* JDK_JAVA_OPTIONS and the command line are one channel to the VM. */
static int read_command_line(struct gather *g, const struct cmdline *c)
{
	bool had_options_file = false;
	int r = 0;

	for (size_t i = 0; !r && i < c->n_env + c->n; i++) {
		bool env = i < c->n_env;
		const struct java_arg *a = env ? &c->env[i] : &c->args[i - c->n_env];
		struct place at = {
			.origin = env ? ORIGIN_JDK_JAVA_OPTIONS : ORIGIN_COMMAND_LINE,
			.arg = env ? a->index : i - c->n_env,
			.file = a->file,
			.line = a->line,
			.had_options_file = &had_options_file,
		};

		if (a->role == ARG_VM)
			r = read_word(g, a->text, &at);
	}
	return r;
}

/* One word of a Flags file into out. Unlike everywhere else a quote groups only behind the first
 * character, and a newline ends it and the word. */
static void take_flags_word(struct slice *rest, struct strbuf *out)
{
	char quote = 0;

	strbuf_putc(out, rest->ptr[0]);
	for (*rest = slice_skip(*rest, 1); rest->len; *rest = slice_skip(*rest, 1)) {
		char c = rest->ptr[0];

		if (c == '\n' || (!quote && (c == ' ' || (c >= '\t' && c <= '\r'))))
			return;
		if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else
			strbuf_putc(out, c);
	}
}

static int read_flags_file(struct gather *g)
{
	_cleanup_strbuf_ struct strbuf content = STRBUF_INIT;
	struct place at = { .origin = ORIGIN_FLAGS_FILE, .line = 1 };
	struct slice rest;
	int r = read_file(g, slice_of(g->flags_file), true, &content, &at.file);

	rest = (struct slice){ content.buf, content.len };
	while (!r && rest.len) {
		_cleanup_strbuf_ struct strbuf word = STRBUF_INIT;
		char c = rest.ptr[0];

		if (c == '#') {
			ptrdiff_t end = slice_find(rest, '\n');

			rest = slice_skip(rest, end < 0 ? rest.len : (size_t)end);
		} else if (c == ' ' || (c >= '\t' && c <= '\r')) {
			at.line += c == '\n';
			rest = slice_skip(rest, 1);
		} else {
			take_flags_word(&rest, &word);
			r = strbuf_error(&word);
			if (!r)
				r = read_flag(g, slice_of(strbuf_str(&word)), &at);
			at.arg++;
		}
	}
	return r;
}

static void flags_free(struct flag_setting *flags, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(flags[i].name);
	}
	free(flags);
}

/* The settings from `first` on, made last, are moved in front of all others. */
static int rotate(struct gather *g, size_t first)
{
	size_t n = g->n - first;
	struct flag_setting *moved;

	if (!n || !first)
		return 0;
	moved = malloc(n * sizeof(*moved));
	if (!moved)
		return -ENOMEM;
	memcpy(moved, g->flags + first, n * sizeof(*moved));
	memmove(g->flags + n, g->flags, first * sizeof(*moved));
	memcpy(g->flags, moved, n * sizeof(*moved));
	free(moved);
	return 0;
}

/* "Name:=value" takes away what a list had before, whoever had put it there. */
static void find_replaced(struct gather *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t j = 0; g->flags[i].replaces && j < i; j++)
			g->flags[j].replaced |= !strcmp(g->flags[j].name, g->flags[i].name);
}

/* The word has the form that its flag has in 8. */
static bool has_form(const struct flag_setting *s, const struct flag_def *def)
{
	enum flag_type type = flag_def_at(def, 8).type;
	int64_t number;

	if (type == FLAG_BOOL || s->is_switch)
		return type == FLAG_BOOL && s->is_switch;
	return type != FLAG_INT || flag_number(s->value, &number);
}

/* 8 drops what is wrong with a flag that it knows (it is not unlocked, its value is none) where
 * unknown options are ignored; otherwise, as all others, it refuses the line. */
static void find_dropped(struct gather *g)
{
	bool unlocked = false, ignores = false;
	size_t kept = 0;

	for (size_t i = 0; i < g->n; i++)
		if (!strcmp(g->flags[i].name, "IgnoreUnrecognizedVMOptions"))
			ignores = !strcmp(g->flags[i].value, "true");
	for (size_t i = 0; i < g->n; i++) {
		struct flag_setting *s = &g->flags[i];
		const struct flag_def *def = flag_def_find(slice_of(s->name));

		if (!strcmp(s->name, "UnlockDiagnosticVMOptions"))
			unlocked = !strcmp(s->value, "true");
		s->replaced |= def && def->category == FLAG_DIAGNOSTIC && !unlocked;
		if (ignores && def && !has_form(s, def))
			free(s->name);
		else
			g->flags[kept++] = *s;
	}
	g->n = kept;
}

static int gather_all(struct gather *g, const struct strv *env, const struct cmdline *c)
{
	int r = read_variable(g, env, "JAVA_TOOL_OPTIONS", ORIGIN_JAVA_TOOL_OPTIONS);
	size_t first;

	if (!r)
		r = read_command_line(g, c);
	if (!r)
		r = read_variable(g, env, "_JAVA_OPTIONS", ORIGIN_UNDERSCORE);
	if (r || !g->flags_file)
		return r;
	first = g->n;
	r = read_flags_file(g);
	return r ? r : rotate(g, first);
}

int java_line_read(char *const argv[], const struct strv *env, const struct jdk *jdk,
		   struct java_line *ret, struct err *err)
{
	struct gather g = { .feature = jdk->version.feature, .err = err };
	struct cmdline c = { 0 };
	int r = cmdline_parse_env(strv_env_get(env, "JDK_JAVA_OPTIONS"), argv, g.feature, &c, err);

	if (!r && !c.without_vm)
		r = gather_all(&g, env, &c);
	if (!r && g.replaces)
		find_replaced(&g);
	if (!r && is_8(&g))
		find_dropped(&g);
	if (r) {
		cmdline_done(&c);
		flags_free(g.flags, g.n);
		strv_done(&g.properties);
		strv_done(&g.files);
		return r == -ENOMEM ? err_set(err, ENOMEM, "no memory for the command line") : r;
	}
	*ret = (struct java_line){
		.cmd = c,
		.flags = g.flags,
		.n_flags = g.n,
		.files = g.files.v,
		.properties = g.properties,
	};
	return 0;
}

void java_line_done(struct java_line *l)
{
	cmdline_done(&l->cmd);
	flags_free(l->flags, l->n_flags);
	strv_done(&l->properties);
	for (size_t i = 0; l->files && l->files[i]; i++)
		free(l->files[i]);
	free(l->files);
	*l = (struct java_line){ 0 };
}

const struct flag_setting *java_line_flag(const struct java_line *l, const char *name)
{
	for (size_t i = l->n_flags; i > 0; i--)
		if (!strcmp(l->flags[i - 1].name, name))
			return &l->flags[i - 1];
	return NULL;
}

bool java_line_bool(const struct java_line *l, const char *name, bool otherwise)
{
	const struct flag_setting *s = java_line_flag(l, name);

	return s ? !strcmp(s->value, "true") : otherwise;
}

const char *java_line_property(const struct java_line *l, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = l->properties.n; i > 0; i--) {
		const char *p = l->properties.v[i - 1];

		if (!strncmp(p, name, len) && (p[len] == '=' || !p[len]))
			return p[len] ? p + len + 1 : p + len;
	}
	return NULL;
}
