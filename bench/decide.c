/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide ROUNDS JAVA POLICY [ARGUMENT]...
 *
 * The CPU time of deciding a start, in microseconds, medians of ROUNDS, in one line:
 *
 *   whole, in a fresh process (a fork, so that every page is touched for the first time)
 *   whole, over and over in one process
 *   of that: the policy, finding and identifying java, reading the line, planning, rewriting
 *   fork and exec of /bin/true, with its own time
 *
 * POLICY "-": the built-in profile. The environment is ours. The store is made, nothing is started.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "policy/decide.h"

enum part { FRESH, WHOLE, POLICY, JAVA, LINE, PLAN, REWRITE, EXEC, PARTS };

static double *samples[PARTS];

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void fail(const char *what, const struct err *err)
{
	fprintf(stderr, "decide: %s: %s\n", what, err->msg);
	exit(1);
}

static void decide_once(const struct decide_query *q)
{
	struct decision d;
	struct err err = { 0 };

	if (decide(q, &d, &err))
		fail("decide", &err);
	decision_done(&d);
}

/* As decide() does them, without a store. */
static void time_parts(const struct decide_query *q, unsigned round)
{
	struct decision d = { .store = { .fd = -1 } };
	struct policy_source source = q->source;
	struct err err = { 0 };
	char *java = NULL;
	double t[6];

	source.env = q->env;
	t[0] = cpu_us();
	if (policy_load(&source, false, &d.policy, &d.diags, &err))
		fail("policy", &err);
	t[1] = cpu_us();
	if (home_find(&(struct home_query){ .env = q->env, .trust_env = true }, &java, &d.java_how,
		      &err) ||
	    jdk_identify(java, &d.jdk, &err))
		fail("java", &err);
	t[2] = cpu_us();
	if (java_line_read(q->argv, q->env, &d.jdk, &d.line, &err))
		fail("line", &err);
	t[3] = cpu_us();
	if (decide_plan(q, &d, &err) < 0)
		fail("plan", &err);
	t[4] = cpu_us();
	if (plan_apply(&d.plan, &d.line, d.jdk.version.feature, q->argv, q->env, &d.out, &err))
		fail("rewrite", &err);
	t[5] = cpu_us();
	for (int i = 0; i < 5; i++)
		samples[POLICY + i][round] = t[i + 1] - t[i];
	free(java);
	decision_done(&d);
}

static double in_fork(const struct decide_query *q)
{
	static double *shared;
	pid_t pid;

	if (!shared)
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		exit(1);
	pid = fork();
	if (!pid) {
		double from = cpu_us();

		decide_once(q);
		*shared = cpu_us() - from;
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		exit(1);
	return *shared;
}

static double time_exec(void)
{
	static char *const argv[] = { (char *)(uintptr_t) "true", NULL };
	double from = cpu_us();
	struct rusage use;
	int status;
	pid_t pid = fork();

	if (!pid) {
		execv("/bin/true", argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid || status)
		exit(1);
	return cpu_us() - from + (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char *argv[])
{
	unsigned rounds = argc > 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	struct strv env;
	struct decide_query q;

	if (!rounds) {
		fprintf(stderr, "usage: decide ROUNDS JAVA POLICY [ARGUMENT]...\n");
		return 1;
	}
	setenv("JVISOR_JAVA", argv[2], 1);
	env = strv_environ();
	q = (struct decide_query){
		.source = { .file = strcmp(argv[3], "-") != 0 ? argv[3] : NULL,
			    .root = strcmp(argv[3], "-") != 0 ? "" : "/nowhere" },
		.argv = argv + 4,
		.env = &env,
		.trust_env = true,
		.make = true,
		.start_stamp = "20261122T031502Z",
		.instance = "20261122T031502Z-4242-a1b2",
	};
	for (int i = 0; i < PARTS; i++)
		if (!(samples[i] = calloc(rounds, sizeof(**samples))))
			return 1;
	for (unsigned i = 0; i < rounds; i++)
		samples[FRESH][i] = in_fork(&q);
	for (unsigned i = 0; i < rounds; i++) {
		double from = cpu_us();

		decide_once(&q);
		samples[WHOLE][i] = cpu_us() - from;
		time_parts(&q, i);
		samples[EXEC][i] = time_exec();
	}
	for (int i = 0; i < PARTS; i++) {
		qsort(samples[i], rounds, sizeof(**samples), compare);
		printf("%.1f%c", samples[i][rounds / 2], i + 1 < PARTS ? ' ' : '\n');
	}
	return 0;
}
