/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "proc/child.h"

/* We ourselves, run again in a short-lived role: /proc/self/exe with argv[0] "jvisor-role", argv[1]
 * the role's name, then its arguments. It gets descriptors from 3 on, in the order given;
 * descriptor 3 is always the result pipe. TERM, INT, HUP, QUIT, TSTP (and PIPE, TTOU) are ignored
 * in a role: it obeys its deadline, by KILL of its group. A role with processes of its own in other
 * groups obeys ROLE_END instead, at which it ends those too. */

#define ROLE_ARGV0     "jvisor-role"
#define ROLE_RESULT_FD 3
#define ROLE_END       SIGUSR1
#define ROLE_FD(n)     (4 + (n)) /* the n-th of spec.fds, from 0 */

struct role_spec {
	const char *name;	 /* "hooks", "collect", "peek" */
	const char *const *args; /* NULL-terminated, behind the name; at most 8 */
	const char *const *env;	 /* NULL-terminated; the whole environment of the role */
	const int *fds;		 /* -1: not given, its number stays closed */
	unsigned n_fds;		 /* at most 8 */
	int log_fd;		 /* its stderr; -1: /dev/null, as its stdin and stdout are */
	bool detached;		 /* a session of its own and no death signal: it may outlive us */
	bool has_groups;	 /* ended by ROLE_END, by role_kill and when we die */
	bool idle;		 /* low CPU and I/O priority from the start */
	int oom_score_adj;
};

struct role {
	struct child child;
	int result;	/* read end, non-blocking */
	int end_signal; /* KILL or ROLE_END */
};

int role_spawn(const struct role_spec *spec, struct role *ret, struct err *err);

/* KILL, or ROLE_END, to its process group. */
void role_kill(const struct role *r);

/* Result lines, one letter, a blank, text, LF: what a role says to who started it. */
enum {
	ROLE_SAYS_WARNING = 'W', /* to be logged */
	ROLE_SAYS_NOTICE = 'N',
	ROLE_SAYS_INCIDENT =
		'I', /* claimed: the id; the JVM's files are ours, a restart may begin */
	ROLE_SAYS_VERDICT = 'V', /* the sentence, when it changed or came late */
	ROLE_SAYS_REFUSED = 'R', /* the option that the JVM refused, in words */
	ROLE_SAYS_FACT = 'F',	 /* hex of a facts record: what peek found */
};

/* In a role; a failed write is ignored (who started it may be gone). */
void role_say(int letter, const char *text);

/* Reads what is there into a caller-owned line buffer and calls line() for each whole one; an
 * over-long line is cut. 1: more may come, 0: the end, -errno. */
struct role_lines {
	char buf[4096];
	size_t len;
	bool skipping;
};

int role_read(int fd, struct role_lines *l, void (*line)(void *arg, int letter, const char *text),
	      void *arg);
