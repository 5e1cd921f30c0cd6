/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define REFUSED_MAX 256 /* a longer text is cut */

int refused_role(int argc, char *argv[]);
