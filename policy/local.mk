# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libpolicy.a
%C%_libpolicy_a_SOURCES = \
	%D%/apply.c %D%/apply.h \
	%D%/conf.c %D%/conf.h \
	%D%/decide.c %D%/decide.h \
	%D%/explain.c %D%/explain.h \
	%D%/explain_json.c \
	%D%/ini.c %D%/ini.h \
	%D%/keys.c %D%/keys.h %D%/keys.def \
	%D%/load.c %D%/load.h \
	%D%/plan.c %D%/plan.h \
	%D%/plan_edits.c \
	%D%/plan_dump.c \
	%D%/plan_paths.c \
	%D%/planner.c %D%/planner.h \
	%D%/policy.c %D%/policy.h \
	%D%/profile.c \
	%D%/rewrite.c %D%/rewrite.h \
	%D%/size.c %D%/size.h \
	%D%/storedir.c %D%/storedir.h \
	%D%/value.c
