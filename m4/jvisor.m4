# SPDX-License-Identifier: Apache-2.0

# JVISOR_SWITCH(NAME, HELP): --enable-NAME, off unless asked for.
AC_DEFUN([JVISOR_SWITCH], [
AC_ARG_ENABLE([$1], [AS_HELP_STRING([--enable-$1], [$2])], [], [enable_$1=no])
])

# Each flag is tried with -Werror: clang accepts flags it does not know with a warning only.
AC_DEFUN([JVISOR_TRY_FLAG], [
AC_MSG_CHECKING([whether $CC accepts $1])
jvisor_saved_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror $1"
AC_LINK_IFELSE([AC_LANG_PROGRAM()],
	[AC_MSG_RESULT([yes])
	CFLAGS=$jvisor_saved_CFLAGS
	$2],
	[AC_MSG_RESULT([no])
	CFLAGS=$jvisor_saved_CFLAGS
	$3])
])

# JVISOR_ADD_CFLAGS(FLAGS): those of them that the compiler knows.
AC_DEFUN([JVISOR_ADD_CFLAGS], [
for jvisor_flag in $1; do
	JVISOR_TRY_FLAG([$jvisor_flag], [JVISOR_CFLAGS="$JVISOR_CFLAGS $jvisor_flag"])
done
])

AC_DEFUN([JVISOR_ADD_LDFLAGS], [
for jvisor_flag in $1; do
	JVISOR_TRY_FLAG([$jvisor_flag], [JVISOR_LDFLAGS="$JVISOR_LDFLAGS $jvisor_flag"])
done
])

# JVISOR_NEED_FLAGS(FLAGS, SWITCH, WHAT): to compile and to link with, or the switch is refused.
AC_DEFUN([JVISOR_NEED_FLAGS], [
JVISOR_TRY_FLAG([$1],
	[JVISOR_CFLAGS="$JVISOR_CFLAGS $1"
	JVISOR_LDFLAGS="$JVISOR_LDFLAGS $1"],
	[AC_MSG_ERROR([$2 needs $3])])
])

# JVISOR_LIBRARY(NAME, HEADER, FUNCTION, DEBIAN PACKAGE): libNAME.a unless shared ones are wanted
# or there is none, else libNAME.so, added to JVISOR_LIBS.
AC_DEFUN([JVISOR_LIBRARY], [
AC_CHECK_HEADER([$2], [],
	[AC_MSG_ERROR([$2 is missing: install the development files of lib$1 (Debian: $4)])])
AC_MSG_CHECKING([how to link lib$1])
jvisor_saved_LIBS=$LIBS
jvisor_found=
jvisor_ways="-l:lib$1.a -l$1"
AS_IF([test "$with_shared_libs" = yes], [jvisor_ways="-l$1"])
AS_IF([test "$enable_static" = yes], [jvisor_ways="-l:lib$1.a"])
for jvisor_way in $jvisor_ways; do
	LIBS="$jvisor_way $jvisor_saved_LIBS"
	AC_LINK_IFELSE([AC_LANG_CALL([], [$3])], [jvisor_found=$jvisor_way; break])
done
LIBS=$jvisor_saved_LIBS
AS_IF([test -z "$jvisor_found"],
	[AC_MSG_RESULT([no])
	AC_MSG_ERROR([lib$1 with $3 is missing, or too old, or has no file to link as asked ($jvisor_ways): install it (Debian: $4)])])
AC_MSG_RESULT([$jvisor_found])
JVISOR_LIBS="$JVISOR_LIBS $jvisor_found"
])
