# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libjvm.a
%C%_libjvm_a_SOURCES = \
	%D%/argfile.c %D%/argfile.h \
	%D%/cmdline.c %D%/cmdline.h %D%/options.def \
	%D%/envopts.c %D%/envopts.h \
	%D%/facts.c %D%/facts.h %D%/facts.def \
	%D%/flagcache.c \
	%D%/flagdefs.c \
	%D%/flags.c %D%/flags.h %D%/flags.def \
	%D%/flagsearch.c %D%/flagsearch.h \
	%D%/heapsize.c %D%/heapsize.h \
	%D%/home.c %D%/home.h \
	%D%/hookvars.c %D%/hookvars.h \
	%D%/hprofend.c %D%/hprofend.h \
	%D%/hserr.c %D%/hserr.h \
	%D%/hserr_mask.c %D%/hserr_mask.h \
	%D%/kind.c %D%/kind.h \
	%D%/kind_elf.c %D%/kind_elf.h \
	%D%/life.c %D%/life.h \
	%D%/paths.c %D%/paths.h \
	%D%/perfdata.c %D%/perfdata.h \
	%D%/refusal.c %D%/refusal.h \
	%D%/release.c %D%/release.h \
	%D%/verdict.c %D%/verdict.h \
	%D%/verdict_evidence.c \
	%D%/verdict_text.c %D%/verdict_text.h \
	%D%/version.c %D%/version.h
