/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets on a command line, hidden from whoever reads an explanation or an incident. It is a
 * guess by names, so it hides too much rather than too little: from the '=' behind a suspicious
 * name to the end of the argument, and the password of a URL.
 */
#include <string.h>
#include "base/slice.h"
#include "policy/explain.h"

static const char *const suspicious[] = {
	"password",    "passwd",      "passphrase", "pwd",	  "secret",	"token",
	"apikey",      "api_key",     "api-key",    "api.key",	  "credential", "privatekey",
	"private_key", "private-key", "accesskey",  "access_key", "access-key",
};

static bool in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

static bool is_suspicious(struct slice name)
{
	for (size_t at = 0; at < name.len; at++)
		for (size_t i = 0; i < ARRAY_SIZE(suspicious); i++) {
			size_t len = strlen(suspicious[i]);

			if (name.len - at >= len &&
			    slice_ieq((struct slice){ name.ptr + at, len }, suspicious[i]))
				return true;
		}
	return false;
}

/* Offset behind the '=' of the first suspicious name, or the length. */
static size_t find_value(struct slice arg)
{
	size_t name = 0;

	for (size_t i = 0; i < arg.len; i++) {
		if (arg.ptr[i] == '=' && is_suspicious((struct slice){ arg.ptr + name, i - name }))
			return i + 1;
		if (!in_name(arg.ptr[i]))
			name = i + 1;
	}
	return arg.len;
}

/* "scheme://user:PASSWORD@host": where the password is; false when there is none. */
static bool find_url_password(struct slice arg, size_t *ret_from, size_t *ret_to)
{
	struct slice url = slice_search(arg, "://");
	size_t end, colon;

	if (!url.ptr)
		return false;
	url = slice_skip(url, 3);
	end = strcspn(url.ptr, "/?# ");
	for (colon = 0; colon < end && url.ptr[colon] != ':'; colon++)
		;
	while (end > colon && url.ptr[end] != '@')
		end--;
	if (end <= colon + 1)
		return false;
	*ret_from = (size_t)(url.ptr - arg.ptr) + colon + 1;
	*ret_to = (size_t)(url.ptr - arg.ptr) + end;
	return true;
}

void explain_mask(const char *arg, struct strbuf *out)
{
	struct slice all = slice_of(arg);
	size_t value = find_value(all), from, to;

	if (find_url_password(all, &from, &to) && from < value) {
		strbuf_add(out, arg, from);
		strbuf_puts(out, "***");
		explain_mask(arg + to, out);
		return;
	}
	strbuf_add(out, arg, value);
	if (value < all.len)
		strbuf_puts(out, "***");
}
