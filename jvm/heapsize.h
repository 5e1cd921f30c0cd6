/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include "jvm/version.h"

/* The largest heap that a JVM will take, as HotSpot works it out from its options. The texts are
 * the values of the flags as they hold in the end; NULL: not set. */
struct heap_words {
	const char *max_heap; /* MaxHeapSize, which is what -Xmx sets */
	const char *max_ram, *max_percentage, *min_percentage, *max_fraction;
};

/* memory: what the machine or the container has; asked for only where -Xmx is not set. 0: not to be
 * known (a value that the JVM will refuse, or no memory known). */
uint64_t heap_max_of(const struct heap_words *w, struct jvm_version v, uint64_t (*memory)(void));

/* What a heap dump of so much heap takes on the disk, at most: every object has a head of its own
 * there, and the classes come on top (observed: 1082 MB of 1 GiB). */
uint64_t heap_dump_size(uint64_t heap);
