# SPDX-License-Identifier: Apache-2.0
JVM_TEST_LIBS = jvm/libjvm.a base/libbase.a $(CMOCKA_LIBS) $(JVISOR_LIBS)

check_PROGRAMS += %D%/test_argfile
%C%_test_argfile_SOURCES = %D%/test_argfile.c
%C%_test_argfile_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_argfile

check_PROGRAMS += %D%/test_cmdline
%C%_test_cmdline_SOURCES = %D%/test_cmdline.c
%C%_test_cmdline_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_cmdline

check_PROGRAMS += %D%/test_envopts
%C%_test_envopts_SOURCES = %D%/test_envopts.c
%C%_test_envopts_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_envopts

check_PROGRAMS += %D%/test_facts
%C%_test_facts_SOURCES = %D%/test_facts.c
%C%_test_facts_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_facts

check_PROGRAMS += %D%/test_flags
%C%_test_flags_SOURCES = %D%/test_flags.c
%C%_test_flags_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_flags

check_PROGRAMS += %D%/test_heapsize
%C%_test_heapsize_SOURCES = %D%/test_heapsize.c
%C%_test_heapsize_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_heapsize

check_PROGRAMS += %D%/test_home
%C%_test_home_SOURCES = %D%/test_home.c
%C%_test_home_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_home

check_PROGRAMS += %D%/test_hprofend
%C%_test_hprofend_SOURCES = %D%/test_hprofend.c
%C%_test_hprofend_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_hprofend

check_PROGRAMS += %D%/test_refusal
%C%_test_refusal_SOURCES = %D%/test_refusal.c
%C%_test_refusal_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_refusal

check_PROGRAMS += %D%/test_hserr
%C%_test_hserr_SOURCES = %D%/test_hserr.c
%C%_test_hserr_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_hserr

check_PROGRAMS += %D%/test_hserr_mask
%C%_test_hserr_mask_SOURCES = %D%/test_hserr_mask.c
%C%_test_hserr_mask_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_hserr_mask

check_PROGRAMS += %D%/test_kind
%C%_test_kind_SOURCES = %D%/test_kind.c
%C%_test_kind_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_kind

check_PROGRAMS += %D%/test_paths
%C%_test_paths_SOURCES = %D%/test_paths.c
%C%_test_paths_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_paths

check_PROGRAMS += %D%/test_perfdata
%C%_test_perfdata_SOURCES = %D%/test_perfdata.c
%C%_test_perfdata_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_perfdata

check_PROGRAMS += %D%/test_release
%C%_test_release_SOURCES = %D%/test_release.c
%C%_test_release_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_release

check_PROGRAMS += %D%/test_verdict
%C%_test_verdict_SOURCES = %D%/test_verdict.c
%C%_test_verdict_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_verdict

check_PROGRAMS += %D%/test_version
%C%_test_version_SOURCES = %D%/test_version.c
%C%_test_version_LDADD = $(JVM_TEST_LIBS)
UNIT_TESTS += %D%/test_version
