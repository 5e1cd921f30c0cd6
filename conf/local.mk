# SPDX-License-Identifier: Apache-2.0
dist_pkgdata_DATA = %D%/policy.ini

# For containers.
examplesdir = $(docdir)/examples
dist_examples_DATA = %D%/examples/Dockerfile %D%/examples/compose.yaml %D%/examples/kubernetes.yaml \
	%D%/examples/policy.ini

# For systemd; all below one prefix, as the packages of distributions have it.
EXTRA_DIST += %D%/systemd/jvisor@.service.in %D%/systemd/sysusers.conf %D%/systemd/tmpfiles.conf \
	%D%/systemd/jvisor.catalog %D%/completion/jvisor %D%/completion/jvisorctl
CLEANFILES += %D%/systemd/jvisor@.service

%D%/systemd/jvisor@.service: %D%/systemd/jvisor@.service.in Makefile
	@$(MKDIR_P) %D%/systemd
	$(AM_V_GEN)sed 's|@bindir[@]|$(bindir)|' $(srcdir)/%D%/systemd/jvisor@.service.in >$@.new && mv $@.new $@

all-local: %D%/systemd/jvisor@.service

if INSTALL_UNITS
install-data-local: install-units
uninstall-local: uninstall-units
endif

.PHONY: install-units uninstall-units
install-units: %D%/systemd/jvisor@.service
	$(MKDIR_P) '$(DESTDIR)$(systemdsystemunitdir)' '$(DESTDIR)$(sysusersdir)' '$(DESTDIR)$(tmpfilesdir)' \
		'$(DESTDIR)$(catalogdir)'
	$(INSTALL_DATA) %D%/systemd/jvisor@.service '$(DESTDIR)$(systemdsystemunitdir)'
	$(INSTALL_DATA) $(srcdir)/%D%/systemd/sysusers.conf '$(DESTDIR)$(sysusersdir)/jvisor.conf'
	$(INSTALL_DATA) $(srcdir)/%D%/systemd/tmpfiles.conf '$(DESTDIR)$(tmpfilesdir)/jvisor.conf'
	$(INSTALL_DATA) $(srcdir)/%D%/systemd/jvisor.catalog '$(DESTDIR)$(catalogdir)'

uninstall-units:
	rm -f '$(DESTDIR)$(systemdsystemunitdir)/jvisor@.service' '$(DESTDIR)$(sysusersdir)/jvisor.conf' \
		'$(DESTDIR)$(tmpfilesdir)/jvisor.conf' '$(DESTDIR)$(catalogdir)/jvisor.catalog'

if INSTALL_COMPLETION
completion_DATA = %D%/completion/jvisor %D%/completion/jvisorctl
endif

# Made from policy/keys.def by `make update-conf` and kept in the tree; a unit test compares.
EXTRA_PROGRAMS += %D%/generate
CLEANFILES += %D%/generate$(EXEEXT)
%C%_generate_SOURCES = %D%/generate.c
%C%_generate_LDADD = policy/libpolicy.a jvm/libjvm.a base/libbase.a $(JVISOR_LIBS)

.PHONY: update-conf
update-conf: %D%/generate
	%D%/generate > $(srcdir)/%D%/policy.ini
