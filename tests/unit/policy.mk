# SPDX-License-Identifier: Apache-2.0
POLICY_TEST_LIBS = policy/libpolicy.a jvm/libjvm.a base/libbase.a $(CMOCKA_LIBS) $(JVISOR_LIBS)
POLICY_CASE = %D%/plan_case.c %D%/plan_case.h

check_PROGRAMS += \
	%D%/test_decide \
	%D%/test_explain \
	%D%/test_ini \
	%D%/test_keys \
	%D%/test_plan \
	%D%/test_policy_load \
	%D%/test_rewrite \
	%D%/test_storedir

%C%_test_decide_SOURCES = %D%/test_decide.c
%C%_test_decide_LDADD = $(POLICY_TEST_LIBS)
%C%_test_explain_SOURCES = %D%/test_explain.c $(POLICY_CASE)
%C%_test_explain_LDADD = $(POLICY_TEST_LIBS)
%C%_test_ini_SOURCES = %D%/test_ini.c
%C%_test_ini_LDADD = $(POLICY_TEST_LIBS)
%C%_test_keys_SOURCES = %D%/test_keys.c
%C%_test_keys_LDADD = hooks/libhooks.a proc/libproc.a $(POLICY_TEST_LIBS)
%C%_test_plan_SOURCES = %D%/test_plan.c $(POLICY_CASE)
%C%_test_plan_LDADD = $(POLICY_TEST_LIBS)
%C%_test_policy_load_SOURCES = %D%/test_policy_load.c
%C%_test_policy_load_LDADD = $(POLICY_TEST_LIBS)
%C%_test_rewrite_SOURCES = %D%/test_rewrite.c $(POLICY_CASE)
%C%_test_rewrite_LDADD = $(POLICY_TEST_LIBS)
%C%_test_storedir_SOURCES = %D%/test_storedir.c
%C%_test_storedir_LDADD = $(POLICY_TEST_LIBS)

UNIT_TESTS += \
	%D%/test_decide \
	%D%/test_explain \
	%D%/test_ini \
	%D%/test_keys \
	%D%/test_plan \
	%D%/test_policy_load \
	%D%/test_rewrite \
	%D%/test_storedir
