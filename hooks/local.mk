# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libhooks.a
%C%_libhooks_a_SOURCES = \
	%D%/hooks.h \
	%D%/order.c \
	%D%/output.c %D%/output.h \
	%D%/role.c \
	%D%/run.c \
	%D%/set.c \
	%D%/words.c %D%/words.h

hooksamplesdir = $(pkgdatadir)/hooks
dist_hooksamples_SCRIPTS = \
	%D%/samples/consul-deregister.sh \
	%D%/samples/upload-rclone.sh \
	%D%/samples/webhook-notify.sh
