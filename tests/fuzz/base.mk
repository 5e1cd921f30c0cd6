# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/fuzz_notify
%C%_fuzz_notify_SOURCES = %D%/fuzz_notify.c $(FUZZ_MAIN)
%C%_fuzz_notify_LDADD = proc/libproc.a base/libbase.a $(JVISOR_LIBS)
%C%_fuzz_notify_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_notify

check_PROGRAMS += %D%/fuzz_tlv
%C%_fuzz_tlv_SOURCES = %D%/fuzz_tlv.c $(FUZZ_MAIN)
%C%_fuzz_tlv_LDADD = base/libbase.a $(JVISOR_LIBS)
%C%_fuzz_tlv_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_tlv

check_PROGRAMS += %D%/fuzz_unit
%C%_fuzz_unit_SOURCES = %D%/fuzz_unit.c $(FUZZ_MAIN)
%C%_fuzz_unit_LDADD = tool/libtool.a proc/libproc.a base/libbase.a $(JVISOR_LIBS)
%C%_fuzz_unit_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_unit
