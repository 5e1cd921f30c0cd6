/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roles that the supervisor runs, each known to it as a process, a result pipe and a deadline.
 * A role's last words and its end come by different ways: the pipe is always read to its end before
 * the end is acted upon, so that a fact told at the last moment counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "hooks/hooks.h"
#include "jvm/paths.h"
#include "launcher/sup.h"
#include "launcher/termlog.h"

static struct sup *sup; /* loop_fd callbacks find their way back through it */

/* What each role has said of a line so far. Apart from struct helper, so that a buffer's page is
 * touched only when its role says something. */
static struct role_lines lines[HELPER_COUNT];

static struct role_lines *lines_of(const struct helper *h)
{
	return &lines[h - sup->helpers];
}

static void on_result(struct loop_fd *source, uint32_t events);

/* Nobody: no descriptor is 0, which is the JVM's standard input. */
static void make_free(struct helper *h)
{
	h->role = (struct role){ .child.pidfd = -1, .result = -1 };
	h->deadline = UINT64_MAX;
}

void helpers_init(struct sup *s)
{
	sup = s;
	s->waiting_event = -1;
	for (unsigned i = 0; i < HELPER_COUNT; i++) {
		s->helpers[i].result = (struct loop_fd){ .fd = -1, .rank = 1, .ready = on_result };
		make_free(&s->helpers[i]);
	}
}

_steady_ bool helper_busy(const struct sup *s, enum helper_use use)
{
	return s->helpers[use].role.child.pid > 0;
}

static void copy_text(char *to, size_t size, const char *from)
{
	struct strbuf b = { .buf = to, .cap = size, .fixed = true };

	strbuf_puts(&b, from ? from : "");
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What peek found, a small record in hex. Only the rows that the verdict needs are taken. */
static void take_facts(struct sup *s, const char *hex)
{
	char record[2048];
	struct facts f = { 0 };
	size_t n = 0;

	for (; n < sizeof(record) && hex[0] && hex[1]; hex += 2, n++) {
		int high = hex_digit(hex[0]), low = hex_digit(hex[1]);

		if (high < 0 || low < 0)
			return;
		record[n] = (char)(high << 4 | low);
	}
	(void)facts_decode((struct slice){ record, n }, &f);
	for (enum fact_num i = FACT_HSERR_CAUSE; i <= FACT_HSERR_ADDRESS; i++)
		if (f.num.has[i])
			fact_set(&s->nums, i, f.num.v[i]);
	copy_text(s->told.frame, sizeof(s->told.frame), f.str[FACT_HSERR_FRAME]);
	copy_text(s->told.library, sizeof(s->told.library), f.str[FACT_HSERR_LIBRARY]);
	copy_text(s->told.reason, sizeof(s->told.reason), f.str[FACT_HSERR_REASON]);
	copy_text(s->told.message, sizeof(s->told.message), f.str[FACT_OOM_MESSAGE]);
	facts_done(&f);
}

static void on_line(void *arg, int letter, const char *text)
{
	struct helper *h = arg;
	bool last_death = h == &sup->helpers[HELPER_COLLECT];

	switch (letter) {
	case ROLE_SAYS_WARNING:
		log_warning("%s", text);
		break;
	case ROLE_SAYS_NOTICE:
		log_notice("%s", text);
		break;
	case ROLE_SAYS_FACT:
		if (h == &sup->helpers[HELPER_STEP])
			take_facts(sup, text);
		break;
	case ROLE_SAYS_REFUSED:
		if (h == &sup->helpers[HELPER_STEP])
			copy_text(sup->told.refused, sizeof(sup->told.refused), text);
		break;
	case ROLE_SAYS_VERDICT:
		log_notice("%s", text);
		if (last_death && *sup->told.incident)
			termlog_write(sup, text);
		break;
	case ROLE_SAYS_INCIDENT:
		tell_incident(sup, text, last_death);
		if (last_death) {
			copy_text(sup->told.incident, sizeof(sup->told.incident), text);
			termlog_write(sup, sup->verdict.sentence);
			if (sup->machine.state == M_CLAIM)
				supervise_feed(sup, ME_STEP_DONE);
		}
		break;
	default:
		break;
	}
}

static void drain(struct helper *h)
{
	int r = h->result.fd < 0 ? 0 : role_read(h->result.fd, lines_of(h), on_line, h);

	if (r == 1 || h->result.fd < 0)
		return;
	loop_remove(&sup->loop, &h->result);
	close_fd(&h->result.fd);
}

static void on_result(struct loop_fd *source, uint32_t events)
{
	(void)events;
	drain(container_of(source, struct helper, result));
}

static void release(struct helper *h)
{
	if (h->result.fd >= 0) {
		loop_remove(&sup->loop, &h->result);
		close_fd(&h->result.fd);
	}
	close_fd(&h->role.child.pidfd);
	make_free(h);
}

static int adopt(struct helper *h, const struct role *role)
{
	int r;

	release(h);
	if (h == &sup->helpers[HELPER_STEP])
		sup->step_state = sup->machine.state;
	lines_of(h)->len = 0;
	lines_of(h)->skipping = false;
	h->role = *role;
	h->result.fd = role->result;
	r = loop_add(&sup->loop, &h->result, EPOLLIN);
	if (r < 0)
		close_fd(&h->result.fd);
	return r;
}

void helper_kill(struct sup *s, enum helper_use use)
{
	struct helper *h = &s->helpers[use];

	if (use == HELPER_STEP)
		s->waiting_event = -1;
	if (!helper_busy(s, use))
		return;
	role_kill(&h->role);
	drain(h);
	release(h); /* its zombie is taken with the orphans */
}

int helper_step_hooks(struct sup *s, int event, uint64_t deadline)
{
	struct helper *background = &s->helpers[HELPER_BACKGROUND];
	uint64_t now;

	if (!helper_busy(s, HELPER_BACKGROUND))
		return helper_hooks(s, HELPER_STEP, event, deadline);
	now = clock_mono();
	s->waiting_event = event;
	s->waiting_by = deadline ? now + deadline : 0;
	if (deadline && now + deadline / 2 < background->deadline)
		background->deadline = now + deadline / 2;
	return 0;
}

static void background_ended(struct sup *s)
{
	int event = s->waiting_event;
	uint64_t left = 0, now = clock_mono();

	if (event < 0)
		return;
	s->waiting_event = -1;
	if (s->waiting_by) /* 0 would be no limit */
		left = s->waiting_by > now ? s->waiting_by - now : 1;
	if (helper_hooks(s, HELPER_STEP, event, left) < 0)
		supervise_feed(s, ME_STEP_DONE);
}

/* Asked after its last line was read, which may have moved the machine on from the claim to the
 * digest: then it is the digest that is over. */
static bool ends_state(const struct sup *s, enum helper_use use)
{
	enum machine_state now = s->machine.state;

	if (use == HELPER_STEP)
		return now == s->step_state;
	return use == HELPER_COLLECT && (now == M_CLAIM || now == M_DIGEST);
}

/* Who was waited for may have been followed by another role, which can be over already: so who is
 * to be kept from the orphans is asked at the end. */
void helpers_reap(struct sup *s)
{
	pid_t keep[HELPER_COUNT + 1];
	unsigned n = 0;

	for (unsigned i = 0; i < HELPER_COUNT; i++) {
		struct helper *h = &s->helpers[i];
		struct reaped end;

		if (!helper_busy(s, i) || reap_take(h->role.child.pid, &end) != 1)
			continue;
		drain(h);
		release(h);
		if (i == HELPER_BACKGROUND)
			background_ended(s);
		if (ends_state(s, i))
			supervise_feed(s, ME_STEP_DONE);
	}
	for (unsigned i = 0; i < HELPER_COUNT; i++)
		if (helper_busy(s, i))
			keep[n++] = s->helpers[i].role.child.pid;
	if (s->jvm.pid > 0)
		keep[n++] = s->jvm.pid;
	(void)reap_orphans(keep, n);
}

_steady_ uint64_t helpers_deadline(const struct sup *s)
{
	return helper_busy(s, HELPER_BACKGROUND) ? s->helpers[HELPER_BACKGROUND].deadline
						 : UINT64_MAX;
}

_steady_ void helpers_expire(struct sup *s, uint64_t now)
{
	if (helpers_deadline(s) > now)
		return;
	helper_kill(s, HELPER_BACKGROUND);
	background_ended(s);
}

/* A record in a memfd, for a role to read: up to two parts. */
static int memfd_of(const char *name, const void *a, size_t a_len, const void *b, size_t b_len)
{
	int fd = memfd_create(name, MFD_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = file_write_all(fd, a, a_len);
	if (r >= 0 && b_len)
		r = file_write_all(fd, b, b_len);
	if (r < 0) {
		close_fd(&fd);
		return r;
	}
	return fd;
}

static int hook_set_fd(const struct sup *s)
{
	const struct block *b = s->block;

	return memfd_of("hooks", (const char *)b + b->hook_set, b->hook_set_len, NULL, 0);
}

/* Places that hooks are told of, as far as they are known now: "" where not. */
struct hook_paths {
	struct strbuf dir, report, hs_err, dump;
	char text[4][4096];
};

static void paths_init(struct hook_paths *p)
{
	struct strbuf *const all[] = { &p->dir, &p->report, &p->hs_err, &p->dump };

	_Static_assert(ARRAY_SIZE(all) == ARRAY_SIZE(p->text), "a buffer for each");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		*all[i] = (struct strbuf)STRBUF_FIXED(p->text[i]);
		strbuf_reset(all[i]);
	}
}

/* Half a path is worse than none. */
static const char *path_of(struct strbuf *path)
{
	if (strbuf_error(path))
		strbuf_reset(path);
	return strbuf_str(path);
}

/* At oom the dump is an empty file, at crash the hs_err may still grow, and the folder is the one
 * that the claim will take. */
static void paths_of_run(const struct sup *s, int event, struct hook_paths *p)
{
	const struct fact_nums *n = &s->nums;
	const struct block *b = s->block;

	if (s->run >= 0 && (event == HOOK_OOM || event == HOOK_CRASH || event == HOOK_DEATH))
		strbuf_printf(&p->dir, "%s/.run/%s", block_str(b, b->store), s->run_name);

	if ((n->has[FACT_HS_ERR_BYTES] || n->has[FACT_CRASH_EARLY]) && !death_hs_err(s, &p->hs_err))
		strbuf_reset(&p->hs_err);
	if ((n->has[FACT_HEAP_DUMP_BYTES] || n->has[FACT_HELD_AT]) && b->heap_dump_path)
		path_fill(slice_of(block_str(b, b->heap_dump_path)), (long)s->jvm_pid,
			  s->starts - 1, &p->dump);
}

/* Once the claim is made. The dump has no name that lasts: it is being compressed. */
static void paths_of_incident(const struct sup *s, struct hook_paths *p)
{
	strbuf_printf(&p->dir, "%s/%s", block_str(s->block, s->block->store), s->told.incident);
	strbuf_printf(&p->report, "%s/report.txt", strbuf_str(&p->dir));
	if (s->nums.has[FACT_HS_ERR_BYTES])
		strbuf_printf(&p->hs_err, "%s/hs_err.log", strbuf_str(&p->dir));
}

static void fill_vars(const struct sup *s, int event, struct hookvars *ret)
{
	const struct block *b = s->block;
	struct hook_paths paths;

	paths_init(&paths);
	if (*s->told.incident)
		paths_of_incident(s, &paths);
	else
		paths_of_run(s, event, &paths);
	hookvars_make(&(struct hookvars_in){ .event = hook_event_names[event],
					     .num = &s->nums,
					     .app = block_str(b, b->app),
					     .java_home = block_str(b, b->java_home),
					     .java_version = block_str(b, b->java_version),
					     .message = s->told.message,
					     .incident = s->told.incident,
					     .incident_dir = path_of(&paths.dir),
					     .report = path_of(&paths.report),
					     .hs_err = path_of(&paths.hs_err),
					     .heap_dump = path_of(&paths.dump) },
		      ret);
}

/* Where this start's hooks write, -1 where there is no such place. */
static int open_hooks_folder(struct sup *s)
{
	_cleanup_lower_ struct privs_scope raised = privs_raise();
	int fd = -1;

	if (s->run >= 0 && (mkdirat(s->run, "hooks", 0700) == 0 || errno == EEXIST))
		fd = dir_open(s->run, "hooks", NULL);
	s->hooks_ran |= fd >= 0;
	return fd;
}

int helper_hooks(struct sup *s, enum helper_use use, int event, uint64_t deadline)
{
	static struct hookvars vars;
	char pid[24], span[24];
	struct err err = { 0 };
	struct role role;
	_cleanup_close_ int set = hook_set_fd(s), out = open_hooks_folder(s);
	const char *args[] = { hook_event_names[event], pid, span, out < 0 ? "-" : NULL, NULL };
	const int fds[2] = { set, out };
	int r;

	fill_vars(s, event, &vars);
	(void)snprintf(pid, sizeof(pid), "%llu",
		       (unsigned long long)fact_get(&s->nums, FACT_PID, 0));
	(void)snprintf(span, sizeof(span), "%llu", (unsigned long long)deadline);
	r = set < 0 ? err_errno(&err, -set, "memfd")
		    : role_spawn(&(struct role_spec){ .name = "hooks",
						      .args = args,
						      .env = (const char *const *)vars.env,
						      .fds = fds,
						      .n_fds = out < 0 ? 1 : 2,
						      .has_groups = true,
						      .log_fd = s->log_fd },
				 &role, &err);
	if (r >= 0) {
		helper_kill(s, use);
		r = adopt(&s->helpers[use], &role);
	}
	if (r < 0) {
		log_warning("the %s hooks were not run: %s", hook_event_names[event], err.msg);
		return r;
	}
	s->events_ran |= 1u << event;
	if (use == HELPER_BACKGROUND && deadline)
		s->helpers[use].deadline = clock_mono() + deadline;
	return 0;
}

/* The options of a JVM that did not get past them; its words are ours, so no rights are taken. */
static int ask_refused(struct sup *s)
{
	static const char *const names[] = { "JAVA_TOOL_OPTIONS=", "JDK_JAVA_OPTIONS=",
					     "_JAVA_OPTIONS=" };
	const char *env[ARRAY_SIZE(names) + 1] = { NULL }, *const no_args[] = { NULL };
	char *const *envp = block_vec(s->block, s->block->envp);
	char *const *argv = block_vec(s->block, s->block->argv);
	const char *java = block_str(s->block, s->block->java);
	const char *dir = block_str(s->block, s->block->chdir);
	_cleanup_close_ int fd = -1;
	struct err err = { 0 };
	struct role role;
	size_t n = 0;
	int r;

	for (; *envp; envp++)
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (slice_starts(slice_of(*envp), names[i]) && n < ARRAY_SIZE(names))
				env[n++] = *envp;
	dir = dir ? dir : "";
	fd = memfd_of("words", java, strlen(java) + 1, dir, strlen(dir) + 1);
	for (r = fd; r >= 0 && *++argv;)
		r = file_write_all(fd, *argv, strlen(*argv) + 1);
	if (r < 0)
		return r;
	r = role_spawn(&(struct role_spec){ .name = "refused",
					    .args = no_args,
					    .env = env,
					    .fds = &fd,
					    .n_fds = 1,
					    .log_fd = -1 },
		       &role, &err);
	if (r < 0)
		return r;
	helper_kill(s, HELPER_STEP);
	return adopt(&s->helpers[HELPER_STEP], &role);
}

int helper_peek(struct sup *s)
{
	char text[4096];
	struct strbuf path = STRBUF_FIXED(text);
	_cleanup_close_ int fd = -1;
	const char *const no_env[] = { NULL };
	const char *const no_args[] = { NULL };
	struct err err = { 0 };
	struct role role;
	struct stat st;
	int r;

	if (!death_hs_err(s, &path))
		return s->verdict.kind == KIND_START_FAILED ? ask_refused(s) : -ENOENT;
	fd = file_open_source(AT_FDCWD, text, s->block->uid, &st, &err);
	if (fd < 0)
		return fd;
	r = role_spawn(&(struct role_spec){ .name = "peek",
					    .args = no_args,
					    .env = no_env,
					    .fds = &fd,
					    .n_fds = 1,
					    .log_fd = s->log_fd },
		       &role, &err);
	if (r < 0)
		return r;
	helper_kill(s, HELPER_STEP);
	return adopt(&s->helpers[HELPER_STEP], &role);
}

/* Makes room for the next collector: the last one is nobody's business any more but the log's. */
static void retire_collector(struct sup *s)
{
	unsigned free_slot = HELPER_OLD;

	if (!helper_busy(s, HELPER_COLLECT))
		return;
	for (unsigned i = HELPER_OLD; i < HELPER_COUNT; i++)
		if (!helper_busy(s, i))
			free_slot = i;
	drain(&s->helpers[HELPER_COLLECT]);
	if (!helper_busy(s, free_slot)) {
		struct helper *from = &s->helpers[HELPER_COLLECT], *to = &s->helpers[free_slot];
		int fd = from->result.fd;

		if (fd >= 0)
			loop_remove(&s->loop, &from->result);
		to->role = from->role;
		to->result.fd = fd;
		*lines_of(to) = *lines_of(from);
		if (fd >= 0 && loop_add(&s->loop, &to->result, EPOLLIN) < 0)
			close_fd(&to->result.fd);
		from->result.fd = -1;
		from->role.child.pidfd = -1;
	}
	release(&s->helpers[HELPER_COLLECT]);
}

static int spawn_collector(struct sup *s, enum helper_use use, const char *what, int facts,
			   int hook_set)
{
	const char *const args[] = { what, NULL };
	const char *const no_env[] = { NULL };
	const int fds[] = { facts, s->store, hook_set };
	struct err err = { 0 };
	struct role role;
	int r;

	r = role_spawn(&(struct role_spec){ .name = "collect",
					    .args = args,
					    .env = no_env,
					    .fds = fds,
					    .n_fds = hook_set < 0 ? 2 : 3,
					    .log_fd = s->log_fd,
					    .detached = true,
					    .idle = use != HELPER_COLLECT },
		       &role, &err);
	if (r >= 0)
		r = adopt(&s->helpers[use], &role);
	if (r < 0)
		log_warning("cannot collect: %s; what the JVM left stays in %s/.run/%s", err.msg,
			    block_str(s->block, s->block->store), s->run_name);
	return r;
}

int helper_collect(struct sup *s)
{
	const struct block *b = s->block;
	static char text[24 * 1024];
	struct strbuf more = STRBUF_FIXED(text);
	_cleanup_close_ int facts = -1, set = -1;

	facts_put_str(&more, FACT_RUN_NAME, s->run_name);
	facts_put_nums(&more, &s->nums);
	facts_put_str(&more, FACT_REFUSED, s->told.refused[0] ? s->told.refused : NULL);
	facts_put_str(&more, FACT_VERDICT, s->verdict.sentence);
	for (unsigned i = 0; i < s->verdict.n_evidence; i++)
		facts_put_list(&more, FACT_EVIDENCE, s->verdict.evidence[i]);
	facts = memfd_of("facts", (const char *)b + b->facts, b->facts_len, text, more.len);
	if (facts < 0) {
		log_warning("cannot collect: %s", strerror(-facts));
		return facts;
	}
	if (b->hook_set_len)
		set = hook_set_fd(s);
	retire_collector(s);
	return spawn_collector(s, HELPER_COLLECT, "claim", facts, set);
}

int helper_finish(struct sup *s)
{
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0)
		return -errno;
	return spawn_collector(s, HELPER_OLD, "finish", null, -1);
}
