/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wake MILLISECONDS TIMES
 *
 * Wakes up TIMES times by epoll's timeout and does nothing else; prints the CPU time of one wake-up
 * in microseconds, by the kernel's count for this process. What a supervisor that samples costs
 * above this is its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

static double on_cpu(void)
{
	FILE *f = fopen("/proc/self/schedstat", "re");
	double ns = 0;

	if (!f || fscanf(f, "%lf", &ns) != 1)
		perror("schedstat");
	if (f)
		fclose(f);
	return ns;
}

int main(int argc, char *argv[])
{
	int ms = argc > 2 ? atoi(argv[1]) : 1000, times = argc > 2 ? atoi(argv[2]) : 10;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event;
	double before = on_cpu();

	for (int i = 0; i < times; i++)
		if (epoll_wait(epoll, &event, 1, ms) < 0)
			return 1;
	printf("%.2f\n", (on_cpu() - before) / times / 1000);
	return 0;
}
