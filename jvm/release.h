/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/slice.h"

/* The lines of HOME/release that jvisor uses; slices into the text that was parsed, without
 * their quotes, .ptr NULL where a line is missing. Debian's JDK 8 has no such file. */
struct release {
	struct slice implementor;     /* "Debian", "Eclipse Adoptium" */
	struct slice version;	      /* JAVA_VERSION, without -ea */
	struct slice runtime_version; /* JAVA_RUNTIME_VERSION, "28-ea+18-1-Debian" */
	struct slice jvm_variant;     /* JVM_VARIANT, "Hotspot", "Openj9"; often missing */
};

/* 0, or -EINVAL where not one KEY="value" line was found. */
int release_parse(struct slice text, struct release *ret);
