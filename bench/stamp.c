/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp FILE          appends the monotonic time, in microseconds: the deregistration hook whose
 *                     first instruction is waited for
 * stamp - ERROR MAIN  reads a JVM's output; appends the time at which each line came that begins with
 *                     "java.lang.OutOfMemoryError" to ERROR, with "main" to MAIN
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void stamp(const char *path)
{
	struct timespec ts;
	int fd;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	dprintf(fd, "%lld\n", ts.tv_sec * 1000000LL + ts.tv_nsec / 1000);
	close(fd);
}

static int begins(const char *line, const char *text)
{
	return !strncmp(line, text, strlen(text));
}

int main(int argc, char *argv[])
{
	char line[4096];

	if (argc < 2)
		return 1;
	if (strcmp(argv[1], "-") != 0 || argc < 4) {
		stamp(argv[1]);
		return 0;
	}
	/* Where we may: a reader that waits for the CPU would make the error look later than it was. */
	(void)sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 10 });
	while (fgets(line, sizeof(line), stdin)) {
		if (begins(line, "java.lang.OutOfMemoryError"))
			stamp(argv[2]);
		else if (begins(line, "main"))
			stamp(argv[3]);
	}
	return 0;
}
