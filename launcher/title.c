/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The title is written over the strings of argv, and over those of the environment behind them when
 * they follow without a gap, which is how the kernel lays them out. ps reads that room up to the
 * first NUL past its old end (fs/proc/base.c, get_mm_cmdline), so all of it is cleared first.
 */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include "base/strbuf.h"
#include "launcher/title.h"

static char *room;
static size_t room_size;

void title_take(int argc, char *argv[])
{
	char *end;

	if (argc < 1)
		return;
	room = argv[0];
	end = room;
	for (int i = 0; i < argc && argv[i] == end; i++)
		end += strlen(end) + 1;
	for (char **e = environ; e && *e == end; e++)
		end += strlen(end) + 1;
	environ = NULL;
	room_size = (size_t)(end - room);
	memset(room, 0, room_size);
	(void)prctl(PR_SET_NAME, "jvisor");
}

void title_set(pid_t jvm, const char *app)
{
	struct strbuf b = { .buf = room, .cap = room_size, .fixed = true };

	if (room_size < 2)
		return;
	memset(room, 0, room_size);
	strbuf_printf(&b, "jvisor: %ld %s", (long)jvm, app);
}
