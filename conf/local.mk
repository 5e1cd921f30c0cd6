# SPDX-License-Identifier: Apache-2.0
dist_pkgdata_DATA = %D%/policy.ini

# Made from policy/keys.def by `make update-conf` and kept in the tree; a unit test compares.
EXTRA_PROGRAMS += %D%/generate
CLEANFILES += %D%/generate$(EXEEXT)
%C%_generate_SOURCES = %D%/generate.c
%C%_generate_LDADD = policy/libpolicy.a jvm/libjvm.a base/libbase.a $(JVISOR_LIBS)

.PHONY: update-conf
update-conf: %D%/generate
	%D%/generate > $(srcdir)/%D%/policy.ini
