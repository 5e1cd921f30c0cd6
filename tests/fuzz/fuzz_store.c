/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an incident.json. What is taken names only files below the folder, can be written
 * again, and then says the same; and no report made of it drives a terminal.
 */
#include <stdlib.h>
#include "incident/incident.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const struct incident *inc)
{
	for (size_t i = 0; i < inc->n_artifacts; i++) {
		const char *name = inc->artifacts[i].name;

		if (!*name || *name == '/' || strstr(name, ".."))
			abort();
	}
}

static void check_report(const struct incident *inc)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	incident_format_report(inc, &b);
	for (size_t i = 0; i < b.len; i++)
		if ((unsigned char)b.buf[i] < ' ' && b.buf[i] != '\n')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_incident_ struct incident inc = { 0 }, again = { 0 };
	_cleanup_strbuf_ struct strbuf json = STRBUF_INIT;

	if (incident_parse_json((struct slice){ (const char *)data, size }, &inc, NULL) < 0)
		return 0;
	check_names(&inc);
	check_report(&inc);
	if (incident_format_json(&inc, &json) < 0 ||
	    incident_parse_json((struct slice){ json.buf, json.len }, &again, NULL) < 0)
		abort();
	if (again.n_artifacts != inc.n_artifacts || again.n_steps != inc.n_steps ||
	    again.n_hooks != inc.n_hooks)
		abort();
	return 0;
}
