# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += \
	%D%/jvisor.1 \
	%D%/jvisorctl.1 \
	%D%/jvisor-hooks.7 \
	%D%/jvisor-incident.7
