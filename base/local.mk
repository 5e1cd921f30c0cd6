# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES = \
	%D%/capname.c \
	%D%/clock.c %D%/clock.h \
	%D%/diag.c %D%/diag.h \
	%D%/digest.c %D%/digest.h \
	%D%/dir.c \
	%D%/err.c %D%/err.h \
	%D%/file.c %D%/file.h \
	%D%/gzip.c %D%/gzip.h \
	%D%/journal.c %D%/journal.h \
	%D%/json.c %D%/json.h \
	%D%/log.c %D%/log.h \
	%D%/macro.c %D%/macro.h \
	%D%/mask.c %D%/mask.h \
	%D%/parse.c %D%/parse.h \
	%D%/signame.c \
	%D%/slice.c %D%/slice.h \
	%D%/strbuf.c %D%/strbuf.h \
	%D%/strv.c %D%/strv.h \
	%D%/tlv.c %D%/tlv.h \
	%D%/utf8.c %D%/utf8.h
