# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libincident.a
%C%_libincident_a_SOURCES = \
	%D%/claim.c %D%/claim.h \
	%D%/collect.c %D%/collect.h \
	%D%/collected.c %D%/collected.h \
	%D%/corefile.c %D%/corefile.h \
	%D%/digest.c %D%/digest.h \
	%D%/dumps.c %D%/dumps.h \
	%D%/export.c \
	%D%/finish.c %D%/finish.h \
	%D%/folder.c %D%/folder.h \
	%D%/glob.c %D%/glob.h \
	%D%/hookrows.c %D%/hookrows.h \
	%D%/incident.c %D%/incident.h \
	%D%/job.c %D%/job.h \
	%D%/peek.c \
	%D%/prune.c %D%/prune.h \
	%D%/report_json.c \
	%D%/report_text.c \
	%D%/retain.c %D%/retain.h \
	%D%/sandbox.c %D%/sandbox.h \
	%D%/share.c %D%/share.h \
	%D%/sources.c %D%/sources.h \
	%D%/store.c %D%/store.h \
	%D%/system.c %D%/system.h \
	%D%/take.c %D%/take.h \
	%D%/takecore.c %D%/takecore.h \
	%D%/work.c %D%/work.h
