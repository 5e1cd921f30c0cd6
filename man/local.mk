# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += \
	%D%/jvisor.1 \
	%D%/jvisorctl.1 \
	%D%/jvisor.ini.5 \
	%D%/jvisor-hooks.7 \
	%D%/jvisor-incident.7

# jvisor.ini.5 is made from its template and policy/keys.def by `make update-man` and kept in the
# tree; tests/run/man.sh compares.
EXTRA_DIST += %D%/jvisor.ini.5.in
check_PROGRAMS += %D%/keys
%C%_keys_SOURCES = %D%/keys.c %D%/profiles.c %D%/parts.h
%C%_keys_LDADD = policy/libpolicy.a jvm/libjvm.a base/libbase.a $(JVISOR_LIBS)

.PHONY: update-man
update-man: %D%/keys
	%D%/keys profiles > %D%/profiles.part
	%D%/keys | sed -e '/^@KEYS@$$/{r /dev/stdin' -e 'd}' \
		-e '/^@PROFILES@$$/{r %D%/profiles.part' -e 'd}' $(srcdir)/%D%/jvisor.ini.5.in > \
		$(srcdir)/%D%/jvisor.ini.5
	rm -f %D%/profiles.part
