/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jvisorctl export: an incident as one tar archive on stdout, to be sent away or kept. --json lists
 * what the archive would hold instead.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/log.h"
#include "incident/store.h"
#include "tool/cmd.h"
#include "tool/out.h"
#include "tool/progress.h"

enum { DEPTH_MAX = 8 }; /* hooks/ and files/ lie one deep */

/* Takes over dir. */
static void list_files(int dir, const char *below, int depth, struct js *files)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;

	if (!d) {
		close_fd(&dir);
		return;
	}
	while ((e = readdir(d))) {
		_cleanup_strbuf_ struct strbuf name = STRBUF_INIT;
		struct stat st;
		int sub;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		strbuf_printf(&name, "%s/%s", below, e->d_name);
		if (S_ISREG(st.st_mode)) {
			struct js *file = js_object();

			js_set_str(file, "name", strbuf_str(&name));
			js_set_int(file, "bytes", (int64_t)st.st_size);
			js_push(files, file);
		} else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
			sub = dir_open(dirfd(d), e->d_name, NULL);
			if (sub >= 0)
				list_files(sub, strbuf_str(&name), depth + 1, files);
		}
	}
	closedir(d);
}

static int print_json(const struct context *c, const char *id)
{
	_cleanup_js_ struct js *o = js_object();
	struct js *files = js_array();
	struct err err = { 0 };
	int dir = dir_open(c->store, id, &err);

	js_set_str(o, "id", id);
	js_set(o, "files", files);
	if (dir < 0) {
		log_error("%s cannot be read: %s", id, err.msg);
		return TOOL_FAILED;
	}
	list_files(dir, id, 0, files);
	return out_js(c, o);
}

static int write_archive(const struct context *c, const char *id)
{
	struct err err = { 0 };
	uint64_t bytes = 0;
	int r;

	dir_usage(c->store, id, &bytes);
	progress_begin(bytes);
	r = store_export(c->store, id, STDOUT_FILENO, &err);
	progress_end();
	if (r < 0) {
		log_error("%s was not exported whole: %s", id, err.msg);
		return TOOL_FAILED;
	}
	return TOOL_OK;
}

int cmd_export(struct context *c, int argc, char *argv[])
{
	_cleanup_free_ char *id = NULL;
	struct tool_args args;
	int status;

	if (!context_options(c, argc, argv, NULL, &args, &status))
		return status;
	if (c->terminal && !c->json) {
		log_error("a tar archive is not written to a terminal; "
			  "use: jvisorctl export %s > incident.tar",
			  args.v[0]);
		return TOOL_USAGE;
	}
	status = context_store(c, true);
	if (status == TOOL_OK)
		status = context_find(c, args.v[0], &id);
	if (status != TOOL_OK)
		return status;
	return c->json ? print_json(c, id) : write_archive(c, id);
}
