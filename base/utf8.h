/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include "base/slice.h"

/* Bytes of the well-formed UTF-8 character that s begins with (1..4); 0: none (the end, a stray or
 * overlong byte, a surrogate, a cut character). */
size_t utf8_char(struct slice s);

/* As utf8_char, and 0 also for what may drive a terminal: C0, DEL and the C1 controls, which
 * xterm obeys in their UTF-8 form too (0xc2 0x9b is CSI). */
size_t utf8_printable(struct slice s);

/* The length of s without a character that its end cuts in two. */
size_t utf8_whole(struct slice s);

/* Places that s takes, one a character: no locale is asked (a static program has none), so wide
 * East Asian characters count too little. */
size_t utf8_columns(struct slice s);
