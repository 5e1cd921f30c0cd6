/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "incident/sources.h"

/* Takes the core, or says why there is none. */
void take_core(struct sources *s);
