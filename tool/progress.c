/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A progress line for one long copy that blocks in somebody else's loop: a timer's signal handler
 * reads how much this process has written from /proc/self/io and rewrites the line. The first line
 * comes after a second, so what is quick stays silent.
 *
 * All of it happens in a signal handler: no allocation, no stdio, errno kept.
 */
#include "tool/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include "base/macro.h"
#include "base/parse.h"
#include "base/strbuf.h"

static struct {
	int io; /* /proc/self/io; -1: none */
	uint64_t total, start;
	volatile sig_atomic_t shown;
} state = { .io = -1 };

static uint64_t bytes_written(void)
{
	char text[512];
	ssize_t n = pread(state.io, text, sizeof(text), 0);
	struct slice s = { text, n > 0 ? (size_t)n : 0 }, line;
	uint64_t bytes = 0;

	while (slice_next_line(&s, &line))
		if (slice_starts(line, "wchar: "))
			parse_u64(slice_skip(line, strlen("wchar: ")), &bytes);
	return bytes;
}

static void show(int sig)
{
	int saved = errno;
	uint64_t done = bytes_written() - state.start;
	char text[64];
	struct strbuf b = STRBUF_FIXED(text);

	if (done > state.total)
		done = state.total;
	strbuf_puts(&b, "\r  ");
	strbuf_size(&b, done);
	strbuf_puts(&b, " of ");
	strbuf_size(&b, state.total);
	strbuf_puts(&b, "   ");
	if (write(STDERR_FILENO, text, b.len) > 0)
		state.shown = 1;
	errno = saved;
}

static void tick_every(time_t seconds)
{
	struct itimerval t = { .it_interval.tv_sec = seconds, .it_value.tv_sec = seconds };

	setitimer(ITIMER_REAL, &t, NULL);
}

void progress_begin(uint64_t total)
{
	struct sigaction act = { .sa_handler = show, .sa_flags = SA_RESTART };

	if (!isatty(STDERR_FILENO))
		return;
	state.io = open("/proc/self/io", O_RDONLY | O_CLOEXEC);
	if (state.io < 0)
		return;
	state.total = total;
	state.start = bytes_written();
	state.shown = 0;
	sigaction(SIGALRM, &act, NULL);
	tick_every(1);
}

void progress_end(void)
{
	struct sigaction act = { .sa_handler = SIG_DFL };

	if (state.io < 0)
		return;
	tick_every(0);
	sigaction(SIGALRM, &act, NULL);
	if (state.shown && write(STDERR_FILENO, "\r\033[K", 4) < 0)
		state.shown = 0;
	close_fd(&state.io);
}
