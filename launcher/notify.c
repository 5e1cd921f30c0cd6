/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service manager is told, and when: READY when the JVM is initialised or the program says
 * so, STATUS with the state and the last verdict, STOPPING, proofs of life, and more time while
 * something runs that must not be cut. And the program's own messages, which arrive at a socket of
 * ours and go on in our name, so that NotifyAccess=main is enough and nobody else speaks for us.
 *
 * What is to be said is state, not a queue: a message that found the manager's queue full is made
 * anew from what holds then.
 *
 * What one would get wrong: a proof of life is the JVM's, not ours. That some thread of it has used
 * CPU time since the last proof is what can be known without asking it anything (an idle JVM of 8
 * to 28 does so every second): it excludes a JVM that is stopped, dead or starved, not a program
 * that hangs, which only its own pings can prove.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/mask.h"
#include "base/utf8.h"
#include "jvm/paths.h"
#include "jvm/perfdata.h"
#include "launcher/readiness.h"
#include "launcher/sup.h"
#include "policy/policy.h"
#include "proc/privs.h"
#include "proc/procfs.h"

#define EXTEND_BY    "EXTEND_TIMEOUT_USEC=30000000\n"
#define EXTEND_EVERY (5 * NSEC_PER_SEC)
#define DUMP_GROWS   (20 * NSEC_PER_SEC) /* a file that was changed since then is being written */
#define RETRY_SOON   (200 * NSEC_PER_MSEC)
#define MESSAGES_MAX 32 /* per wake-up, so that a chatty program does not hold the loop */

static struct sup *sup;

static bool wanted(const struct sup *s)
{
	return s->notify.out.fd >= 0;
}

static bool jvm_runs(const struct sup *s)
{
	return s->jvm.pid > 0;
}

static bool ready_by_program(const struct sup *s)
{
	return s->block->notify == NOTIFY_BY_PROGRAM && s->notify.proxy.fd >= 0;
}

/* Until then the service is starting for the manager. */
static bool is_ready(const struct sup *s)
{
	return s->notify.ready.due || s->notify.ready.said;
}

static void send_text(struct sup *s, struct strbuf *text)
{
	struct notifier *n = &s->notify;
	int r = text->len ? notify_send(&n->out, (struct slice){ text->buf, text->len }, NULL, 0)
			  : 0;

	if (r < 0) {
		n->retry_at = r == -EAGAIN ? clock_mono() + RETRY_SOON : UINT64_MAX;
		if (!n->failed && r != -EAGAIN)
			log_warning("the service manager cannot be told: %s", strerror(-r));
		n->failed |= r != -EAGAIN;
		return;
	}
	n->retry_at = UINT64_MAX;
	n->ready.said |= n->ready.due;
	n->stopping.said |= n->stopping.due;
	n->ready.due = n->stopping.due = n->status_due = false;
}

/* Everything that is due, in one message. */
static void say(struct sup *s, const char *more)
{
	struct notifier *n = &s->notify;
	char room[sizeof(n->status) + 128];
	struct strbuf text = STRBUF_FIXED(room);

	if (n->ready.due)
		strbuf_puts(&text, "READY=1\n");
	if (n->stopping.due)
		strbuf_puts(&text, "STOPPING=1\n");
	if (n->status_due)
		strbuf_printf(&text, "STATUS=%s\n", n->status);
	strbuf_puts(&text, more);
	send_text(s, &text);
}

static void running_status(const struct sup *s, struct strbuf *out)
{
	const char *app = block_str(s->block, s->block->app);

	strbuf_printf(out, "%s %s, pid %ld", s->notify.initialised ? "running" : "starting", app,
		      (long)s->jvm_pid);
	if (s->starts > 1)
		strbuf_printf(out, ", restarted %u time%s; before: %s", s->starts - 1,
			      s->starts == 2 ? "" : "s", s->verdict.sentence);
}

static void ended_status(const struct sup *s, struct strbuf *out)
{
	strbuf_puts(out, s->verdict.sentence);
	if (s->machine.state == M_DELAY) {
		strbuf_puts(out, "; started again in ");
		strbuf_duration(out, s->machine.delay);
	} else if (s->machine.state != M_END) {
		strbuf_printf(out, "; %s", machine_state_name(s->machine.state));
	}
}

static void compose_status(const struct sup *s, struct strbuf *out)
{
	const char *app = block_str(s->block, s->block->app);

	switch (s->machine.state) {
	case M_RUNNING:
		running_status(s, out);
		break;
	case M_STOP_HOOKS:
		strbuf_printf(out, "stopping %s: its stop hooks run", app);
		break;
	case M_STOPPING:
		strbuf_printf(out, "stopping %s, pid %ld", app, (long)s->jvm_pid);
		break;
	case M_KILLED:
		strbuf_printf(out, "%s did not stop in time and was killed", app);
		break;
	default:
		if (jvm_runs(s))
			strbuf_printf(out, "%s: %s", app, machine_state_name(s->machine.state));
		else
			ended_status(s, out);
		break;
	}
}

/* The manager refuses a text that is not UTF-8, and shows it to everybody. */
static void update_status(struct sup *s)
{
	struct notifier *n = &s->notify;
	char raw[sizeof(n->status)], shown[sizeof(n->status)], clean[sizeof(n->status)];
	struct strbuf a = STRBUF_FIXED(raw), m = STRBUF_FIXED(shown), b = STRBUF_FIXED(clean);

	if (s->machine.state == M_RUNNING && n->program_status)
		return;
	compose_status(s, &a);
	mask_text(NULL, (struct slice){ raw, a.len }, &m);
	m.len = utf8_whole((struct slice){ shown, m.len });
	strbuf_clean(&b, (struct slice){ shown, m.len }, false);
	if (!b.len || !strcmp(n->status, clean))
		return;
	memcpy(n->status, clean, b.len + 1);
	n->status_due = true;
}

static bool grows(const char *path)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       clock_ns(st.st_mtim) + DUMP_GROWS > clock_real();
}

/* From 25 on a dump is written in parts beside the file, PATH.p0 and so on. */
static bool is_dumping(const struct sup *s)
{
	char text[4096];
	struct strbuf path = STRBUF_FIXED(text);

	if (!death_dump_path(s, &path))
		return false;
	if (grows(text))
		return true;
	strbuf_puts(&path, ".p0");
	return !strbuf_error(&path) && grows(text);
}

static bool is_dumping_core(const struct sup *s)
{
	_cleanup_close_ int proc = procfs_open();
	struct proc_status status;

	return proc >= 0 && procfs_status(proc, s->jvm.pid, &status) == 0 && status.core_dumping;
}

/* Something runs that a timeout of the manager must not cut. A manager that was told READY and
 * nothing of a stop has no timeout that runs. */
static bool needs_time(const struct sup *s)
{
	if (is_ready(s) && !s->machine.stopping && !s->notify.stopping.said)
		return false;
	if (!jvm_runs(s))
		return s->machine.state != M_DELAY && s->machine.state != M_END;
	if (s->machine.state == M_RUNNING || s->machine.state == M_STOPPING)
		return is_dumping(s) || is_dumping_core(s);
	return s->machine.state != M_KILLED;
}

/* While it may become so, it is looked at again. */
static bool may_need_time(const struct sup *s)
{
	return s->machine.state != M_END && s->machine.state != M_DELAY &&
	       (s->machine.stopping || s->notify.stopping.said || !is_ready(s));
}

static void extend(struct sup *s)
{
	s->notify.extend_at = may_need_time(s) ? clock_mono() + EXTEND_EVERY : UINT64_MAX;
	say(s, needs_time(s) ? EXTEND_BY : "");
}

/* ns of CPU time of all its threads; 0: it has gone. */
static uint64_t cpu_used(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
		return 0;
	return clock_ns(t);
}

/* What runs then has a deadline of its own; the JVM stands still, or is not there. */
static bool is_in_our_hands(const struct sup *s)
{
	enum machine_state now = s->machine.state;

	return !jvm_runs(s) || (now > M_RUNNING && now < M_STOP_HOOKS) || is_dumping_core(s);
}

static bool is_alive(struct sup *s)
{
	struct notifier *n = &s->notify;
	uint64_t cpu;

	if (is_in_our_hands(s))
		return true;
	if (n->program_pings || (s->block->notify == NOTIFY_BY_PROGRAM && n->program_ready))
		return false; /* it is for the program to say */
	cpu = cpu_used(s->jvm.pid);
	if (cpu <= n->cpu)
		return false;
	n->cpu = cpu;
	return true;
}

static void ping(struct sup *s, uint64_t now)
{
	s->notify.ping_at = now + s->notify.watchdog / 2;
	if (is_alive(s))
		say(s, "WATCHDOG=1\n");
}

static int read_counters(const struct sup *s, struct perf_reading *ret)
{
	_cleanup_close_ int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t changed;
	void *buf;
	int r;

	if (tmp < 0)
		return -errno;
	buf = mmap(NULL, PERFDATA_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buf == MAP_FAILED)
		return -errno;
	r = perfdata_read(tmp, block_str(s->block, s->block->user_name), s->jvm.pid, s->block->uid,
			  buf, PERFDATA_MAX, ret, &changed);
	(void)munmap(buf, PERFDATA_MAX);
	return r;
}

/* The file of an earlier process of this pid is none. */
static void look_at_counters(const struct sup *s, struct readiness_seen *ret)
{
	struct perf_reading reading = { 0 };
	int r = s->block->perf_data ? read_counters(s, &reading) : -ENOENT;

	if (r == 0 && perfdata_is_older(&reading, fact_get(&s->nums, FACT_STARTED, 0)))
		r = -ENOENT;
	ret->has_file = r == 0 || r == -EAGAIN;
	ret->initialised = r == 0 && reading.vm_end_ms;
}

static void look_at_handlers(const struct sup *s, struct readiness_seen *ret)
{
	_cleanup_close_ int proc = procfs_open();
	struct proc_status status;

	ret->handles_quit = proc >= 0 && procfs_status(proc, s->jvm.pid, &status) == 0 &&
			    status.caught & 1u << (SIGQUIT - 1);
}

static void note_initialised(struct sup *s)
{
	struct notifier *n = &s->notify;

	n->initialised = true;
	n->look_at = UINT64_MAX;
	if (!ready_by_program(s) && !n->ready.said && !s->machine.stopping)
		n->ready.due = true;
	update_status(s);
	say(s, "");
}

static void look(struct sup *s, uint64_t now)
{
	uint64_t since = now - s->started;
	struct readiness_seen seen = { 0 };
	enum readiness r;

	look_at_counters(s, &seen);
	if (!seen.has_file)
		look_at_handlers(s, &seen);
	r = readiness_decide(&seen, s->block->perf_data, since);
	if (r == READINESS_GUESSED && !ready_by_program(s) && !s->notify.ready.said)
		log_notice("this JVM keeps no hsperfdata to tell when it is ready; as it still "
			   "runs, it is taken for ready");
	if (r == READINESS_NOT_YET)
		s->notify.look_at = now + readiness_pause(since);
	else
		note_initialised(s);
}

/* The JVM or one of its descendants, of which each is asked for its parent. Of one that has gone
 * meanwhile (systemd-notify --no-block) only the user can be told. */
static bool is_of_jvm(const struct sup *s, const struct notify_message *m)
{
	enum { GENERATIONS = 32 };
	_cleanup_close_ int proc = -1;
	struct proc_status status;
	pid_t pid = m->pid;

	if (pid == s->jvm.pid)
		return true;
	proc = procfs_open();
	for (int i = 0; proc >= 0 && i < GENERATIONS && pid > 1; i++) {
		if (procfs_status(proc, pid, &status) < 0)
			return m->uid == s->block->uid;
		pid = status.ppid;
		if (pid == s->jvm.pid)
			return true;
	}
	return false;
}

/* A program that stops by itself and will be started again is not the end of the service. */
static unsigned allowed_words(const struct sup *s)
{
	unsigned words = ~(NOTIFY_BIT(NOTIFY_OTHER) | NOTIFY_BIT(NOTIFY_STOPPING));

	if (s->machine.stopping || !s->block->restart.when)
		words |= NOTIFY_BIT(NOTIFY_STOPPING);
	return words;
}

static void note_words(struct sup *s, unsigned seen)
{
	struct notifier *n = &s->notify;

	if (seen & NOTIFY_BIT(NOTIFY_READY)) {
		if (n->ready.said && !n->program_ready && s->starts == 1 &&
		    s->block->notify == NOTIFY_BY_AUTO)
			log_notice("the program says itself when it is ready; [notify] systemd = "
				   "program makes systemd wait for that");
		n->program_ready = n->ready.said = true;
		n->ready.due = false;
	}
	n->program_pings |= seen & NOTIFY_BIT(NOTIFY_WATCHDOG);
	n->program_status |= seen & NOTIFY_BIT(NOTIFY_STATUS);
	if (seen & NOTIFY_BIT(NOTIFY_OTHER))
		log_debug("a line of the program's to the service manager was not passed on");
}

static void pass_on(struct sup *s, struct notify_message *m)
{
	const unsigned with_fds = NOTIFY_BIT(NOTIFY_FD_STORE) | NOTIFY_BIT(NOTIFY_BARRIER);
	static char room[NOTIFY_MAX + 1];
	struct strbuf text = STRBUF_FIXED(room);
	unsigned seen, n_fds;
	int r;

	seen = notify_filter((struct slice){ m->text, m->len }, allowed_words(s), &text);
	n_fds = seen & with_fds ? m->n_fds : 0;
	if (!text.len || strbuf_error(&text))
		return;
	r = notify_send(&s->notify.out, (struct slice){ room, text.len }, m->fds, n_fds);
	if (r < 0)
		log_warning("a message of the program's did not reach the service manager: %s",
			    strerror(-r));
	else
		note_words(s, seen);
}

static void on_proxy(struct loop_fd *source, uint32_t events)
{
	static struct notify_message m;

	(void)events;
	for (int i = 0; i < MESSAGES_MAX && notify_receive(source->fd, &m) == 1; i++) {
		if (is_of_jvm(sup, &m))
			pass_on(sup, &m);
		else
			log_debug("a message to the service manager of process %ld, which is not "
				  "the JVM's, was dropped",
				  (long)m.pid);
		notify_message_done(&m);
	}
}

void notify_init(struct sup *s)
{
	struct notifier *n = &s->notify;
	const char *socket = block_str(s->block, s->block->notify_socket);
	int r;

	sup = s;
	*n = (struct notifier){
		.out.fd = -1,
		.proxy = { .fd = -1, .ready = on_proxy },
		.watchdog = s->block->watchdog,
		.look_at = UINT64_MAX,
		.ping_at = UINT64_MAX,
		.extend_at = UINT64_MAX,
		.retry_at = UINT64_MAX,
	};
	if (!socket)
		return;
	r = notify_open(socket, &n->out);
	if (r < 0) {
		n->out.fd = -1;
		log_warning("NOTIFY_SOCKET %s: %s; the service manager is told nothing", socket,
			    strerror(-r));
	}
}

void notify_prepare(struct sup *s)
{
	struct loop_fd *p = &s->notify.proxy;
	int r = -ENOENT;

	if (!wanted(s) || !s->block->notify_proxy)
		return;
	if (s->run >= 0)
		r = p->fd = notify_bind(s->run, LIFE_NOTIFY_NAME);
	if (r >= 0 && (r = loop_add(&s->loop, p, EPOLLIN)) < 0)
		close_fd(&p->fd);
	if (r < 0)
		log_warning("what the program tells the service manager cannot be passed on: %s",
			    strerror(-r));
}

void notify_started(struct sup *s)
{
	struct notifier *n = &s->notify;
	uint64_t now = clock_mono();

	if (!wanted(s))
		return;
	n->initialised = n->program_ready = n->program_pings = n->program_status = false;
	n->cpu = 0;
	n->look_at = now + readiness_pause(0);
	if (n->watchdog && n->ping_at == UINT64_MAX)
		n->ping_at = now + n->watchdog / 2;
	notify_step(s);
}

/* What it said last is in the queue still. */
void notify_ended(struct sup *s)
{
	_cleanup_lower_ struct privs_scope raised = { 0 };
	struct loop_fd *p = &s->notify.proxy;

	s->notify.look_at = UINT64_MAX;
	if (p->fd < 0)
		return;
	on_proxy(p, 0);
	loop_remove(&s->loop, p);
	close_fd(&p->fd);
	raised = privs_raise();
	(void)unlinkat(s->run, LIFE_NOTIFY_NAME, 0);
}

/* No JVM will be started any more, or a stop was asked for. */
static bool is_stopping(const struct sup *s)
{
	return s->machine.stopping ||
	       (s->machine.state > M_PEEK && !s->machine.wants.state[M_DELAY] && !jvm_runs(s));
}

void notify_step(struct sup *s)
{
	struct notifier *n = &s->notify;

	if (!wanted(s))
		return;
	if (is_stopping(s) && !n->stopping.said)
		n->stopping.due = true;
	update_status(s);
	if (n->stopping.due || n->status_due)
		extend(s);
}

_steady_ uint64_t notify_deadline(const struct sup *s)
{
	const struct notifier *n = &s->notify;
	const uint64_t all[] = { n->look_at, n->ping_at, n->extend_at, n->retry_at };
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		first = all[i] < first ? all[i] : first;
	return first;
}

_steady_ void notify_expire(struct sup *s, uint64_t now)
{
	struct notifier *n = &s->notify;

	if (n->look_at <= now)
		look(s, now);
	if (n->ping_at <= now)
		ping(s, now);
	if (n->extend_at <= now)
		extend(s);
	if (n->retry_at <= now)
		say(s, "");
}
