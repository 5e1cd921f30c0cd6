/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>

/* The supervisor's signals: all that can be caught are blocked and read from a signalfd; a fault of
 * our own code ends us nevertheless. What the mask and the ignored set were at our own exec is
 * remembered, so that the JVM starts with exactly that (a shell's "&" and nohup leave INT, QUIT,
 * HUP ignored, and the JVM looks at it). */
struct signals {
	int fd;		      /* signalfd, O_CLOEXEC|O_NONBLOCK */
	sigset_t was_mask;    /* to restore in children */
	sigset_t was_ignored; /* were SIG_IGN when we started */
};

int signals_open(struct signals *s); /* -errno */
void signals_close(struct signals *s);

/* One signal; 1, 0 when there is none, -errno. PIPE and XFSZ by a write of our own are left out. */
int signals_read(struct signals *s, struct signalfd_siginfo *ret);

/* Sent by the kernel for the terminal (ssi_code SI_KERNEL: ^C, ^\, ^Z, hangup, resize): the JVM is
 * in the same process group and has got it by itself. */
bool signals_from_terminal(const struct signalfd_siginfo *si);

/* Ends ourselves by the signal, leaving a core of the child alone (PR_SET_DUMPABLE 0, default
 * action, unblocked, raise). Returns only if we are still alive (PID 1): the caller then exits
 * 128+n. */
void signals_end_by(int sig);

/* Stops ourselves by TSTP, TTIN or TTOU with its default action, as the JVM was: the shell sees
 * what it would have seen. Returns when continued; the mask is as before. */
void signals_stop_by(int sig);
