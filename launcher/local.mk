# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/liblauncher.a
%C%_liblauncher_a_SOURCES = \
	%D%/block.c %D%/block.h \
	%D%/death.c \
	%D%/dumproom.c \
	%D%/events.def \
	%D%/fill.c %D%/fill.h \
	%D%/fill_env.c %D%/fill_env.h \
	%D%/helpers.c \
	%D%/hold.c \
	%D%/launch.c %D%/launch.h \
	%D%/leftovers.c %D%/leftovers.h \
	%D%/machine.c %D%/machine.h \
	%D%/notify.c %D%/notify.h \
	%D%/options.c %D%/options.h \
	%D%/prepare.c %D%/prepare.h \
	%D%/readiness.c %D%/readiness.h \
	%D%/refused.c %D%/refused.h \
	%D%/restart.c %D%/restart.h \
	%D%/sampler.c \
	%D%/rights.c %D%/rights.h \
	%D%/self.c %D%/self.h \
	%D%/slim.c %D%/slim.h \
	%D%/start.c \
	%D%/sup.h \
	%D%/supervise.c %D%/supervise.h \
	%D%/tell.c \
	%D%/termlog.c %D%/termlog.h \
	%D%/through.c %D%/through.h \
	%D%/title.c %D%/title.h

bin_PROGRAMS += jvisor
jvisor_SOURCES = %D%/main.c
jvisor_LDADD = $(LAYERS_ALL) $(JVISOR_LIBS)
jvisor_LDFLAGS = $(PROGRAM_LDFLAGS)
