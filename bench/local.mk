# SPDX-License-Identifier: Apache-2.0
# Built by `bench/plan`, not by make.
EXTRA_PROGRAMS += %D%/decide
%C%_decide_SOURCES = %D%/decide.c
%C%_decide_LDADD = policy/libpolicy.a jvm/libjvm.a base/libbase.a $(JVISOR_LIBS)
