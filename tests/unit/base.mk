# SPDX-License-Identifier: Apache-2.0
BASE_TEST_LIBS = base/libbase.a $(CMOCKA_LIBS) $(JVISOR_LIBS)

check_PROGRAMS += %D%/test_clock
%C%_test_clock_SOURCES = %D%/test_clock.c
%C%_test_clock_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_clock

check_PROGRAMS += %D%/test_diag
%C%_test_diag_SOURCES = %D%/test_diag.c
%C%_test_diag_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_diag

check_PROGRAMS += %D%/test_err
%C%_test_err_SOURCES = %D%/test_err.c
%C%_test_err_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_err

check_PROGRAMS += %D%/test_journal
%C%_test_journal_SOURCES = %D%/test_journal.c
%C%_test_journal_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_journal

check_PROGRAMS += %D%/test_file
%C%_test_file_SOURCES = %D%/test_file.c
%C%_test_file_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_file

check_PROGRAMS += %D%/test_gzip
%C%_test_gzip_SOURCES = %D%/test_gzip.c
%C%_test_gzip_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_gzip

check_PROGRAMS += %D%/test_json
%C%_test_json_SOURCES = %D%/test_json.c
%C%_test_json_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_json

check_PROGRAMS += %D%/test_log
%C%_test_log_SOURCES = %D%/test_log.c
%C%_test_log_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_log

check_PROGRAMS += %D%/test_mask
%C%_test_mask_SOURCES = %D%/test_mask.c
%C%_test_mask_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_mask

check_PROGRAMS += %D%/test_parse
%C%_test_parse_SOURCES = %D%/test_parse.c
%C%_test_parse_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_parse

check_PROGRAMS += %D%/test_slice
%C%_test_slice_SOURCES = %D%/test_slice.c
%C%_test_slice_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_slice

check_PROGRAMS += %D%/test_strbuf
%C%_test_strbuf_SOURCES = %D%/test_strbuf.c
%C%_test_strbuf_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_strbuf

check_PROGRAMS += %D%/test_strv
%C%_test_strv_SOURCES = %D%/test_strv.c
%C%_test_strv_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_strv

check_PROGRAMS += %D%/test_tlv
%C%_test_tlv_SOURCES = %D%/test_tlv.c
%C%_test_tlv_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_tlv

check_PROGRAMS += %D%/test_utf8
%C%_test_utf8_SOURCES = %D%/test_utf8.c
%C%_test_utf8_LDADD = $(BASE_TEST_LIBS)
UNIT_TESTS += %D%/test_utf8
