/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "base/json.h"
#include "incident/collect.h"
#include "incident/store.h"
#include "jvm/facts.h"
#include "jvm/verdict.h"
#include "proc/role.h"
#include "tests/unit/tree.h"

/* A store and a life that ended in it, to be collected by this very program in the collect role.
 * Include after cmocka.h; main() must begin with collecting_role(). */

#define RUN_NAME "20261122T031500Z-41-beef.0000"

static const char crash_report[] =
	"#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n"
	"#  SIGSEGV (0xb) at pc=0x00007f2f1c0d1234, pid=42, tid=43\n#\n"
	"# JRE version: OpenJDK Runtime Environment (17.0.9+9) (build 17.0.9+9)\n"
	"# Java VM: OpenJDK 64-Bit Server VM (17.0.9+9, mixed mode, linux-amd64)\n"
	"# Problematic frame:\n# C  [libfoo.so+0x1a]  do_it+0x4\n#\n";

struct life {
	struct tree t;
	int store;
	struct facts facts;
	struct strbuf said; /* the role's lines */
	char id[64];	    /* of its last I line */
	unsigned incidents; /* I lines */
};

static inline void life_file(const struct life *l, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "store/.run/" RUN_NAME "/%s", name);
	tree_file(&l->t, path, text);
}

static inline void life_make(struct life *l)
{
	char text[128];

	*l = (struct life){ 0 };
	tree_make(&l->t);
	assert_true(dir_make(l->t.fd, "store/.run/" RUN_NAME, 0711, NULL) >= 0);
	assert_true(dir_make(l->t.fd, "cwd", 0755, NULL) >= 0);
	l->store = dir_open(l->t.fd, "store", NULL);
	assert_true(l->store >= 0);
	snprintf(text, sizeof(text), "%s/store", l->t.path);
	facts_set_str(&l->facts, FACT_STORE, text);
	snprintf(text, sizeof(text), "%s/cwd", l->t.path);
	facts_set_str(&l->facts, FACT_CWD, text);
	facts_set_str(&l->facts, FACT_RUN_NAME, RUN_NAME);
	facts_set_str(&l->facts, FACT_APP, "Orders");
	fact_set(&l->facts.num, FACT_PID, 42);
	fact_set(&l->facts.num, FACT_UID, geteuid());
	fact_set(&l->facts.num, FACT_STARTED, clock_real() - 60 * NSEC_PER_SEC);
	fact_set(&l->facts.num, FACT_ENDED, clock_real());
	fact_set(&l->facts.num, FACT_UPTIME, 60 * NSEC_PER_SEC);
	fact_set(&l->facts.num, FACT_EXIT_CODE, 3);
	fact_set(&l->facts.num, FACT_EXIT_ON_OOM, 1);
	fact_set(&l->facts.num, FACT_PERF_LEFT, 1);
	fact_set(&l->facts.num, FACT_HS_ERR_OURS, 1);
	fact_set(&l->facts.num, FACT_HEAP_DUMP_OURS, 1);
	fact_set(&l->facts.num, FACT_COMPRESS, 1);
}

static inline void life_remove(struct life *l)
{
	facts_done(&l->facts);
	strbuf_done(&l->said);
	close_fd(&l->store);
	tree_remove(&l->t);
}

static inline int life_set_up(void **state)
{
	struct life *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	life_make(l);
	*state = l;
	return 0;
}

static inline int life_tear_down(void **state)
{
	life_remove(*state);
	free(*state);
	return 0;
}

static inline void life_line(void *arg, int letter, const char *text)
{
	struct life *l = arg;

	strbuf_printf(&l->said, "%c %s\n", letter, text);
	if (letter == ROLE_SAYS_INCIDENT) {
		snprintf(l->id, sizeof(l->id), "%s", text);
		l->incidents++;
	}
}

static inline int memfd_of(const void *data, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, data, len), 0);
	return fd;
}

static inline void life_start(struct life *l, const char *task, const char *hook_set,
			      struct role *role)
{
	_cleanup_strbuf_ struct strbuf record = STRBUF_INIT;
	const char *const args[] = { task, NULL };
	_cleanup_close_ int facts = -1, hooks = -1;
	struct err err = { 0 };

	facts_begin(&record);
	facts_put(&record, &l->facts);
	facts = memfd_of(record.buf, record.len);
	if (hook_set)
		hooks = memfd_of(hook_set, strlen(hook_set));
	const int fds[] = { facts, l->store, hooks };
	const struct role_spec spec = {
		.name = "collect", .args = args, .fds = fds, .n_fds = 3, .log_fd = STDERR_FILENO
	};
	if (role_spawn(&spec, role, &err) < 0)
		fail_msg("%s", err.msg);
}

/* Its exit code; -1: ended by a signal. until: stop reading after this letter, 0: to the end. */
static inline int life_end(struct life *l, struct role *role, int until)
{
	struct role_lines lines = { 0 };
	struct pollfd p = { .fd = role->result, .events = POLLIN };
	char mark[] = { (char)until, ' ', '\0' };
	int status;

	while (poll(&p, 1, 20000) > 0)
		if (role_read(role->result, &lines, life_line, l) <= 0 ||
		    (until && strstr(strbuf_str(&l->said), mark)))
			break;
	if (until)
		role_kill(role);
	assert_int_equal(waitpid(role->child.pid, &status, 0), role->child.pid);
	close_fd(&role->result);
	close_fd(&role->child.pidfd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int life_run(struct life *l, const char *task, const char *hook_set)
{
	struct role role;

	strbuf_reset(&l->said);
	l->incidents = 0;
	life_start(l, task, hook_set, &role);
	return life_end(l, &role, 0);
}

/* A path below the last incident. */
static inline const char *in_incident(const struct life *l, const char *name, char ret[static 256])
{
	snprintf(ret, 256, "%s/%s", l->id, name);
	return ret;
}

static inline bool has(const struct life *l, const char *name)
{
	char path[256];
	struct stat st;

	return !fstatat(l->store, in_incident(l, name, path), &st, AT_SYMLINK_NOFOLLOW);
}

static inline struct js *incident_json(const struct life *l)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct js *json = NULL;
	char path[256];

	assert_int_equal(
		file_read(l->store, in_incident(l, "incident.json", path), 1 << 20, &text, NULL),
		0);
	assert_int_equal(js_parse((struct slice){ text.buf, text.len }, &json, NULL), 0);
	return json;
}

/* The member of a list whose `key` is text; NULL. */
static inline const struct js *row_of(const struct js *json, const char *list, const char *key,
				      const char *text)
{
	const struct js *rows = js_get(json, list);

	for (size_t i = 0; i < js_len(rows); i++) {
		const char *value = js_get_str(js_at(rows, i), key);

		if (value && !strcmp(value, text))
			return js_at(rows, i);
	}
	return NULL;
}

/* How many entries .run has. */
static inline unsigned run_entries(const struct life *l)
{
	_cleanup_close_ int run = dir_open(l->store, ".run", NULL);
	struct dirent **names;
	int n = scandirat(run, ".", &names, NULL, alphasort);

	assert_true(n >= 2);
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return (unsigned)n - 2;
}

/* The hooks role of these tests: one hook that writes down what it was told. */
static inline int told_hook(int argc, char *argv[])
{
	int out = ROLE_FD(1);
	int results = openat(out, "results", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int log = openat(out, "10-upload.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (argc < 4 || results < 0 || log < 0)
		return 1;
	dprintf(results, "%s\t10-upload\tfailed\t7\t12\n", argv[1]);
	for (char **e = environ; *e; e++)
		dprintf(log, "%s\n", *e);
	role_say(ROLE_SAYS_WARNING, "the hook 10-upload failed");
	return 1;
}

static inline void collecting_role(int argc, char *argv[])
{
	if (argc < 2 || strcmp(argv[0], ROLE_ARGV0) != 0)
		return;
	exit(!strcmp(argv[1], "collect") ? collect_role(argc - 1, argv + 1)
					 : told_hook(argc - 1, argv + 1));
}
