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
 * deaf        TERM, INT and HUP are noted and ignored; term=CODE: exit code after them
 * stop        stops itself by TSTP before it waits
 * hs_err, dump=BYTES   leaves a report, a heap dump behind where the flags say
 * oom         the Java heap is full; crash: a SIGSEGV in native code
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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HEAP_MAX	(64u << 20)
#define LONGEST_WAIT_MS 60000

static char **args;
static int note_fd = -1;
static volatile sig_atomic_t end_signal;
static bool deaf;
static char *perf_file;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("fakejvm: ", stderr);
	vfprintf(stderr, format, ap);
	fprintf(stderr, ": %s\n", strerror(errno));
	va_end(ap);
	exit(99);
}

static char *join(const char *dir, const char *name)
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

/* The text behind -Dfake.NAME=, "" without one, NULL: the word is not there. The last one wins. */
static const char *word(const char *name)
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

static long number(const char *name, long otherwise)
{
	const char *text = word(name);

	return text ? strtol(text, NULL, 10) : otherwise;
}

static bool flag(const char *name, bool otherwise)
{
	for (char **a = args + 1; *a; a++)
		if (!strncmp(*a, "-XX:", 4) && strchr("+-", (*a)[4]) && !strcmp(*a + 5, name))
			otherwise = (*a)[4] == '+';
	return otherwise;
}

static const char *flag_text(const char *name)
{
	size_t len = strlen(name);
	const char *found = NULL;

	for (char **a = args + 1; *a; a++)
		if (!strncmp(*a, "-XX:", 4) && !strncmp(*a + 4, name, len) && (*a)[4 + len] == '=')
			found = *a + 5 + len;
	return found;
}

static const char *exe(void)
{
	static char path[1024];

	if (!*path && readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		die("/proc/self/exe");
	return path;
}

static uint64_t now_ms(clockid_t clock)
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

/* hsperfdata 2.0 with the few counters that are read. */
static char *perf_put(char *at, const char *name, char type, const void *data, uint32_t size)
{
	uint32_t name_size = (uint32_t)strlen(name) + 1;
	uint32_t data_at = (20 + name_size + 7) & ~7u;
	uint32_t head[4] = { (data_at + size + 7) & ~7u, 20, type == 'B' ? size : 0, 0 };
	char kind[4] = { type, 0, type == 'B' ? 5 : 2, 3 };

	memcpy(at, head, 12);
	memcpy(at + 12, kind, 4);
	memcpy(at + 16, &data_at, 4);
	memcpy(at + 20, name, name_size);
	memcpy(at + data_at, data, size);
	return at + head[0];
}

static void perf_write(bool full)
{
	static char page[32768];
	const struct {
		const char *name;
		uint64_t value;
	} counters[] = {
		{ "sun.rt.createVmBeginTime", now_ms(CLOCK_REALTIME) },
		{ "sun.rt.createVmEndTime", now_ms(CLOCK_REALTIME) },
		{ "sun.gc.generation.0.maxCapacity", HEAP_MAX },
		{ "sun.gc.generation.0.space.0.used", 0 },
		{ "sun.gc.generation.0.space.1.used", 0 },
		{ "sun.gc.generation.0.space.2.used", 0 },
		{ "sun.gc.generation.1.maxCapacity", HEAP_MAX },
		{ "sun.gc.generation.1.space.0.used", full ? HEAP_MAX : HEAP_MAX / 8 },
		{ "sun.gc.metaspace.used", 4 << 20 },
		{ "sun.gc.metaspace.maxCapacity", 1 << 30 },
	};
	const uint32_t n = sizeof(counters) / sizeof(counters[0]) + 2;
	uint8_t head[8] = { 0xca, 0xfe, 0xc0, 0xc0, 1, 2, 0, 1 };
	uint64_t changed = now_ms(CLOCK_MONOTONIC);
	uint32_t first = 32, used;
	char *at = page + first;
	int fd;

	for (size_t i = 0; i + 2 < n; i++)
		at = perf_put(at, counters[i].name, 'J', &counters[i].value, 8);
	at = perf_put(at, "sun.gc.policy.name", 'B', "GarbageFirst", 13);
	at = perf_put(at, "sun.rt.javaCommand", 'B', exe(), (uint32_t)strlen(exe()) + 1);
	used = (uint32_t)(at - page);
	memcpy(page, head, sizeof(head));
	memcpy(page + 8, &used, 4);
	memcpy(page + 16, &changed, 8);
	memcpy(page + 24, &first, 4);
	memcpy(page + 28, &n, 4);

	fd = open(perf_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, page, sizeof(page)) != sizeof(page))
		die("%s", perf_file);
	close(fd);
}

static void perf_start(void)
{
	const char *how = word("perf");
	struct passwd *user = getpwuid(geteuid());
	char *dir;

	if (!flag("UsePerfData", true) || (how && !strcmp(how, "never")))
		return;
	if (!user || asprintf(&dir, "/tmp/hsperfdata_%s", user->pw_name) < 0 ||
	    asprintf(&perf_file, "%s/%d", dir, getpid()) < 0)
		die("hsperfdata");
	mkdir(dir, 0755);
	free(dir);
	perf_write(false);
}

/* As at the JVM's orderly end. */
static void perf_end(void)
{
	const char *how = word("perf");

	if (perf_file && (!how || strcmp(how, "left")))
		unlink(perf_file);
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
	if (sig == SIGCONT)
		say(STDOUT_FILENO, "goes on\n");
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

static void wait_ms(uint64_t ms)
{
	uint64_t end = now_ms(CLOCK_MONOTONIC) + ms, now;
	sigset_t ends, before;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	while (!end_signal && (now = now_ms(CLOCK_MONOTONIC)) < end) {
		struct timespec left = { .tv_sec = (time_t)((end - now) / 1000),
					 .tv_nsec = (long)((end - now) % 1000 * 1000000) };

		ppoll(NULL, 0, &left, &before);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* %p and %% as ErrorFile has them; HeapDumpPath of 17 has none. */
static char *with_pid(const char *path)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (const char *c = path; *c; c++) {
		if (c[0] == '%' && c[1] == 'p')
			fprintf(f, "%d", getpid());
		else if (c[0] != '%' || c[1] != '%')
			fputc(*c, f);
		else
			fputc('%', f);
		c += c[0] == '%' && (c[1] == 'p' || c[1] == '%');
	}
	fclose(f);
	return text;
}

static void write_hs_err(const char *title)
{
	const char *path = flag_text("ErrorFile");
	char *file = with_pid(path && *path ? path : "hs_err_pid%p.log");
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), pid = getpid();

	if (fd < 0) {
		file = with_pid("hs_err_pid%p.log");
		fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	if (fd < 0)
		die("%s", file);
	dprintf(fd,
		"#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n"
		"#  %s, pid=%d, tid=%d\n#\n"
		"# JRE version: OpenJDK Runtime Environment (17.0.21+9) (build "
		"17.0.21+9-Debian-1)\n"
		"# Java VM: OpenJDK 64-Bit Server VM (17.0.21+9-Debian-1, mixed mode, sharing, "
		"tiered, compressed oops, compressed class ptrs, g1 gc, linux-amd64)\n"
		"# Problematic frame:\n# C  [libfake.so+0x1a]  do_it+0x4\n#\n"
		"# No core dump will be written. Core dumps have been disabled.\n#\n\n"
		"---------------  S U M M A R Y ------------\n\nCommand Line: Main\n\n"
		"---------------  T H R E A D  ---------------\n\n"
		"Current thread (0x00007f0000000001):  JavaThread \"main\" [_thread_in_native, "
		"id=%d, stack(0x00007f0000000000,0x00007f0000100000)]\n\n"
		"Stack: [0x00007f0000000000,0x00007f0000100000],  sp=0x00007f00000ff000\n"
		"Native frames: (J=compiled Java code, j=interpreted, Vv=VM code, C=native code)\n"
		"C  [libfake.so+0x1a]  do_it+0x4\n\n"
		"siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: "
		"0x0000000000000008\n"
		"\n---------------  P R O C E S S  ---------------\n\nEND.\n",
		title, pid, pid, pid);
	close(fd);
	printf("# An error report file with more information is saved as:\n# %s\n", file);
	free(file);
}

static void write_dump(long bytes)
{
	const char *path = flag_text("HeapDumpPath");
	char fallback[64];
	struct stat st;
	int fd;

	snprintf(fallback, sizeof(fallback), "java_pid%d.hprof", getpid());
	if (!path || !*path)
		path = fallback;
	else if (!stat(path, &st) && S_ISDIR(st.st_mode))
		path = join(path, fallback);
	printf("Dumping heap to %s ...\n", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		printf("Unable to create %s: %s\n", path, strerror(errno));
		return;
	}
	if (write(fd, "JAVA PROFILE 1.0.2", 19) != 19 || ftruncate(fd, bytes))
		die("%s", path);
	close(fd);
	printf("Heap dump file created [%ld bytes in 0.001 secs]\n", bytes);
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
	if (!flag("CreateCoredumpOnCrash", true)) {
		fflush(stdout);
		_exit(1);
	}
	end_by(SIGABRT);
}

static void run_out_of_memory(void)
{
	puts("java.lang.OutOfMemoryError: Java heap space");
	if (perf_file)
		perf_write(true);
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
	if ((text = word("out")))
		puts(text);
	fflush(stdout);
	if ((text = word("ready")))
		add_line(text, (uint64_t)getpid());
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
	if (word("stop"))
		raise(SIGTSTP);
	if (word("wait") || word("sleep"))
		wait_ms((uint64_t)number("sleep", LONGEST_WAIT_MS));
	if (end_signal) {
		perf_end();
		return (int)number("term", 128 + end_signal);
	}
	if (word("oom"))
		run_out_of_memory();
	if (word("crash"))
		crash("SIGSEGV (0xb) at pc=0x00007f000000001a");
	if (word("hs_err"))
		write_hs_err("SIGSEGV (0xb) at pc=0x00007f000000001a");
	if (word("dump"))
		write_dump(number("dump", 4096));
	if (word("signal"))
		end_by((int)number("signal", SIGKILL));
	perf_end();
	return (int)number("exit", 0);
}
