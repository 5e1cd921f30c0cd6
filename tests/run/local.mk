# SPDX-License-Identifier: Apache-2.0
RUN_TESTS += \
	%D%/start.sh \
	%D%/which-java.sh \
	%D%/print-only.sh \
	%D%/exit-codes.sh \
	%D%/signals.sh \
	%D%/jobcontrol.sh \
	%D%/kill9.sh \
	%D%/pid1.sh \
	%D%/stop.sh \
	%D%/notify.sh \
	%D%/journal.sh \
	%D%/paths.sh \
	%D%/policy.sh \
	%D%/secrets.sh \
	%D%/examples.sh \
	%D%/hooks.sh \
	%D%/hold.sh \
	%D%/hold-jdk.sh \
	%D%/incident.sh \
	%D%/dump-cut.sh \
	%D%/dump-room.sh \
	%D%/oom-kinds.sh \
	%D%/oom-killer.sh \
	%D%/privs.sh \
	%D%/restart.sh \
	%D%/predecessor.sh \
	%D%/real-jdk.sh \
	%D%/differential.sh \
	%D%/hooks_samples.sh \
	%D%/man.sh \
	%D%/termination-log.sh \
	%D%/tool.sh

# What the scripts run is as fast as a plain build, also where the program is sanitized.
check_PROGRAMS += tests/helpers/fakejvm tests/helpers/waiter tests/helpers/ptyrun \
	tests/helpers/listener tests/helpers/nowatch tests/helpers/words
tests_helpers_fakejvm_SOURCES = tests/helpers/fakejvm.c tests/helpers/fakejvm.h \
	tests/helpers/remains.c
tests_helpers_fakejvm_CFLAGS = -std=gnu11
tests_helpers_fakejvm_LDFLAGS =
tests_helpers_waiter_SOURCES = tests/helpers/waiter.c
tests_helpers_waiter_CFLAGS = -std=gnu11
tests_helpers_waiter_LDFLAGS =
tests_helpers_listener_SOURCES = tests/helpers/listener.c
tests_helpers_listener_CFLAGS = -std=gnu11
tests_helpers_listener_LDFLAGS =
tests_helpers_nowatch_SOURCES = tests/helpers/nowatch.c
tests_helpers_nowatch_CFLAGS = -std=gnu11
tests_helpers_nowatch_LDFLAGS =
tests_helpers_ptyrun_SOURCES = tests/helpers/ptyrun.c
tests_helpers_ptyrun_CFLAGS = -std=gnu11
tests_helpers_ptyrun_LDFLAGS =
tests_helpers_words_SOURCES = tests/helpers/words.c
tests_helpers_words_CFLAGS = -std=gnu11
tests_helpers_words_LDFLAGS =

EXTRA_DIST += %D%/lib.sh %D%/caps.sh
