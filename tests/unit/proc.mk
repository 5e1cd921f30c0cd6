# SPDX-License-Identifier: Apache-2.0
PROC_TEST_LIBS = proc/libproc.a base/libbase.a $(CMOCKA_LIBS) $(JVISOR_LIBS)

check_PROGRAMS += %D%/test_cgroup
%C%_test_cgroup_SOURCES = %D%/test_cgroup.c %D%/tree.h
%C%_test_cgroup_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_cgroup

check_PROGRAMS += %D%/test_child
%C%_test_child_SOURCES = %D%/test_child.c
%C%_test_child_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_child

check_PROGRAMS += %D%/test_dirwatch
%C%_test_dirwatch_SOURCES = %D%/test_dirwatch.c %D%/tree.h
%C%_test_dirwatch_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_dirwatch

check_PROGRAMS += %D%/test_fds
%C%_test_fds_SOURCES = %D%/test_fds.c
%C%_test_fds_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_fds

check_PROGRAMS += %D%/test_loop
%C%_test_loop_SOURCES = %D%/test_loop.c
%C%_test_loop_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_loop

check_PROGRAMS += %D%/test_notify
%C%_test_notify_SOURCES = %D%/test_notify.c
%C%_test_notify_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_notify

check_PROGRAMS += %D%/test_place
%C%_test_place_SOURCES = %D%/test_place.c %D%/tree.h
%C%_test_place_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_place

check_PROGRAMS += %D%/test_privs
%C%_test_privs_SOURCES = %D%/test_privs.c %D%/tree.h
%C%_test_privs_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_privs

check_PROGRAMS += %D%/test_procfs
%C%_test_procfs_SOURCES = %D%/test_procfs.c %D%/tree.h
%C%_test_procfs_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_procfs

check_PROGRAMS += %D%/test_reap
%C%_test_reap_SOURCES = %D%/test_reap.c
%C%_test_reap_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_reap

check_PROGRAMS += %D%/test_role
%C%_test_role_SOURCES = %D%/test_role.c
%C%_test_role_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_role

check_PROGRAMS += %D%/test_sentinel
%C%_test_sentinel_SOURCES = %D%/test_sentinel.c
%C%_test_sentinel_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_sentinel

check_PROGRAMS += %D%/test_signals
%C%_test_signals_SOURCES = %D%/test_signals.c
%C%_test_signals_LDADD = $(PROC_TEST_LIBS)
UNIT_TESTS += %D%/test_signals
