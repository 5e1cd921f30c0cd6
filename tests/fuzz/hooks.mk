# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/fuzz_hookset
%C%_fuzz_hookset_SOURCES = %D%/fuzz_hookset.c $(FUZZ_MAIN)
%C%_fuzz_hookset_LDADD = hooks/libhooks.a proc/libproc.a base/libbase.a $(JVISOR_LIBS)
%C%_fuzz_hookset_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_hookset
