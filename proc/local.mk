# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libproc.a
%C%_libproc_a_SOURCES = \
	%D%/accounts.c \
	%D%/cgroup.c %D%/cgroup.h \
	%D%/child.c %D%/child.h \
	%D%/container.c %D%/container.h \
	%D%/dirwatch.c %D%/dirwatch.h \
	%D%/fds.c %D%/fds.h \
	%D%/loop.c %D%/loop.h \
	%D%/notify.c %D%/notify.h \
	%D%/place.c %D%/place.h \
	%D%/privs.c %D%/privs.h \
	%D%/procfs.c %D%/procfs.h \
	%D%/reap.c %D%/reap.h \
	%D%/role.c %D%/role.h \
	%D%/sentinel.c \
	%D%/signals.c %D%/signals.h
