# SPDX-License-Identifier: Apache-2.0
HOOKS_TEST_LIBS = hooks/libhooks.a proc/libproc.a base/libbase.a $(CMOCKA_LIBS) $(JVISOR_LIBS)

check_PROGRAMS += %D%/test_hooks_order
%C%_test_hooks_order_SOURCES = %D%/test_hooks_order.c %D%/tree.h
%C%_test_hooks_order_LDADD = $(HOOKS_TEST_LIBS)
UNIT_TESTS += %D%/test_hooks_order

check_PROGRAMS += %D%/test_hooks_run
%C%_test_hooks_run_SOURCES = %D%/test_hooks_run.c %D%/tree.h
%C%_test_hooks_run_LDADD = $(HOOKS_TEST_LIBS)
UNIT_TESTS += %D%/test_hooks_run

check_PROGRAMS += %D%/test_hooks_set
%C%_test_hooks_set_SOURCES = %D%/test_hooks_set.c
%C%_test_hooks_set_LDADD = $(HOOKS_TEST_LIBS)
UNIT_TESTS += %D%/test_hooks_set

check_PROGRAMS += %D%/test_hooks_words
%C%_test_hooks_words_SOURCES = %D%/test_hooks_words.c
%C%_test_hooks_words_LDADD = $(HOOKS_TEST_LIBS)
UNIT_TESTS += %D%/test_hooks_words
