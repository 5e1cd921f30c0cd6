# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/test_block
%C%_test_block_SOURCES = %D%/test_block.c
%C%_test_block_LDADD = $(LAYERS_ALL) $(CMOCKA_LIBS) $(JVISOR_LIBS)
UNIT_TESTS += %D%/test_block
check_PROGRAMS += %D%/test_machine
%C%_test_machine_SOURCES = %D%/test_machine.c
%C%_test_machine_LDADD = $(LAYERS_ALL) $(CMOCKA_LIBS) $(JVISOR_LIBS)
UNIT_TESTS += %D%/test_machine
check_PROGRAMS += %D%/test_options
%C%_test_options_SOURCES = %D%/test_options.c
%C%_test_options_LDADD = $(LAYERS_ALL) $(CMOCKA_LIBS) $(JVISOR_LIBS)
UNIT_TESTS += %D%/test_options
check_PROGRAMS += %D%/test_restart
%C%_test_restart_SOURCES = %D%/test_restart.c
%C%_test_restart_LDADD = $(LAYERS_ALL) $(CMOCKA_LIBS) $(JVISOR_LIBS)
UNIT_TESTS += %D%/test_restart
