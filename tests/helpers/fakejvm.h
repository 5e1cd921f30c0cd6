/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* The text behind -Dfake.NAME=, "" without one, NULL: the word is not there. The last one wins. */
const char *word(const char *name);
long number(const char *name, long otherwise);

/* What holds of -XX:+NAME and -XX:-NAME, and the text of -XX:NAME= or NULL. */
bool flag(const char *name, bool otherwise);
const char *flag_text(const char *name);

const char *exe(void); /* our own path */
uint64_t now_ms(clockid_t clock);
void sleep_ms(long ms);
void wait_for_hold(void); /* until somebody has stopped us and let us go */
char *join(const char *dir, const char *name);
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);

/* hsperfdata, from the start of the VM to its orderly end; full: the heap is. */
void perf_start(void);
void perf_full(void);
void perf_end(void);

void write_hs_err(const char *title); /* NULL: of a native allocation that failed */
void write_dump(long bytes);
void write_snapshot(void); /* beside the heap dump, in another name */
