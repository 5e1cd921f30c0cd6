/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* Whether STORE/.run holds what a predecessor left and nobody is at: a life file or an open digest
 * that is not locked. Looks at locks only. store: descriptor of the store. */
bool leftovers_any(int store);
