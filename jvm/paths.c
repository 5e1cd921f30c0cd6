/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path templates, and where a JVM will write its heap dump and its error log.
 *
 * A policy's template, a pid template and the value of a JVM flag are three languages that look
 * alike. The JVM's knows %p and %% and leaves every other % as it is; in HeapDumpPath it knows them
 * from 25 on only, before that a name is taken literally (observed on 8 to 28).
 */
#include "jvm/paths.h"

#include <errno.h>

void path_escape(struct slice text, struct strbuf *ret)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%')
			strbuf_putc(ret, '%');
		strbuf_putc(ret, text.ptr[i]);
	}
}

/* Takes "${NAME}" off *rest. */
static int expand_env(struct slice *rest, const struct path_vars *vars, struct strbuf *ret,
		      struct err *err)
{
	ptrdiff_t end = slice_find(*rest, '}');
	_cleanup_strbuf_ struct strbuf name = STRBUF_INIT;
	const char *value;

	if (end < 0)
		return err_set(err, EINVAL, "\"${\" without its \"}\"");
	strbuf_add(&name, rest->ptr + 2, (size_t)end - 2);
	if (strbuf_error(&name))
		return strbuf_error(&name);
	value = vars->env ? strv_env_get(vars->env, strbuf_str(&name)) : NULL;
	if (!value)
		return err_set(err, EINVAL, "the environment has no %s; set it, or name the path",
			       strbuf_str(&name));
	path_escape(slice_of(value), ret);
	*rest = slice_skip(*rest, (size_t)end + 1);
	return 0;
}

static int expand_percent(char c, const struct path_vars *vars, struct strbuf *ret, struct err *err)
{
	const char *value = NULL;

	switch (c) {
	case 'p':
		strbuf_puts(ret, "%p");
		return 0;
	case '%':
		strbuf_puts(ret, "%%");
		return 0;
	case 't':
		value = vars->start;
		break;
	case 'h':
		value = vars->host;
		break;
	case 'i':
		value = vars->instance;
		break;
	default:
		break;
	}
	if (!value)
		return err_set(
			err, EINVAL,
			"\"%%%c\" is not known here; %%p %%t %%h %%i ${NAME} are, and %%%% is "
			"a single %%",
			c);
	path_escape(slice_of(value), ret);
	return 0;
}

int path_expand(struct slice text, const struct path_vars *vars, struct strbuf *ret,
		struct err *err)
{
	while (text.len) {
		int r = 0;

		if (slice_starts(text, "${")) {
			r = expand_env(&text, vars, ret, err);
		} else if (text.ptr[0] == '%') {
			if (text.len == 1)
				return err_set(err, EINVAL, "a single %% at the end; write %%%%");
			r = expand_percent(text.ptr[1], vars, ret, err);
			text = slice_skip(text, 2);
		} else {
			strbuf_putc(ret, text.ptr[0]);
			text = slice_skip(text, 1);
		}
		if (r < 0)
			return r;
	}
	return strbuf_error(ret);
}

void path_fill(struct slice tmpl, long pid, unsigned run, struct strbuf *ret)
{
	for (size_t i = 0; i < tmpl.len; i++) {
		char c = tmpl.ptr[i], next = i + 1 < tmpl.len ? tmpl.ptr[i + 1] : '\0';

		if (c == '%' && next == 'p')
			strbuf_printf(ret, "%ld", pid);
		else if (c == '%' && next == 'n')
			strbuf_printf(ret, "%04u", run);
		else
			strbuf_putc(ret, c);
		i += c == '%' && (next == 'p' || next == 'n' || next == '%');
	}
}

int path_for_jvm(struct slice tmpl, struct strbuf *ret)
{
	struct slice run = tmpl;
	bool is_template = false;

	/* Pairs are read as pairs: "%%n" is a percent sign and a letter. */
	for (; run.len && !is_template; run = slice_skip(run, run.ptr[0] == '%' ? 2 : 1))
		is_template = slice_starts(run, "%n");
	for (size_t i = 0; i < tmpl.len; i++) {
		char c = tmpl.ptr[i], next = i + 1 < tmpl.len ? tmpl.ptr[i + 1] : '\0';

		strbuf_putc(ret, c);
		if (c != '%')
			continue;
		if (is_template && next != 'n')
			strbuf_putc(ret, c);
		if (next != 'p' && next != 'n' && next != '%')
			continue;
		strbuf_putc(ret, next);
		if (is_template && next == '%')
			strbuf_putc(ret, next);
		i++;
	}
	return strbuf_error(ret) ? strbuf_error(ret) : !is_template;
}

static bool jvm_expands(struct slice text)
{
	return slice_starts(text, "%p") || slice_starts(text, "%%");
}

/* The value of a flag in which the JVM expands -> pid template. */
static void from_jvm(struct slice value, struct strbuf *ret)
{
	while (value.len) {
		size_t n = jvm_expands(value) ? 2 : 1;

		if (n == 1 && value.ptr[0] == '%')
			strbuf_putc(ret, '%');
		strbuf_add(ret, value.ptr, n);
		value = slice_skip(value, n);
	}
}

static void start_path(const char *value, const char *cwd, struct strbuf *ret)
{
	if (value[0] == '/')
		return;
	path_escape(slice_of(cwd), ret);
	if (!slice_ends(slice_of(cwd), "/"))
		strbuf_putc(ret, '/');
}

/* A folder with a pid in its name cannot be asked for before the pid is known. */
static bool is_folder(struct slice tmpl, bool (*dir_exists)(const char *path), struct strbuf *tmp)
{
	struct slice run = tmpl;

	for (; run.len; run = slice_skip(run, run.ptr[0] == '%' ? 2 : 1))
		if (slice_starts(run, "%p"))
			return false;
	path_fill(tmpl, 0, 0, tmp);
	return !strbuf_error(tmp) && dir_exists(strbuf_str(tmp));
}

int path_heap_dump(const char *value, unsigned feature, bool gzip, const char *cwd,
		   bool (*dir_exists)(const char *path), struct strbuf *ret)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT, tmp = STRBUF_INIT;
	bool given = value && *value;

	start_path(given ? value : "", cwd, &path);
	if (given && (!feature || feature >= HEAP_DUMP_EXPANDS))
		from_jvm(slice_of(value), &path);
	else if (given)
		path_escape(slice_of(value), &path);
	if (given && is_folder((struct slice){ path.buf, path.len }, dir_exists, &tmp)) {
		if (!slice_ends((struct slice){ path.buf, path.len }, "/"))
			strbuf_putc(&path, '/');
		given = false;
	}
	if (!given)
		strbuf_printf(&path, "java_pid%%p.hprof%s", gzip ? ".gz" : "");
	if (strbuf_error(&path))
		return strbuf_error(&path);
	strbuf_slice(ret, (struct slice){ path.buf, path.len });
	return strbuf_error(ret);
}

int path_error_file(const char *value, unsigned feature, const char *cwd, struct strbuf *ret)
{
	const char *name = value && *value ? value : "hs_err_pid%p.log";

	start_path(name, cwd, ret);
	from_jvm(slice_of(name), ret);
	return strbuf_error(ret);
}
