# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/test_table
%C%_test_table_SOURCES = %D%/test_table.c
%C%_test_table_LDADD = tool/libtool.a base/libbase.a $(CMOCKA_LIBS) $(JVISOR_LIBS)
UNIT_TESTS += %D%/test_table

check_PROGRAMS += %D%/test_storeid
%C%_test_storeid_SOURCES = %D%/test_storeid.c
%C%_test_storeid_LDADD = incident/libincident.a proc/libproc.a jvm/libjvm.a base/libbase.a \
	$(CMOCKA_LIBS) $(JVISOR_LIBS)
UNIT_TESTS += %D%/test_storeid

check_PROGRAMS += %D%/test_unit
%C%_test_unit_SOURCES = %D%/test_unit.c
%C%_test_unit_LDADD = tool/libtool.a proc/libproc.a base/libbase.a $(CMOCKA_LIBS) $(JVISOR_LIBS)
UNIT_TESTS += %D%/test_unit
