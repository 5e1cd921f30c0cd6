/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "policy/policy.h"

/* The keys of a policy, from keys.def: the one source for reading, defaults, check --keys and the
 * shipped conf/policy.ini. */

enum key_type {
	KEY_BOOL,
	KEY_NUMBER,
	KEY_ENUM,    /* one of words */
	KEY_SET,     /* any of words, their values or'ed */
	KEY_TEXT,    /* with words: one of them, kept as text */
	KEY_PATH,    /* absolute, or one of words */
	KEY_LIST,    /* separated by commas */
	KEY_OPTIONS, /* Java options, split as the JVM splits its variables */
	KEY_ENV,     /* NAME=VALUE words, split the same way */
	KEY_TIME,
	KEY_TIME_OR_WORD, /* a word goes to offset, a time to offset2 and the last word to offset */
	KEY_DAYS,	  /* a time; a bare number is days */
	KEY_SIZE,
	KEY_SHARE, /* a size, or a percentage of the file system, or both with a comma */
	KEY_SIGNAL,
	KEY_OCTAL,
	KEY_CAPS,  /* capabilities, or all, or none */
	KEY_LIMIT, /* a limit on resources: SOFT, or SOFT:HARD */
	KEY_SCORE, /* of the OOM killer */
	KEY_TYPE_COUNT,
};

struct key_word {
	const char *word;
	uint64_t value;
};

struct key {
	const char *section; /* "hook": of each [hook NAME], offset into struct policy_hook */
	const char *name;
	enum key_type type;
	size_t offset, offset2, size; /* of the field, and its size for the table's test */
	uint64_t min, max;	      /* KEY_NUMBER, KEY_TIME; max 0: unchecked */
	const struct key_word *words; /* ended by .word NULL */
	const char *def;	      /* as it would be written; "": nothing, not set */
	const char *meaning;
};

extern const struct key keys[];
extern const size_t keys_count;

struct key_section {
	const char *name;
	const char *title; /* as in a policy: "hook NAME" */
	const char *meaning;
};

extern const struct key_section key_sections[];
extern const size_t key_sections_count;

/* NULL: no such. */
const struct key_section *key_section_find(struct slice name);
const struct key *key_find(struct slice section, struct slice name);

/* "did you mean" for both; NULL. */
const char *key_section_nearest(struct slice name);
const char *key_nearest(struct slice section, struct slice name);

/* Sets the field in base (a struct policy or policy_hook) from a value as written. -EINVAL with
 * what is wrong and what to do; the field is then as it was. */
int key_set(const struct key *k, void *base, struct slice value, struct err *err);

/* Frees what the field holds. */
void key_done(const struct key *k, void *base);

/* All rows of a section ("hook") or of all others (NULL) at their defaults, and freed. */
int keys_init(const char *section, void *base, struct err *err);
void keys_done(const char *section, void *base);

/* "yes or no", "time, such as 30s, 10m, 90d", ... */
void key_describe(const struct key *k, struct strbuf *out);

/* What this profile has instead of the key's default, as it would be written; NULL: the default. */
const char *profile_value(enum policy_profile profile, const struct key *k);

/* For whom a profile is, and why it is as it is; sentences without line ends. */
extern const char *const profile_meanings[PROFILE_COUNT];
