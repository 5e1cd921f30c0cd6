/* SPDX-License-Identifier: Apache-2.0 */
/*
 * respawn TIMES COMMAND [ARGUMENT]...
 *
 * The least that starts a program again after its end: what the restart gap is compared with.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(char *argv[])
{
	pid_t pid = vfork();

	if (!pid) {
		execv(*argv, argv);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

int main(int argc, char *argv[])
{
	long times = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

	for (long i = 0; i < times; i++)
		if (run(argv + 2))
			return 1;
	return times ? 0 : 1;
}
