/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/slice.h"

/* A Java version in the parts that decide whether a flag exists. "1.8.0_504" is 8, 0, 504;
 * "17.0.21.0.3" is 17, 0, 21; "28-ea" is 28. */
struct jvm_version {
	unsigned feature, interim, update;
};

/* 0 or -EINVAL; accepts what java.version and a release file's JAVA_VERSION hold. */
int jvm_version_parse(struct slice text, struct jvm_version *ret);

/* A range of feature releases as a policy section names it: "17", "17+", "11-20". */
struct jvm_range {
	unsigned first, last; /* inclusive; last 0: open */
};

int jvm_range_parse(struct slice text, struct jvm_range *ret);
bool jvm_range_holds(struct jvm_range r, unsigned feature);
