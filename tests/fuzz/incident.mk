# SPDX-License-Identifier: Apache-2.0
INCIDENT_FUZZ_LIBS = incident/libincident.a proc/libproc.a jvm/libjvm.a base/libbase.a \
	$(JVISOR_LIBS)

check_PROGRAMS += %D%/fuzz_results
%C%_fuzz_results_SOURCES = %D%/fuzz_results.c $(FUZZ_MAIN)
%C%_fuzz_results_LDADD = $(INCIDENT_FUZZ_LIBS)
%C%_fuzz_results_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_results

check_PROGRAMS += %D%/fuzz_store
%C%_fuzz_store_SOURCES = %D%/fuzz_store.c $(FUZZ_MAIN)
%C%_fuzz_store_LDADD = $(INCIDENT_FUZZ_LIBS)
%C%_fuzz_store_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_store

check_PROGRAMS += %D%/fuzz_work
%C%_fuzz_work_SOURCES = %D%/fuzz_work.c $(FUZZ_MAIN)
%C%_fuzz_work_LDADD = $(INCIDENT_FUZZ_LIBS)
%C%_fuzz_work_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_work
