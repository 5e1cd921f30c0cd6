/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waiter [-i SIGNAL]... [-p FILE] [-s FILE] [-n] COMMAND [ARGUMENT]...
 *
 * Runs the command as a service manager would and tells how it ended as waitpid saw it: "exit 3",
 * "signal 6", "signal 6 core" in the file of -s. A shell cannot tell 134 from SIGABRT, and what it
 * starts with & begins life with INT and QUIT ignored; here every signal has its default action,
 * but those of -i, which are ignored, and none is blocked. -p: the command's pid; -n: RLIMIT_CORE
 * is 0.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void reset_signals(const sigset_t *ignored)
{
	sigset_t none;

	for (int sig = 1; sig <= SIGRTMAX; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			signal(sig, sigismember(ignored, sig) == 1 ? SIG_IGN : SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Whole or not at all: somebody may be waiting for the file. */
static void write_file(const char *path, const char *text)
{
	char *new;
	FILE *f;

	if (!path)
		return;
	if (asprintf(&new, "%s.new", path) < 0 || !(f = fopen(new, "we")) || fputs(text, f) < 0 ||
	    fclose(f) || rename(new, path)) {
		fprintf(stderr, "waiter: %s: %s\n", path, strerror(errno));
		exit(99);
	}
	free(new);
}

int main(int argc, char *argv[])
{
	const char *pid_file = NULL, *status_file = NULL;
	struct rlimit no_core = { 0, 0 };
	bool cores = true;
	sigset_t ignored;
	char text[64];
	int c, status;
	pid_t pid;

	sigemptyset(&ignored);
	while ((c = getopt(argc, argv, "+i:p:s:n")) != -1) {
		switch (c) {
		case 'i':
			sigaddset(&ignored, (int)strtol(optarg, NULL, 10));
			break;
		case 'p':
			pid_file = optarg;
			break;
		case 's':
			status_file = optarg;
			break;
		case 'n':
			cores = false;
			break;
		default:
			return 99;
		}
	}
	if (optind >= argc)
		return 99;

	pid = fork();
	if (!pid) {
		reset_signals(&ignored);
		if (!cores)
			setrlimit(RLIMIT_CORE, &no_core);
		execvp(argv[optind], argv + optind);
		fprintf(stderr, "waiter: %s: %s\n", argv[optind], strerror(errno));
		_exit(127);
	}
	snprintf(text, sizeof(text), "%d\n", pid);
	write_file(pid_file, text);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 99;
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "signal %d%s\n", WTERMSIG(status),
			 WCOREDUMP(status) ? " core" : "");
	else
		snprintf(text, sizeof(text), "exit %d\n", WEXITSTATUS(status));
	write_file(status_file, text);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
