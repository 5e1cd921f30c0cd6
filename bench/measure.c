/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure ROUNDS COMMAND-LINE [COMMAND-LINE]...
 *
 * Starts each command ROUNDS times, one round of all after the other, so that what disturbs the
 * machine disturbs them alike, and prints for each: median wall time and median CPU time (user and
 * system, with its children), both in microseconds. A command line is split at blanks: a shell
 * between us and it would be measured too. Output of the commands goes to /dev/null.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 64

struct command {
	char *words[WORDS_MAX + 1];
	uint64_t *wall, *cpu;
};

static void split(char *line, struct command *c)
{
	size_t n = 0;

	for (char *word = line; n < WORDS_MAX && (word = strsep(&line, " "));)
		if (*word)
			c->words[n++] = word;
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static uint64_t time_us(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec;
}

static void run(struct command *c, int null, unsigned round)
{
	uint64_t began = now_us();
	struct rusage use;
	int status;
	pid_t pid = vfork();

	if (!pid) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execv(c->words[0], c->words);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status)) {
		fprintf(stderr, "measure: %s did not end with 0\n", c->words[0]);
		exit(1);
	}
	c->wall[round] = now_us() - began;
	c->cpu[round] = time_us(use.ru_utime) + time_us(use.ru_stime);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t median(uint64_t *values, unsigned n)
{
	qsort(values, n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

int main(int argc, char *argv[])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	size_t n = argc > 2 ? (size_t)argc - 2 : 0;
	struct command *commands = calloc(n ? n : 1, sizeof(*commands));

	if (!rounds || !commands || null < 0) {
		fprintf(stderr, "usage: measure ROUNDS COMMAND-LINE [COMMAND-LINE]...\n");
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		split(argv[i + 2], &commands[i]);
		commands[i].wall = calloc(rounds, sizeof(uint64_t));
		commands[i].cpu = calloc(rounds, sizeof(uint64_t));
		if (!commands[i].wall || !commands[i].cpu || !commands[i].words[0])
			return 1;
		run(&commands[i], null,
		    0); /* into the page cache; overwritten by the first round */
	}
	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < n; i++)
			run(&commands[(i + round) % n], null, round);
	for (size_t i = 0; i < n; i++)
		printf("%llu %llu\n", (unsigned long long)median(commands[i].wall, rounds),
		       (unsigned long long)median(commands[i].cpu, rounds));
	return 0;
}
