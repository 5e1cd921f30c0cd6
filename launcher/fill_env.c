/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JVM's environment. It is what the plan made of ours, but for the service manager's variables:
 * what names us there will name the JVM, which has our place, and NOTIFY_SOCKET leads to a socket
 * of ours, so that the program's words go on in our name.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/parse.h"
#include "jvm/life.h"
#include "jvm/paths.h"
#include "launcher/fill_env.h"

struct vars {
	struct strv env;
	bool *tmpl; /* one each; the environment only grows by what is set below */
	size_t n_tmpl;
};

/* A value that the child fills in before its exec. */
static void set_template(struct vars *v, const char *name, const char *value)
{
	strv_env_set(&v->env, name, value);
	for (size_t i = 0; i < v->env.n && i < v->n_tmpl; i++)
		v->tmpl[i] |= slice_starts(slice_of(v->env.v[i]), name) &&
			      v->env.v[i][strlen(name)] == '=';
}

static bool names(const struct strv *env, const char *name, const char *pid)
{
	const char *value = strv_env_get(env, name);

	return value && !strcmp(value, pid);
}

/* Whether it is for us to speak: a java that the service's script or program runs beside, and which
 * ends soon, must not tell that the service is ready or stopping. systemd 248 and later name the
 * process they have executed; before, it was at least made the leader of a session. */
static bool is_main_process(const struct strv *env, const char *ours)
{
	const char *executed = strv_env_get(env, "SYSTEMD_EXEC_PID");

	if (executed)
		return !strcmp(executed, ours);
	return !strv_env_get(env, "INVOCATION_ID") || getsid(0) == getpid();
}

/* ns; WATCHDOG_PID may be missing, then it is for everybody. */
static uint64_t watchdog_of(const struct strv *env, const char *ours)
{
	const char *usec = strv_env_get(env, "WATCHDOG_USEC");
	uint64_t n;

	if (!usec || parse_u64(slice_of(usec), &n) < 0 || n > UINT64_MAX / 1000)
		return 0;
	return !strv_env_get(env, "WATCHDOG_PID") || names(env, "WATCHDOG_PID", ours) ? n * 1000
										      : 0;
}

/* STORE/.run/INSTANCE.%n/notify; false where the path would be too long for a socket's name. */
static bool proxy_path(const struct decision *d, const struct fill_query *q, struct strbuf *out)
{
	_cleanup_strbuf_ struct strbuf longest = STRBUF_INIT;

	if (!d->store.path)
		return false;
	path_escape(slice_of(d->store.path), out);
	strbuf_puts(out, "/.run/");
	path_escape(slice_of(q->instance), out);
	strbuf_puts(out, ".%n/" LIFE_NOTIFY_NAME);
	path_fill((struct slice){ out->buf, out->len }, 0, UINT32_MAX, &longest);
	return !strbuf_error(&longest) && !strbuf_error(out) &&
	       longest.len < sizeof(((struct sockaddr_un *)0)->sun_path);
}

static uint64_t notify_mode(const struct decision *d, const struct fill_query *q)
{
	if (d->policy.notify == NOTIFY_BY_AUTO && q->called_java)
		return NOTIFY_BY_PROGRAM;
	return d->policy.notify;
}

static void fill_notify(const struct decision *d, const struct fill_query *q, const char *ours,
			struct vars *v, struct block_builder *b)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;
	const char *socket = strv_env_get(q->env, "NOTIFY_SOCKET");
	struct block *h = &b->head;

	h->notify = notify_mode(d, q);
	if (!socket || getauxval(AT_SECURE) || h->notify == NOTIFY_BY_NOBODY ||
	    !is_main_process(q->env, ours))
		return;
	h->notify_socket = block_add_str(b, socket);
	h->watchdog = watchdog_of(q->env, ours);
	if (h->notify == NOTIFY_BY_JVM) {
		strv_env_set(&v->env, "NOTIFY_SOCKET", NULL);
	} else if (proxy_path(d, q, &path)) { /* without one the program keeps the manager's own */
		h->notify_proxy = true;
		set_template(v, "NOTIFY_SOCKET", strbuf_str(&path));
	}
}

void fill_env(const struct decision *d, const struct fill_query *q, struct block_builder *b)
{
	static const char *const pid_names[] = { "LISTEN_PID", "WATCHDOG_PID", "SYSTEMD_EXEC_PID" };
	struct vars v = { .env = STRV_INIT };
	char ours[24];

	(void)snprintf(ours, sizeof(ours), "%ld", (long)q->jvisor);
	for (size_t i = 0; i < d->out.env.n; i++)
		strv_push(&v.env, d->out.env.v[i]);
	v.n_tmpl = v.env.n + 1;
	v.tmpl = calloc(v.n_tmpl, sizeof(*v.tmpl));
	if (v.tmpl) {
		fill_notify(d, q, ours, &v, b);
		for (size_t i = 0; i < ARRAY_SIZE(pid_names); i++)
			if (names(&v.env, pid_names[i], ours))
				set_template(&v, pid_names[i], "%p");
		b->head.envp = block_add_vec(b, NULL, strv_argv(&v.env), v.tmpl);
	}
	if (v.env.err || !v.tmpl)
		b->data.err = -ENOMEM;
	free(v.tmpl);
	strv_done(&v.env);
}
