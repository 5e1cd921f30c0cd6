/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a systemd unit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/macro.h"
#include "tool/unit.h"

static void the_last_setting_of_the_section_holds(void **state)
{
	static const struct {
		const char *text, *section, *value;
		unsigned line;
	} cases[] = {
		{ "", "Service", NULL, 0 },
		{ "[Service]\nKillMode=mixed\n", "Service", "mixed", 2 },
		{ "[Service]\n\n  KillMode = none\r\nKillMode=mixed", "Service", "mixed", 4 },
		{ "[Unit]\nKillMode=mixed\n[Service]\nType=simple\n", "Service", NULL, 0 },
		{ "[Service]\n#KillMode=mixed\n;KillMode=mixed\n", "Service", NULL, 0 },
		{ "[Service]\nKillMode=\n", "Service", "", 2 },
		{ "[Service\nKillMode=mixed\n", "Service", NULL, 0 },
		{ "[Service]\n[Install]\nKillMode=mixed\n", "Service", NULL, 0 },
		{ "[Service]\nXKillMode=mixed\nKillModeX=mixed\nKillMode\n", "Service", NULL, 0 },
		{ "LoadState=loaded\nKillMode=process\n", NULL, "process", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct slice value;
		unsigned line = 0;
		bool found = unit_setting(slice_of(cases[i].text), cases[i].section, "KillMode",
					  &value, &line);

		if (found != (cases[i].value != NULL) || line != cases[i].line ||
		    (found && !slice_eq(value, cases[i].value)))
			fail_msg("case %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_setting_of_the_section_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
