/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real process that stands for a JVM in milliseconds. It lies as bin/java in a made-up JDK home
 * (tests/run/lib.sh) and does what the words -Dfake.WORD[=VALUE] among its arguments say; flags
 * that jvisor adds are obeyed as HotSpot 17 would, so a test sees whether they arrived. Without a
 * word it keeps hsperfdata as a JVM does, prints nothing and exits with 0.
 *
 * report=DIR  writes args (each ends in NUL), env, fds and state there
 * ready=FILE  its pid, written when the signal handlers are in place
 * count=FILE  a line is added: monotonic milliseconds of this start
 * note=FILE   a line for each signal that is caught, and every signal that can be is; without it
 *             TERM, INT and HUP end it, QUIT prints "Full thread dump", CONT "goes on"
 * out=TEXT    printed
 * orphans=N   leaves N grandchildren behind that end at once
 * read        waits for a line on stdin and prints it
 * sleep=MS    waits so long; wait: until a signal ends it (a minute at most)
 * eat=MB      takes so much memory, a megabyte a millisecond, before it waits
 * busy        wakes up while it waits, as a JVM does
 * once=FILE   the first start does not wait, later ones do; FILE tells them
 * deaf        TERM, INT and HUP are noted and ignored; term=CODE: exit code after them
 * stop        stops itself by TSTP before it waits
 * dumping=MS  its heap dump takes so long, growing, and no signal ends it before
 * held        it waits first until it was stopped and goes on, ten seconds at most
 * stuck       it takes for ever and does not grow
 * dying=MS    so long between the title of its hs_err log and its end
 * cut         its heap dump has no end, as on a full disk
 * hs_err, dump=BYTES   leaves a report, a heap dump behind where the flags say
 * init=MS     its initialisation takes so long; hsperfdata says when it is complete
 * say=COMMAND run by the shell when it is up
 * oom         the Java heap is full; crash: a SIGSEGV in native code; native-oom: malloc failed
 * snapshot    a heap dump beside, as jcmd GC.heap_dump makes one
 * perf=left   hsperfdata stays behind; perf=never: there is none
 * signal=N, exit=N     how it ends
 */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tests/helpers/fakejvm.h"

#define LONGEST_WAIT_MS 60000

static char **args;
static int note_fd = -1;
static volatile sig_atomic_t end_signal, goes_on;
static bool deaf;

void die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("fakejvm: ", stderr);
	vfprintf(stderr, format, ap);
	fprintf(stderr, ": %s\n", strerror(errno));
	va_end(ap);
	exit(99);
}

char *join(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		die("memory");
	return path;
}

static FILE *create(const char *dir, const char *name)
{
	char *path = join(dir, name);
	FILE *f = fopen(path, "we");

	if (!f)
		die("%s", path);
	free(path);
	return f;
}

const char *word(const char *name)
{
	size_t len = strlen(name);
	const char *found = NULL;

	for (char **a = args + 1; *a; a++) {
		const char *text = *a;

		if (strncmp(text, "-Dfake.", 7) || strncmp(text + 7, name, len))
			continue;
		text += 7 + len;
		if (!*text)
			found = text;
		else if (*text == '=')
			found = text + 1;
	}
	return found;
}

long number(const char *name, long otherwise)
{
	const char *text = word(name);

	return text ? strtol(text, NULL, 10) : otherwise;
}

bool flag(const char *name, bool otherwise)
{
	for (char **a = args + 1; *a; a++)
		if (!strncmp(*a, "-XX:", 4) && strchr("+-", (*a)[4]) && !strcmp(*a + 5, name))
			otherwise = (*a)[4] == '+';
	return otherwise;
}

const char *flag_text(const char *name)
{
	size_t len = strlen(name);
	const char *found = NULL;

	for (char **a = args + 1; *a; a++)
		if (!strncmp(*a, "-XX:", 4) && !strncmp(*a + 4, name, len) && (*a)[4 + len] == '=')
			found = *a + 5 + len;
	return found;
}

const char *exe(void)
{
	static char path[1024];

	if (!*path && readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		die("/proc/self/exe");
	return path;
}

uint64_t now_ms(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void report_fds(FILE *f)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char target[512];
		ssize_t n;

		if (*e->d_name == '.' || strtol(e->d_name, NULL, 10) == dirfd(d) ||
		    strtol(e->d_name, NULL, 10) == fileno(f))
			continue;
		n = readlinkat(dirfd(d), e->d_name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		fprintf(f, "%s %s\n", e->d_name, target);
	}
	if (d)
		closedir(d);
}

static void report_state(FILE *f)
{
	mode_t mask = umask(0);
	char *cwd = getcwd(NULL, 0);
	struct rlimit core = { 0 };
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	umask(mask);
	getrlimit(RLIMIT_CORE, &core);
	fprintf(f, "exe %s\npid %d\nppid %d\npgid %d\nsid %d\nuid %u\ncwd %s\n", exe(), getpid(),
		getppid(), getpgrp(), getsid(0), getuid(), cwd ? cwd : "-");
	fprintf(f, "umask %03o\ncore %s\n", (unsigned)mask, core.rlim_cur ? "yes" : "no");
	fprintf(f, "securebits %#x\n", (unsigned)prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L));
	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, "Sig", 3))
			fputs(line, f);
	if (status)
		fclose(status);
	free(cwd);
}

static void report(const char *dir)
{
	FILE *f = create(dir, "args");

	for (char **a = args; *a; a++)
		fwrite(*a, 1, strlen(*a) + 1, f);
	fclose(f);
	f = create(dir, "env");
	for (char **e = environ; *e; e++)
		fwrite(*e, 1, strlen(*e) + 1, f);
	fclose(f);
	f = create(dir, "fds");
	report_fds(f);
	fclose(f);
	f = create(dir, "state");
	report_state(f);
	fclose(f);
}

static void say(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		_exit(98);
}

static void on_signal(int sig)
{
	int saved = errno;
	char line[] = "00\n";

	line[0] = (char)('0' + sig / 10);
	line[1] = (char)('0' + sig % 10);
	if (note_fd >= 0)
		say(note_fd, line);
	if (sig == SIGQUIT)
		say(STDOUT_FILENO, "Full thread dump\n");
	if (sig == SIGCONT) {
		goes_on = 1;
		say(STDOUT_FILENO, "goes on\n");
	}
	if (!deaf && (sig == SIGTERM || sig == SIGINT || sig == SIGHUP))
		end_signal = sig;
	errno = saved;
}

/* As the JVM does: what was ignored when it started stays ignored. */
static void catch_signal(int sig)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART }, old;

	if (!sigaction(sig, NULL, &old) && old.sa_handler != SIG_IGN)
		sigaction(sig, &sa, NULL);
}

static void catch_signals(void)
{
	const char *note = word("note");

	deaf = word("deaf") != NULL;
	catch_signal(SIGTERM);
	catch_signal(SIGINT);
	catch_signal(SIGHUP);
	catch_signal(SIGQUIT);
	catch_signal(SIGCONT);
	if (!note)
		return;
	note_fd = open(note, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (note_fd < 0)
		die("%s", note);
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		if (sig != SIGKILL && sig != SIGSTOP && sig != SIGCHLD)
			catch_signal(sig);
}

static void add_line(const char *path, uint64_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0 || dprintf(fd, "%llu\n", (unsigned long long)n) < 0)
		die("%s", path);
	close(fd);
}

static void leave_orphans(long n)
{
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();

		if (!pid) {
			if (!fork())
				_exit(0);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

/* Whatever signals come; a stop lasts as long as it lasts. */
void sleep_ms(long ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

void wait_for_hold(void)
{
	for (int i = 0; i < 1000 && !goes_on; i++)
		sleep_ms(10);
}

static void wait_ms(uint64_t ms)
{
	uint64_t end = now_ms(CLOCK_MONOTONIC) + ms, now, pause;
	const uint64_t longest = word("busy") ? 10 : LONGEST_WAIT_MS;
	sigset_t ends, before;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	while (!end_signal && (now = now_ms(CLOCK_MONOTONIC)) < end) {
		struct timespec left;

		pause = end - now < longest ? end - now : longest;
		left = (struct timespec){ .tv_sec = (time_t)(pause / 1000),
					  .tv_nsec = (long)(pause % 1000 * 1000000) };
		ppoll(NULL, 0, &left, &before);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

__attribute__((noreturn)) static void end_by(int sig)
{
	sigset_t set;

	fflush(stdout);
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
	exit(97);
}

__attribute__((noreturn)) static void crash(const char *title)
{
	write_hs_err(title);
	perf_end();
	if (!title || !flag("CreateCoredumpOnCrash", true)) {
		fflush(stdout);
		_exit(1);
	}
	end_by(SIGABRT);
}

static void run_out_of_memory(void)
{
	puts("java.lang.OutOfMemoryError: Java heap space");
	perf_full();
	if (flag("HeapDumpOnOutOfMemoryError", false))
		write_dump(number("dump", 4096));
	if (flag("CrashOnOutOfMemoryError", false))
		crash(" fatal error: OutOfMemory encountered: Java heap space");
	if (flag("ExitOnOutOfMemoryError", false)) {
		puts("Terminating due to java.lang.OutOfMemoryError: Java heap space");
		fflush(stdout);
		_exit(3);
	}
	fputs("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n", stderr);
	perf_end();
	exit(1);
}

static void eat(long megabytes)
{
	for (long i = 0; i < megabytes; i++) {
		char *more = malloc(1 << 20);

		if (!more)
			die("memory");
		memset(more, 1, 1 << 20);
		poll(NULL, 0, 1);
	}
}

static void print_only(void)
{
	for (char **a = args + 1; *a && **a == '-'; a++)
		if (!strcmp(*a, "-version")) {
			fputs("openjdk version \"17.0.21\" 2026-10-20\n", stderr);
			exit(0);
		}
}

static void refuse_options(void)
{
	for (char **a = args + 1; *a && **a == '-'; a++)
		if (!strcmp(*a, "-XX:+NoSuchFlag")) {
			fputs("Unrecognized VM option 'NoSuchFlag'\n"
			      "Error: Could not create the Java Virtual Machine.\n",
			      stderr);
			exit(1);
		}
}

static void begin(void)
{
	const char *text;

	if ((text = word("report")))
		report(text);
	print_only();
	refuse_options();
	catch_signals();
	perf_start();
	leave_orphans(number("orphans", 0));
	if ((text = word("count")))
		add_line(text, now_ms(CLOCK_MONOTONIC));
	if ((text = word("ready")))
		add_line(text, (uint64_t)getpid());
	if ((text = word("say")) && system(text))
		die("%s", text);
	if ((text = word("out")))
		puts(text);
	fflush(stdout);
}

/* Whether this is the first start, as the file tells, which then tells the next. */
static bool is_first(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	close(fd);
	return fd >= 0;
}

static void echo_line(void)
{
	char line[256];

	if (fgets(line, sizeof(line), stdin))
		printf("read: %s\n", line);
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	args = argv;
	begin();
	if (word("read"))
		echo_line();
	if (word("snapshot"))
		write_snapshot();
	if (word("stop"))
		raise(SIGTSTP);
	eat(number("eat", 0));
	if (word("wait") || word("sleep"))
		if ((word("wait") || word("sleep")) && !(word("once") && is_first(word("once"))))
			wait_ms((uint64_t)number("sleep", LONGEST_WAIT_MS));
	if (end_signal) {
		perf_end();
		return (int)number("term", 128 + end_signal);
	}
	if (word("oom"))
		run_out_of_memory();
	if (word("crash"))
		crash("SIGSEGV (0xb) at pc=0x00007f000000001a");
	if (word("native-oom"))
		crash(NULL);
	if (word("hs_err"))
		write_hs_err("SIGSEGV (0xb) at pc=0x00007f000000001a");
	if (word("dump"))
		write_dump(number("dump", 4096));
	if (word("signal"))
		end_by((int)number("signal", SIGKILL));
	perf_end();
	return (int)number("exit", 0);
}
