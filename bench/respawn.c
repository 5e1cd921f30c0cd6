/* SPDX-License-Identifier: Apache-2.0 */
/*
 * respawn TIMES COMMAND [ARGUMENT]...
 *
 * The least that starts a program again after its end: what the restart gap is compared with.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	long times = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

	for (long i = 0; i < times; i++) {
		pid_t pid = vfork();

		if (!pid) {
			execv(argv[2], argv + 2);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
	}
	return times ? 0 : 1;
}
