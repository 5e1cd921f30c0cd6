/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether there is room for a heap dump: as large as the heap can get, on the file system where it
 * will land, without filling it below [collect] min_free. A dump that fills the disk is cut, and
 * takes other services along; none at all is better, and is said before it is missed.
 */
#include "policy/planner.h"

#include <errno.h>
#include "base/parse.h"
#include "jvm/heapsize.h"

#define GZIP_SINCE 17

/* The value that will hold of a flag that no key stands for. */
static const char *holds(struct planner *pl, const char *name)
{
	_cleanup_strbuf_ struct strbuf where = STRBUF_INIT;
	const struct flag_setting *user = planner_user(pl, name);
	struct want w;

	if (planner_wish(pl, name, NULL, &w, &where) && (w.rule == RULE_FORCE || !user))
		return w.value;
	return user ? user->value : NULL;
}

/* [java] options stand in front of the command line, which so wins. */
static const char *from_options(const struct planner *pl)
{
	static const char *const spellings[] = { "-Xmx", "-XX:MaxHeapSize=" };
	const struct strv *words = &pl->in->policy->java_options;
	const char *found = NULL;

	for (size_t i = 0; i < words->n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(spellings); k++)
			if (slice_starts(slice_of(words->v[i]), spellings[k]))
				found = words->v[i] + strlen(spellings[k]);
	return found;
}

static uint64_t heap_limit(struct planner *pl)
{
	struct heap_words w = {
		.max_heap = holds(pl, "MaxHeapSize"),
		.max_ram = holds(pl, "MaxRAM"),
		.max_percentage = holds(pl, "MaxRAMPercentage"),
		.min_percentage = holds(pl, "MinRAMPercentage"),
		.max_fraction = holds(pl, "MaxRAMFraction"),
	};

	if (!w.max_heap)
		w.max_heap = from_options(pl);
	return heap_max_of(&w, pl->in->jdk->version, pl->in->memory);
}

/* A path that is not there yet: who asks for room looks further up. */
static void dump_folder(struct planner *pl, struct strbuf *out)
{
	const struct plan_input *in = pl->in;
	const char *path = holds(pl, "HeapDumpPath");

	if (!path && in->run_dir && in->store) {
		strbuf_puts(out, in->store);
		return;
	}
	if (!path || *path != '/')
		strbuf_puts(out, in->cwd);
	if (path)
		strbuf_printf(out, "%s%s", *path == '/' ? "" : "/", path);
}

/* A heap that does not get smaller by half is rare. */
static bool is_packed(struct planner *pl)
{
	const char *level = holds(pl, "HeapDumpGzipLevel");

	return level ? *level != '0'
		     : pl->in->policy->dump_gzip && pl->in->jdk->version.feature >= GZIP_SINCE;
}

static void tell(struct planner *pl, bool asked, const char *why)
{
	static const char flag[] = "HeapDumpOnOutOfMemoryError";

	if (asked) {
		planner_warn(pl, "a heap dump may fill the disk and be cut: %s", why);
		return;
	}
	planner_note(pl, flag, "[oom] heap_dump = yes: no dump: %s", why);
	planner_warn(pl, "no heap dump will be written: %s", why);
}

bool planner_dump_fits(struct planner *pl, bool asked)
{
	_cleanup_strbuf_ struct strbuf folder = STRBUF_INIT, why = STRBUF_INIT;
	const struct plan_input *in = pl->in;
	uint64_t heap = heap_limit(pl), need, room;

	if (heap)
		fact_set(&pl->plan->nums, FACT_HEAP_LIMIT, heap);
	dump_folder(pl, &folder);
	if (!asked && in->store_unasked && !strcmp(strbuf_str(&folder), in->store)) {
		strbuf_printf(&why,
			      "%s is in memory, gone with the machine, and [collect] dir does "
			      "not name it",
			      in->store);
		tell(pl, asked, strbuf_str(&why));
		return false;
	}
	if (!heap || !in->room || in->room(in->policy, strbuf_str(&folder), &room) < 0)
		return true;
	need = heap_dump_size(heap) / (is_packed(pl) ? 2 : 1);
	if (need <= room)
		return true;
	strbuf_puts(&why, "that of a full heap (");
	strbuf_size(&why, heap);
	strbuf_printf(&why, ") does not fit: %s has ", strbuf_str(&folder));
	strbuf_size(&why, room);
	strbuf_puts(&why, " to spare above [collect] min_free");
	if (strbuf_error(&why))
		pl->err = strbuf_error(&why);
	tell(pl, asked, strbuf_str(&why));
	return false;
}
