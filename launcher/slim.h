/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The supervisor waits for months in little memory: what the start has touched is given back to the
 * kernel. Both only advise it; a failure costs some pages. */

/* After everything that preparing allocated has been freed. */
void slim_heap(void);

/* When the JVM has run for a while: unmaps the pages of our own code and constants (they stay in
 * the page cache, and come back when they are run) and the part of the stack below us. */
void slim_pages(void);
