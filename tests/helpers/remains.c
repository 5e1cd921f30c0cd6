/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fake JVM leaves behind: hsperfdata, an hs_err log, a heap dump, each with as much in it
 * as is looked at. Where they go is what the flags say, by the rules of HotSpot 17: ErrorFile knows
 * %p and falls back to the working directory, HeapDumpPath knows no %p and never overwrites.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "tests/helpers/fakejvm.h"

#define HEAP_MAX (64u << 20)

static char *perf_file;

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

static void perf_write(bool full, bool complete)
{
	static char page[32768];
	const struct {
		const char *name;
		uint64_t value;
	} counters[] = {
		{ "sun.rt.createVmBeginTime", now_ms(CLOCK_REALTIME) },
		{ "sun.rt.createVmEndTime", complete ? now_ms(CLOCK_REALTIME) : 0 },
		{ "sun.gc.generation.0.maxCapacity", HEAP_MAX },
		{ "sun.gc.generation.0.space.0.used", 0 },
		{ "sun.gc.generation.0.space.1.used", 0 },
		{ "sun.gc.generation.0.space.2.used", 0 },
		{ "sun.gc.generation.1.maxCapacity", HEAP_MAX },
		{ "sun.gc.generation.1.capacity", full ? HEAP_MAX : HEAP_MAX / 4 },
		{ "sun.gc.generation.1.space.0.used", full ? HEAP_MAX : HEAP_MAX / 8 },
		{ "sun.gc.metaspace.capacity", 4 << 20 },
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

/* As a JVM, none where the uid has no name or /tmp cannot be written to. */
void perf_start(void)
{
	const char *how = word("perf");
	struct passwd *user = getpwuid(geteuid());
	char *dir;

	if (!flag("UsePerfData", true) || (how && !strcmp(how, "never")) || !user ||
	    access("/tmp", W_OK))
		return;
	if (asprintf(&dir, "/tmp/hsperfdata_%s", user->pw_name) < 0 ||
	    asprintf(&perf_file, "%s/%d", dir, getpid()) < 0)
		die("hsperfdata");
	mkdir(dir, 0755);
	free(dir);
	perf_write(false, false);
	usleep((useconds_t)number("init", 0) * 1000);
	perf_write(false, true);
}

/* As at the JVM's orderly end. */
void perf_end(void)
{
	const char *how = word("perf");

	if (perf_file && (!how || strcmp(how, "left")))
		unlink(perf_file);
}

void perf_full(void)
{
	if (perf_file)
		perf_write(true, true);
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

/* Our own words in one line, as the log prints them. */
static void write_words(int fd, const char *label)
{
	static char words[65536];
	int cmdline = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = cmdline < 0 ? 0 : read(cmdline, words, sizeof(words) - 1);
	ssize_t first = n > 0 ? (ssize_t)strlen(words) + 1 : 0;

	for (ssize_t i = 0; i < n - 1; i++)
		if (!words[i])
			words[i] = ' ';
	dprintf(fd, "%s: %s\n", label, n > first ? words + first : "");
	close(cmdline);
}

static void write_native_oom(int fd)
{
	dprintf(fd,
		"#\n# There is insufficient memory for the Java Runtime Environment to continue.\n"
		"# Native memory allocation (malloc) failed to allocate 32 bytes for AllocateHeap\n"
		"# Possible reasons:\n#   The system is out of physical RAM or swap space\n#\n"
		"#  Out of Memory Error (arena.cpp:190), pid=%d, tid=%d\n#\n"
		"# JRE version:  (17.0.21+9) (build )\n\n",
		getpid(), getpid());
}

void write_hs_err(const char *title)
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
	if (!title) {
		write_native_oom(fd);
		sleep_ms(number("dying", 0));
		close(fd);
		free(file);
		return;
	}
	dprintf(fd,
		"#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n"
		"#  %s, pid=%d, tid=%d\n#\n"
		"# JRE version: OpenJDK Runtime Environment (17.0.21+9) (build "
		"17.0.21+9-Debian-1)\n"
		"# Java VM: OpenJDK 64-Bit Server VM (17.0.21+9-Debian-1, mixed mode, sharing, "
		"tiered, compressed oops, compressed class ptrs, g1 gc, linux-amd64)\n"
		"# Problematic frame:\n# C  [libfake.so+0x1a]  do_it+0x4\n#\n"
		"# No core dump will be written. Core dumps have been disabled.\n#\n\n"
		"---------------  S U M M A R Y ------------\n\n",
		title, pid, pid);
	write_words(fd, "Command Line");
	dprintf(fd,
		"\nHost: fake, 1 cores, 1G, Debian\n\n"
		"---------------  T H R E A D  ---------------\n\n"
		"Current thread (0x00007f0000000001):  JavaThread \"main\" [_thread_in_native, "
		"id=%d, stack(0x00007f0000000000,0x00007f0000100000)]\n\n"
		"Stack: [0x00007f0000000000,0x00007f0000100000],  sp=0x00007f00000ff000\n"
		"Native frames: (J=compiled Java code, j=interpreted, Vv=VM code, C=native code)\n"
		"C  [libfake.so+0x1a]  do_it+0x4\n\n"
		"siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: "
		"0x0000000000000008\n"
		"\n---------------  P R O C E S S  ---------------\n\nVM Arguments:\n",
		pid);
	write_words(fd, "jvm_args");
	dprintf(fd,
		"java_command: Main\nLauncher Type: SUN_STANDARD\n\n"
		"Environment Variables:\nJAVA_TOOL_OPTIONS=%s\n\nSignal Handlers:\n\nEND.\n",
		getenv("JAVA_TOOL_OPTIONS") ? getenv("JAVA_TOOL_OPTIONS") : "");
	sleep_ms(number("dying", 0));
	close(fd);
	printf("# An error report file with more information is saved as:\n# %s\n", file);
	free(file);
}

void write_dump(long bytes)
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
	if (word("held"))
		wait_for_hold();
	for (long left = number("dumping", 0); left > 0; left -= 10) {
		sleep_ms(10);
		if (ftruncate(fd, lseek(fd, 1, SEEK_CUR)))
			die("%s", path);
	}
	while (word("stuck"))
		pause();
	if (ftruncate(fd, bytes) || (bytes && pwrite(fd, "JAVA PROFILE 1.0.2", 19, 0) != 19))
		die("%s", path);
	/* HEAP_DUMP_END, and nothing behind its tag */
	if (bytes && !word("cut") && pwrite(fd, "\x2c", 1, bytes - 9) != 1)
		die("%s", path);
	close(fd);
	printf("Heap dump file created [%ld bytes in 0.001 secs]\n", bytes);
}

void write_snapshot(void)
{
	const char *path = flag_text("HeapDumpPath");
	char *beside;

	if (!path || asprintf(&beside, "%s.jcmd.hprof", path) < 0)
		die("HeapDumpPath");
	close(open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	free(beside);
}
