/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervising process: one thread, one epoll loop, no allocation. It counts, holds, forwards,
 * reaps and waits; what is slow or hostile is done by roles.
 *
 * One wake-up is served in this order: the watch for a heap dump (each moment counts), result pipes
 * (what a role said counts before its end), then the signalfd. A SIGCHLD looks at the JVM first,
 * then at the roles, then takes orphans. Everything else that happens is a step of the machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/journal.h"
#include "base/log.h"
#include "hooks/hooks.h"
#include "jvm/home.h"
#include "launcher/slim.h"
#include "launcher/supervise.h"
#include "launcher/sup.h"
#include "launcher/termlog.h"
#include "launcher/title.h"

#define PEEK_DEADLINE	 (2 * NSEC_PER_SEC)
#define BACKGROUND_HOOKS (60 * NSEC_PER_SEC)

static struct sup sup = {
	.log_fd = STDERR_FILENO,
	.store = -1,
	.runs = -1,
	.run = -1,
	.life = -1,
	.sentinel = -1,
	.jvm = { .pidfd = -1 },
	.sampler = { .next = UINT64_MAX, .statm = -1, .perf = -1 },
};

static bool has_hooks(const struct sup *s, enum hook_event e)
{
	return s->block->hook_events & 1u << e;
}

/* What the death is the event of, where it has not come before the death. */
static int event_hook(const struct sup *s)
{
	int event = s->verdict.kind == KIND_OOM	    ? HOOK_OOM
		    : s->verdict.kind == KIND_CRASH ? HOOK_CRASH
						    : -1;

	return event >= 0 && s->events_ran & 1u << event ? -1 : event;
}

static bool is_incident(const struct sup *s)
{
	return s->verdict.kind != KIND_NONE && s->block->incident_on & (uint64_t)1
									       << s->verdict.kind;
}

/* What this end asks for, from the verdict as it is known now; asked again when peek has told more.
 */
static void want(struct sup *s)
{
	bool *wants = s->machine.wants.state;
	bool incident = is_incident(s);
	int event = event_hook(s);

	wants[M_EVENT_HOOKS] = incident && event >= 0 && has_hooks(s, (enum hook_event)event);
	wants[M_DEATH_HOOKS] = incident && has_hooks(s, HOOK_DEATH);
	wants[M_CLAIM] = incident && s->life >= 0;
}

static void tell_delay(const struct sup *s)
{
	char text[32];
	struct strbuf span = STRBUF_FIXED(text);

	strbuf_duration(&span, s->machine.delay);
	log_notice("%s will be started again in %s", block_str(s->block, s->block->app), text);
}

/* The sentence for the log, and whether there will be another JVM. */
static void conclude(struct sup *s)
{
	bool *wants = s->machine.wants.state;
	bool exit_zero = fact_get(&s->nums, FACT_EXIT_CODE, 1) == 0;
	enum restart_answer answer;

	want(s);
	if (is_incident(s)) {
		tell_death(s);
		termlog_write(s, s->verdict.sentence);
	}
	answer = restart_decide(&s->block->restart, &s->history, s->verdict.kind, exit_zero,
				s->machine.stopping, clock_mono(), &s->machine.delay);
	wants[M_DELAY] = answer == RESTART_YES;
	wants[M_GIVE_UP_HOOKS] = answer == RESTART_GIVE_UP && has_hooks(s, HOOK_GIVE_UP);
	wants[M_DIGEST] = wants[M_CLAIM] && s->block->wait;
	if (answer == RESTART_YES && s->machine.delay)
		tell_delay(s);
	if (answer == RESTART_GIVE_UP)
		tell_give_up(s);
}

static void pass(struct sup *s, int sig)
{
	if (s->jvm.pid > 0)
		(void)child_signal(&s->jvm, sig);
}

static void show_title(const struct sup *s)
{
	title_set(s->jvm.pid, block_str(s->block, s->block->app));
}

static void start_again(struct sup *s)
{
	struct err err = { 0 };

	if (s->machine.wants.state[M_CLAIM])
		start_let_go(s);
	else
		start_clean(s);
	tell_restart(s);
	if (start_jvm(s, &err) < 0) {
		log_error("%s", err.msg);
		s->exec_errno = err.code;
		s->machine.state = M_END;
		return;
	}
	show_title(s);
	notify_started(s);
	(void)machine_step(&s->machine, ME_JVM_STARTED, clock_mono());
	if (has_hooks(s, HOOK_RESTART))
		(void)helper_hooks(s, HELPER_BACKGROUND, HOOK_RESTART, BACKGROUND_HOOKS);
}

/* A step whose role could not even be started is over at once; told already. */
static void begin(struct sup *s, int result)
{
	if (result < 0)
		supervise_feed(s, ME_STEP_DONE);
}

static void begin_crash_hooks(struct sup *s)
{
	fact_set(&s->nums, FACT_CRASH_EARLY, 1);
	begin(s, helper_step_hooks(s, HOOK_CRASH, 0));
}

static void kill_dump(struct sup *s)
{
	char text[32];
	struct strbuf span = STRBUF_FIXED(text);

	strbuf_duration(&span, s->machine.dump_deadline);
	log_error("the heap dump of %s has stood still for %s: it is killed",
		  block_str(s->block, s->block->app), text);
	fact_set(&s->nums, FACT_DUMP_STALLED, s->machine.dump_deadline);
	pass(s, SIGKILL);
}

static void act(struct sup *s, struct machine_step step)
{
	if (step.abandon) /* a digest is let go, not killed: it is detached */
		helper_kill(s, HELPER_STEP);
	if (step.release && step.action != MA_KILL) /* that reaches a stopped process too */
		hold_release(s);
	switch (step.action) {
	case MA_HOLD:
		hold_stop(s);
		break;
	case MA_OOM_HOOKS:
		begin(s, helper_step_hooks(s, HOOK_OOM, s->machine.hooks_deadline));
		break;
	case MA_CRASH_HOOKS:
		begin_crash_hooks(s);
		break;
	case MA_KILL_DUMP:
		kill_dump(s);
		break;
	case MA_PASS_STOP:
		if (!s->stop_on_terminal)
			pass(s, s->stop_signal);
		break;
	case MA_KILL:
		log_warning("%s did not stop in time and is killed",
			    block_str(s->block, s->block->app));
		fact_set(&s->nums, FACT_KILL_SENT, 1);
		pass(s, SIGKILL);
		break;
	case MA_STOP_HOOKS:
		helper_kill(s, HELPER_BACKGROUND); /* a stop does not wait for a start */
		begin(s, helper_hooks(s, HELPER_STEP, HOOK_STOP, s->machine.stop_hooks_deadline));
		break;
	case MA_PEEK:
		begin(s, helper_peek(s));
		break;
	case MA_EVENT_HOOKS:
		begin(s, helper_step_hooks(s, event_hook(s), 0));
		break;
	case MA_DEATH_HOOKS:
		begin(s, helper_step_hooks(s, HOOK_DEATH, 0));
		break;
	case MA_COLLECT:
		start_note_end(s);
		begin(s, helper_collect(s));
		break;
	case MA_GIVE_UP_HOOKS:
		begin(s, helper_step_hooks(s, HOOK_GIVE_UP, 0));
		break;
	case MA_WAIT_DIGEST:
		if (!helper_busy(s, HELPER_COLLECT))
			supervise_feed(s, ME_STEP_DONE);
		break;
	case MA_START:
		start_again(s);
		break;
	default:
		break;
	}
}

/* By the title of its report, while it is still alive: the report is all that may count yet. */
static bool is_crash(struct sup *s)
{
	bool crash;

	death_decide(s);
	crash = s->verdict.kind == KIND_CRASH && s->verdict.confidence == CONFIDENCE_CONFIRMED;
	s->nums.has[FACT_KIND] &= crash; /* hooks are told of it */
	return crash;
}

void supervise_feed(struct sup *s, enum machine_event event)
{
	bool over = event == ME_STEP_DONE || event == ME_DEADLINE;

	if (s->machine.state == M_PEEK && over) {
		death_decide(s);
		conclude(s);
	}
	if (s->machine.state == M_REPORT_PEEK && over)
		s->machine.wants.crash_now = is_crash(s);
	act(s, machine_step(&s->machine, event, clock_mono()));
	notify_step(s);
}

static void jvm_ended(struct sup *s)
{
	bool *wants = s->machine.wants.state;

	notify_ended(s);
	(void)reap_take(s->jvm.pid, &s->end);
	sampler_stop(s);
	hold_disarm(s);
	death_note(s);
	death_decide(s);
	s->jvm.pid = 0;
	wants[M_PEEK] = s->nums.has[FACT_HS_ERR_BYTES] || s->verdict.kind == KIND_START_FAILED;
	if (!wants[M_PEEK])
		conclude(s);
	else
		want(s);
	supervise_feed(s, ME_JVM_ENDED);
}

static bool is_job_control(int sig)
{
	return sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

/* Job control: the shell must see of us what it would have seen of java. A STOP that somebody sent
 * to the JVM alone is his business with it, and ours is not for the shell: while the JVM is held, a
 * stop by the terminal waits. */
static void jvm_stopped(struct sup *s, int sig)
{
	if (machine_holds(&s->machine)) {
		if (is_job_control(sig))
			s->hold.stop_after = sig;
		hold_noted(s);
		return;
	}
	if (!is_job_control(sig))
		return;
	signals_stop_by(sig);
	pass(s, SIGCONT);
	supervise_feed(s, ME_DUMP_GREW); /* it could not, and neither could we look */
}

static void on_child(struct sup *s)
{
	struct reaped r;

	while (s->jvm.pid > 0 && reap_look(s->jvm.pid, &r) == 1) {
		if (r.code == CLD_STOPPED)
			jvm_stopped(s, r.status);
		else if (r.code != CLD_CONTINUED)
			jvm_ended(s);
		else if (machine_holds(&s->machine))
			hold_again(s);
	}
	helpers_reap(s);
}

static bool asks_to_stop(const struct sup *s, int sig)
{
	return (sig == SIGTERM || sig == SIGINT || sig == SIGHUP) &&
	       !sigismember(&s->signals.was_ignored, sig);
}

/* At a stop of a JVM that is writing its heap dump and takes no signal before the end of it. */
static void tell_choice(struct sup *s)
{
	uint64_t timeout = s->block->stop_timeout;
	char text[32];
	struct strbuf span = STRBUF_FIXED(text);

	if (s->nums.has[FACT_STOP_AT_DUMP] || s->jvm.pid <= 0 || !death_dump_runs(s))
		return;
	fact_set(&s->nums, FACT_STOP_AT_DUMP, timeout);
	strbuf_duration(&span, timeout);
	if (timeout)
		log_notice("%s is writing a heap dump and cannot stop before its end: it is given "
			   "%s ([stop] timeout), then it is killed",
			   block_str(s->block, s->block->app), text);
	else
		log_notice("%s is writing a heap dump and cannot stop before its end: it is waited "
			   "for, as java would be ([stop] timeout = 0)",
			   block_str(s->block, s->block->app));
}

/* To a JVM that is held: a stop comes when it is let go, and nobody but us lets it go. */
static bool is_kept_back(struct sup *s, int sig)
{
	if (!machine_holds(&s->machine) || (sig != SIGCONT && !is_job_control(sig)))
		return false;
	s->hold.stop_after = sig == SIGCONT ? 0 : sig;
	return true;
}

static void on_signal(struct sup *s, const struct signalfd_siginfo *si)
{
	int sig = (int)si->ssi_signo;
	bool terminal = signals_from_terminal(si);

	if (is_kept_back(s, sig))
		return;
	if (asks_to_stop(s, sig)) {
		s->stop_on_terminal = terminal;
		s->stop_signal = sig == SIGTERM ? s->block->stop_signal : sig;
		if (!s->nums.has[FACT_STOP_SIGNAL] && s->jvm.pid > 0)
			fact_set(&s->nums, FACT_STOP_SIGNAL, (uint64_t)sig);
		tell_choice(s);
		supervise_feed(s, ME_STOP);
	} else if (!terminal) {
		pass(s, sig);
	}
}

static void on_signals(struct loop_fd *source, uint32_t events)
{
	struct signalfd_siginfo si;

	(void)source;
	(void)events;
	while (signals_read(&sup.signals, &si) == 1) {
		if (si.ssi_signo == SIGCHLD)
			on_child(&sup);
		else if (!hold_signal(&sup, &si))
			on_signal(&sup, &si);
	}
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A program that lives shorter than this shall not pay for giving memory back. */
#define SLIM_AFTER (2 * NSEC_PER_SEC)

static void on_deadline(struct sup *s)
{
	if (s->machine.state == M_HOLDING)
		hold_look(s);
	else if (machine_waits_for_dump(&s->machine) && hold_dump_grew(s))
		supervise_feed(s, ME_DUMP_GREW);
	else
		supervise_feed(s, ME_DEADLINE);
}

static _steady_ void run_loop(struct sup *s)
{
	uint64_t slim_at = clock_mono() + SLIM_AFTER;

	while (s->machine.state != M_END) {
		uint64_t deadline = earliest(s->machine.deadline, helpers_deadline(s)), now;

		deadline = earliest(deadline, s->sampler.next);
		deadline = earliest(deadline, notify_deadline(s));
		if (loop_wait(&s->loop, earliest(deadline, slim_at)) < 0)
			log_error("waiting failed: %s", strerror(errno));
		now = clock_mono();
		helpers_expire(s, now);
		if (s->machine.deadline <= now)
			on_deadline(s);
		if (s->sampler.next <= now && sampler_tick(s) && slim_at == UINT64_MAX)
			slim_at = now;
		notify_expire(s, now);
		if (slim_at <= now) {
			slim_at = UINT64_MAX;
			slim_pages();
		}
	}
}

/* CrashOnOutOfMemoryError crashes too; a JVM that gets no memory for itself ends with 1 anyhow. */
static bool died_by_crash(const struct sup *s)
{
	bool crash = s->verdict.kind == KIND_CRASH ||
		     (s->verdict.kind == KIND_OOM && s->verdict.oom_kind != OOM_NATIVE &&
		      fact_get(&s->nums, FACT_CRASH_ON_OOM, 0) && s->nums.has[FACT_HS_ERR_BYTES]);

	return crash && s->verdict.confidence == CONFIDENCE_CONFIRMED;
}

/* The exit status of the contract, section 5. Does not return where the JVM ended by a signal,
 * unless we are PID 1. */
static int end_like_jvm(struct sup *s)
{
	int sig = (int)fact_get(&s->nums, FACT_SIGNAL, 0);
	int code = (int)fact_get(&s->nums, FACT_EXIT_CODE, 0);

	if (s->exec_errno)
		return s->exec_errno == ENOENT ? EXIT_JAVA_NOT_FOUND : EXIT_JAVA_NOT_EXECUTABLE;
	if (sig == SIGKILL && (s->nums.has[FACT_DUMP_STALLED] ||
			       fact_get(&s->nums, FACT_DUMP_NO_ROOM, 0) == DUMP_SKIPPED))
		return s->block->oom_exit_code;
	if (!sig && code == 1 && died_by_crash(s) && fact_get(&s->nums, FACT_CORE_OFF_OURS, 0))
		sig = SIGABRT; /* 1 only through a flag of ours: it would have been this */
	if (!sig)
		return code;
	signals_end_by(sig);
	return 128 + sig;
}

static void open_store(struct sup *s)
{
	const char *store = block_str(s->block, s->block->store);
	struct err err = { 0 };

	if (!store)
		return;
	s->store = dir_open(AT_FDCWD, store, &err);
	if (s->store >= 0)
		s->runs = dir_open(s->store, ".run", &err);
	if (s->runs < 0)
		log_warning("incidents cannot be kept: %s", err.msg);
}

static void open_log(struct sup *s)
{
	const char *path = block_str(s->block, s->block->log_file);
	int fd = -1, r;

	if (path) {
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
		if (fd < 0)
			log_warning("[log] target %s: %s; logging to stderr", path,
				    strerror(errno));
	}
	if (fd >= 0)
		s->log_fd = fd;
	log_open("jvisor", (enum log_level)s->block->log_level, fd);
	if (!s->block->log_journal)
		return;
	r = log_open_journal(JOURNAL_SOCKET);
	if (r < 0)
		log_warning("[log] target journal: %s: %s; logging to stderr", JOURNAL_SOCKET,
			    strerror(-r));
}

static int open_all(struct sup *s, struct err *err)
{
	struct block *b = s->block;
	int r;

	s->machine = (struct machine){
		.state = M_RUNNING,
		.deadline = UINT64_MAX,
		.wants.stop_hooks = has_hooks(s, HOOK_STOP),
		.stop_timeout = b->stop_timeout,
		.stop_hooks_deadline = b->stop_hooks_deadline,
		.hooks_deadline = b->oom_hooks_deadline,
		.dump_deadline = b->dump_deadline,
		.ends_at_oom = fact_get(&b->known, FACT_EXIT_ON_OOM, 0) ||
			       fact_get(&b->known, FACT_CRASH_ON_OOM, 0),
		.wants.crash_early = b->watch_report,
		.span[M_PEEK] = PEEK_DEADLINE,
		.span[M_DIGEST] = b->wait == UINT64_MAX ? 0 : b->wait,
	};
	r = signals_open(&s->signals);
	if (r >= 0)
		r = loop_init(&s->loop);
	if (r < 0)
		return err_errno(err, -r, "cannot supervise");
	helpers_init(s);
	hold_init(s);
	s->signal_source = (struct loop_fd){ .fd = s->signals.fd, .rank = 2, .ready = on_signals };
	r = loop_add(&s->loop, &s->signal_source, EPOLLIN);
	if (r < 0)
		return err_errno(err, -r, "cannot supervise");
	open_store(s);
	notify_init(s);
	return 0;
}

/* The java could not be run at all: nothing was started, so there is nothing to collect. */
static int not_started(struct sup *s, const struct err *err)
{
	s->exec_errno = err->code;
	log_error("%s", err->msg);
	termlog_write(s, err->msg);
	return end_like_jvm(s);
}

/* We are never the reason that a program does not run: what is missing here is missing for us
 * alone. */
static int give_way(struct sup *s, const char *why)
{
	log_warning("%s; java runs without supervision", why);
	signals_close(&s->signals);
	return SUPERVISE_CANNOT;
}

int supervise(struct block *b, int argc, char *argv[])
{
	struct sup *s = &sup;
	struct err err = { 0 };
	int r;

	s->block = b;
	open_log(s);
	r = open_all(s, &err);
	if (r < 0)
		return give_way(s, err.msg);
	privs_give_up_all_but(b->own_caps, b->own_bound);
	privs_in_force(privs_of_supervisor_in_force);
	r = start_jvm(s, &err);
	if (r == -E2BIG)
		return give_way(s, "the command line has no room left for jvisor's options");
	if (r < 0)
		return not_started(s, &err);
	title_take(argc, argv);
	show_title(s);
	notify_started(s);
	if (has_hooks(s, HOOK_START))
		(void)helper_hooks(s, HELPER_BACKGROUND, HOOK_START, BACKGROUND_HOOKS);
	if (b->leftovers && s->store >= 0)
		(void)helper_finish(s);
	on_child(s); /* once before the first wait: it may have ended already */
	run_loop(s);
	helper_kill(s, HELPER_BACKGROUND);
	start_remove_pidfile(s);
	if (s->machine.jvm_ended && !is_incident(s))
		termlog_clear(s);
	if (!s->machine.wants.state[M_CLAIM])
		start_clean(s);
	return end_like_jvm(s);
}
