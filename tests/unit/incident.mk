# SPDX-License-Identifier: Apache-2.0
INCIDENT_TEST_LIBS = incident/libincident.a proc/libproc.a jvm/libjvm.a base/libbase.a \
	$(CMOCKA_LIBS) $(JVISOR_LIBS)

check_PROGRAMS += %D%/test_collect
%C%_test_collect_SOURCES = %D%/test_collect.c %D%/collecting.h %D%/tree.h
%C%_test_collect_LDADD = $(INCIDENT_TEST_LIBS)
UNIT_TESTS += %D%/test_collect

check_PROGRAMS += %D%/test_corefile
%C%_test_corefile_SOURCES = %D%/test_corefile.c %D%/tree.h
%C%_test_corefile_LDADD = $(INCIDENT_TEST_LIBS)
UNIT_TESTS += %D%/test_corefile

check_PROGRAMS += %D%/test_finish
%C%_test_finish_SOURCES = %D%/test_finish.c %D%/collecting.h %D%/tree.h
%C%_test_finish_LDADD = $(INCIDENT_TEST_LIBS)
UNIT_TESTS += %D%/test_finish

check_PROGRAMS += %D%/test_job
%C%_test_job_SOURCES = %D%/test_job.c %D%/tree.h
%C%_test_job_LDADD = $(INCIDENT_TEST_LIBS)
UNIT_TESTS += %D%/test_job

check_PROGRAMS += %D%/test_report
%C%_test_report_SOURCES = %D%/test_report.c %D%/tree.h
%C%_test_report_LDADD = $(INCIDENT_TEST_LIBS)
UNIT_TESTS += %D%/test_report

check_PROGRAMS += %D%/test_retain
%C%_test_retain_SOURCES = %D%/test_retain.c
%C%_test_retain_LDADD = $(INCIDENT_TEST_LIBS)
UNIT_TESTS += %D%/test_retain

check_PROGRAMS += %D%/test_store
%C%_test_store_SOURCES = %D%/test_store.c %D%/tree.h
%C%_test_store_LDADD = $(INCIDENT_TEST_LIBS)
UNIT_TESTS += %D%/test_store

check_PROGRAMS += %D%/test_take
%C%_test_take_SOURCES = %D%/test_take.c %D%/tree.h
%C%_test_take_LDADD = $(INCIDENT_TEST_LIBS)
UNIT_TESTS += %D%/test_take
