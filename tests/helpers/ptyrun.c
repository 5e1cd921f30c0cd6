/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ptyrun COMMAND [ARGUMENT]... <SCRIPT
 *
 * A person at a terminal: runs the command in a session of its own on a new pty and follows the
 * script, one step a line:
 *
 *   send TEXT      types TEXT and the Enter key; key X: types the control character ^X alone
 *   expect TEXT    waits until TEXT was printed behind what the last expect found
 *   close          hangs up
 *
 * All that was printed goes to stdout. Exit 0: every step was done; 1: what was expected did not
 * come within ten seconds, and the step is named on stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP_MS 10000

struct screen {
	int pty;
	char text[65536];
	size_t len, seen;
};

static pid_t start(char *argv[], int *ret_pty)
{
	int pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), tty;
	pid_t pid;

	if (pty < 0 || grantpt(pty) || unlockpt(pty))
		return -1;
	pid = fork();
	if (!pid) {
		for (int sig = 1; sig <= SIGRTMAX; sig++)
			signal(sig, SIG_DFL);
		tty = setsid() < 0 ? -1 : open(ptsname(pty), O_RDWR);
		if (tty < 0 || ioctl(tty, TIOCSCTTY, 0) || dup2(tty, 0) < 0 || dup2(tty, 1) < 0 ||
		    dup2(tty, 2) < 0)
			_exit(99);
		if (tty > 2)
			close(tty);
		execvp(*argv, argv);
		_exit(127);
	}
	*ret_pty = pty;
	return pid;
}

/* More of what is printed; false when nothing came in time or nobody is there any more. */
static bool look(struct screen *s, int timeout_ms)
{
	struct pollfd p = { .fd = s->pty, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, timeout_ms) <= 0 || s->len + 1 >= sizeof(s->text))
		return false;
	n = read(s->pty, s->text + s->len, sizeof(s->text) - 1 - s->len);
	if (n <= 0)
		return false;
	fwrite(s->text + s->len, 1, (size_t)n, stdout);
	fflush(stdout);
	s->len += (size_t)n;
	s->text[s->len] = '\0';
	return true;
}

static bool expect(struct screen *s, const char *text)
{
	char *at;

	while (!(at = strstr(s->text + s->seen, text)))
		if (!look(s, STEP_MS))
			return false;
	s->seen = (size_t)(at - s->text) + strlen(text);
	return true;
}

static bool type(struct screen *s, const char *text, const char *end)
{
	return dprintf(s->pty, "%s%s", text, end) >= 0;
}

static bool step(struct screen *s, const char *line)
{
	char control[2] = { 0 };

	if (!strncmp(line, "send ", 5))
		return type(s, line + 5, "\r");
	if (!strncmp(line, "expect ", 7))
		return expect(s, line + 7);
	if (!strncmp(line, "key ", 4)) {
		control[0] = (char)(line[4] & 0x1f);
		return type(s, control, "");
	}
	if (!strcmp(line, "close")) {
		close(s->pty);
		s->pty = -1;
		return true;
	}
	errno = EINVAL;
	return false;
}

int main(int argc, char *argv[])
{
	static struct screen s;
	char line[1024];
	int failed = 0;
	pid_t pid;

	if (argc < 2 || (pid = start(argv + 1, &s.pty)) < 0) {
		fprintf(stderr, "ptyrun: %s\n", strerror(errno));
		return 99;
	}
	while (!failed && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#' && !step(&s, line)) {
			fprintf(stderr, "ptyrun: this did not happen: %s\n", line);
			failed = 1;
		}
	}
	if (s.pty >= 0)
		close(s.pty);
	if (waitpid(pid, NULL, WNOHANG) == 0) {
		kill(pid, SIGHUP);
		kill(pid, SIGCONT);
		for (int i = 0; i < 200 && waitpid(pid, NULL, WNOHANG) == 0; i++)
			poll(NULL, 0, 10);
		kill(pid, SIGKILL);
	}
	return failed;
}
