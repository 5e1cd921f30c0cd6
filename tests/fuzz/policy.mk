# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/fuzz_ini
%C%_fuzz_ini_SOURCES = %D%/fuzz_ini.c $(FUZZ_MAIN)
%C%_fuzz_ini_LDADD = policy/libpolicy.a jvm/libjvm.a base/libbase.a $(JVISOR_LIBS)
%C%_fuzz_ini_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_ini
