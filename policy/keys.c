/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of keys and what each type of value accepts. A new key is a row of keys.def and a
 * field; a new type is a row of types[] here.
 *
 * Defaults are texts that go through the same setters as a person's values, so that what
 * check --keys prints is what holds. An empty value means "not set" exactly where the default is
 * empty; everywhere else it is an error.
 */
#include "policy/keys.h"

#include <stddef.h>
#include "base/log.h"
#include "base/parse.h"
#include "jvm/verdict.h"

#define WORDS_END       \
	{               \
		NULL, 0 \
	}

static const struct key_word profile_words[] = {
	{ "production", PROFILE_PRODUCTION },
	{ "development", PROFILE_DEVELOPMENT },
	{ "container", PROFILE_CONTAINER },
	{ "minimal", PROFILE_MINIMAL },
	{ "off", PROFILE_OFF },
	WORDS_END,
};

static const struct key_word on_error_words[] = {
	{ "refuse", ON_ERROR_REFUSE },
	{ "last-good", ON_ERROR_LAST_GOOD },
	{ "ignore", ON_ERROR_IGNORE },
	WORDS_END,
};

static const struct key_word oom_action_words[] = {
	{ "exit", OOM_ACTION_EXIT },
	{ "crash", OOM_ACTION_CRASH },
	{ "continue", OOM_ACTION_CONTINUE },
	WORDS_END,
};

static const struct key_word core_words[] = {
	{ "no", CORE_NO },
	{ "yes", CORE_YES },
	WORDS_END,
};

static const struct key_word on_words[] = {
	{ "oom", 1 << KIND_OOM },
	{ "crash", 1 << KIND_CRASH },
	{ "oom-killer", 1 << KIND_OOM_KILLER },
	{ "killed", 1 << KIND_KILLED },
	{ "exit", 1 << KIND_EXIT },
	{ "start-failed", 1 << KIND_START_FAILED },
	{ "stop-timeout", 1 << KIND_STOP_TIMEOUT },
	WORDS_END,
};

static const struct key_word wait_words[] = {
	{ "auto", WAIT_AUTO },
	{ "yes", WAIT_YES },
	{ "no", WAIT_NO },
	WORDS_END,
};

static const struct key_word event_words[] = {
	{ "start", 0 },	    { "stop", 0 },    { "oom", 0 },	{ "crash", 0 }, { "death", 0 },
	{ "collected", 0 }, { "restart", 0 }, { "give-up", 0 }, WORDS_END,
};

static const struct key_word failure_words[] = {
	{ "continue", FAILURE_CONTINUE },
	{ "stop", FAILURE_STOP },
	WORDS_END,
};

static const struct key_word restart_words[] = {
	{ "never", RESTART_NEVER },
	{ "oom", RESTART_OOM },
	{ "crash", RESTART_CRASH },
	{ "killed", RESTART_KILLED },
	{ "failure", RESTART_FAILURE },
	{ "always", RESTART_ALWAYS },
	WORDS_END,
};

static const struct key_word notify_words[] = {
	{ "auto", NOTIFY_BY_AUTO },
	{ "jvm", NOTIFY_BY_JVM },
	{ "program", NOTIFY_BY_PROGRAM },
	{ "off", NOTIFY_BY_NOBODY },
	WORDS_END,
};

static const struct key_word level_words[] = {
	{ "error", LOG_LEVEL_ERROR },	{ "warning", LOG_LEVEL_WARNING },
	{ "notice", LOG_LEVEL_NOTICE }, { "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },	WORDS_END,
};

static const struct key_word termination_words[] = { { "auto", 0 }, { "no", 0 }, WORDS_END };

static const struct key_word target_words[] = { { "stderr", 0 }, { "journal", 0 }, WORDS_END };

// clang-format off
#define SECTION(s, t, m)
#define BOOL                  .type = KEY_BOOL
#define NUMBER(lo, hi)        .type = KEY_NUMBER, .min = (lo), .max = (hi)
#define ENUM(w)               .type = KEY_ENUM, .words = (w)
#define SET(w)                .type = KEY_SET, .words = (w)
#define TEXT                  .type = KEY_TEXT
#define WORD(w)               .type = KEY_TEXT, .words = (w)
#define PATH(w)               .type = KEY_PATH, .words = (w)
#define LIST                  .type = KEY_LIST
#define OPTIONS               .type = KEY_OPTIONS
#define ENV                   .type = KEY_ENV
#define TIME                  .type = KEY_TIME
#define TIME_OR_WORD(w, f)    .type = KEY_TIME_OR_WORD, .words = (w), .offset2 = offsetof(struct policy, f)
#define DAYS                  .type = KEY_DAYS
#define SIZE                  .type = KEY_SIZE
#define SHARE                 .type = KEY_SHARE
#define SIGNAL                .type = KEY_SIGNAL
#define OCTAL                 .type = KEY_OCTAL
#define CAPS                  .type = KEY_CAPS
#define LIMIT                 .type = KEY_LIMIT
#define SCORE                 .type = KEY_SCORE
#define FIELD(s, f)           .offset = offsetof(struct s, f), .size = sizeof(((struct s *)0)->f)
#define KEY(s, n, t, f, d, m) { .section = (s), .name = (n), t, FIELD(policy, f), .def = (d), .meaning = (m) },
#define HOOK_KEY(n, t, f, d, m) \
	{ .section = "hook", .name = (n), t, FIELD(policy_hook, f), .def = (d), .meaning = (m) },

const struct key keys[] = {
#include "policy/keys.def"
};
const size_t keys_count = ARRAY_SIZE(keys);

#undef SECTION
#undef KEY
#undef HOOK_KEY
#define SECTION(s, t, m) { .name = (s), .title = (t), .meaning = (m) },
#define KEY(s, n, t, f, d, m)
#define HOOK_KEY(n, t, f, d, m)

const struct key_section key_sections[] = {
#include "policy/keys.def"
};
const size_t key_sections_count = ARRAY_SIZE(key_sections);
// clang-format on

const struct key_section *key_section_find(struct slice name)
{
	for (size_t i = 0; i < key_sections_count; i++)
		if (slice_eq(name, key_sections[i].name))
			return &key_sections[i];
	return NULL;
}

const struct key *key_find(struct slice section, struct slice name)
{
	for (size_t i = 0; i < keys_count; i++)
		if (slice_eq(section, keys[i].section) && slice_eq(name, keys[i].name))
			return &keys[i];
	return NULL;
}

const char *key_section_nearest(struct slice name)
{
	const char *names[ARRAY_SIZE(key_sections)];

	for (size_t i = 0; i < key_sections_count; i++)
		names[i] = key_sections[i].name;
	return parse_nearest(name, names, key_sections_count);
}

const char *key_nearest(struct slice section, struct slice name)
{
	const char *names[ARRAY_SIZE(keys)];
	size_t n = 0;

	for (size_t i = 0; i < keys_count; i++)
		if (slice_eq(section, keys[i].section))
			names[n++] = keys[i].name;
	return parse_nearest(name, names, n);
}

static bool in_group(const struct key *k, const char *section)
{
	bool hook = !strcmp(k->section, "hook");

	return section ? hook : !hook;
}

int keys_init(const char *section, void *base, struct err *err)
{
	for (size_t i = 0; i < keys_count; i++) {
		int r;

		if (!in_group(&keys[i], section))
			continue;
		r = key_set(&keys[i], base, slice_of(keys[i].def), err);
		if (r < 0)
			return r;
	}
	return 0;
}

void keys_done(const char *section, void *base)
{
	for (size_t i = 0; i < keys_count; i++)
		if (in_group(&keys[i], section))
			key_done(&keys[i], base);
}
