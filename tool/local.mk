# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libtool.a
%C%_libtool_a_SOURCES = \
	%D%/cmd.h %D%/cmds.def \
	%D%/cmd_check.c \
	%D%/cmd_explain.c \
	%D%/cmd_export.c \
	%D%/cmd_finish.c \
	%D%/cmd_help.c \
	%D%/cmd_hooks.c \
	%D%/cmd_list.c \
	%D%/cmd_prune.c \
	%D%/cmd_rm.c \
	%D%/cmd_show.c \
	%D%/context.c %D%/context.h \
	%D%/flaglist.c %D%/flaglist.h \
	%D%/hookset.c %D%/hookset.h \
	%D%/keylist.c %D%/keylist.h \
	%D%/main.c %D%/tool.h \
	%D%/out.c %D%/out.h \
	%D%/progress.c %D%/progress.h \
	%D%/table.c %D%/table.h \
	%D%/trial.c %D%/trial.h \
	%D%/unit.c %D%/unit.h
