# SPDX-License-Identifier: Apache-2.0
JVM_FUZZ_LIBS = jvm/libjvm.a base/libbase.a $(JVISOR_LIBS)

check_PROGRAMS += %D%/fuzz_argfile
%C%_fuzz_argfile_SOURCES = %D%/fuzz_argfile.c $(FUZZ_MAIN)
%C%_fuzz_argfile_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_argfile_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_argfile

check_PROGRAMS += %D%/fuzz_cmdline
%C%_fuzz_cmdline_SOURCES = %D%/fuzz_cmdline.c $(FUZZ_MAIN)
%C%_fuzz_cmdline_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_cmdline_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_cmdline

check_PROGRAMS += %D%/fuzz_envopts
%C%_fuzz_envopts_SOURCES = %D%/fuzz_envopts.c $(FUZZ_MAIN)
%C%_fuzz_envopts_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_envopts_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_envopts

check_PROGRAMS += %D%/fuzz_facts
%C%_fuzz_facts_SOURCES = %D%/fuzz_facts.c $(FUZZ_MAIN)
%C%_fuzz_facts_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_facts_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_facts

check_PROGRAMS += %D%/fuzz_flagcache
%C%_fuzz_flagcache_SOURCES = %D%/fuzz_flagcache.c $(FUZZ_MAIN)
%C%_fuzz_flagcache_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_flagcache_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_flagcache

check_PROGRAMS += %D%/fuzz_hserr
%C%_fuzz_hserr_SOURCES = %D%/fuzz_hserr.c $(FUZZ_MAIN)
%C%_fuzz_hserr_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_hserr_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_hserr

check_PROGRAMS += %D%/fuzz_mask
%C%_fuzz_mask_SOURCES = %D%/fuzz_mask.c $(FUZZ_MAIN)
%C%_fuzz_mask_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_mask_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_mask

check_PROGRAMS += %D%/fuzz_perfdata
%C%_fuzz_perfdata_SOURCES = %D%/fuzz_perfdata.c $(FUZZ_MAIN)
%C%_fuzz_perfdata_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_perfdata_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_perfdata

check_PROGRAMS += %D%/fuzz_release
%C%_fuzz_release_SOURCES = %D%/fuzz_release.c $(FUZZ_MAIN)
%C%_fuzz_release_LDADD = $(JVM_FUZZ_LIBS)
%C%_fuzz_release_LDFLAGS = $(FUZZ_LDFLAGS)
FUZZ_TESTS += %D%/fuzz_release
