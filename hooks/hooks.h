/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "base/diag.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* Hooks: scripts that an operator put in DIR/EVENT/ or named in [hook NAME]. */

enum hook_event {
	HOOK_START,
	HOOK_STOP,
	HOOK_OOM,
	HOOK_CRASH,
	HOOK_DEATH,
	HOOK_COLLECTED,
	HOOK_RESTART,
	HOOK_GIVE_UP,
	HOOK_EVENT_COUNT,
};

extern const char *const hook_event_names[HOOK_EVENT_COUNT];
int hook_event_find(const char *name);		/* -1 */
uint64_t hook_event_timeout(enum hook_event e); /* ns: 10 s, collected 30 min */

/* A [hook NAME] section, as the policy has it. */
struct hook_section {
	const char *name, *run, *user; /* user NULL: the JVM's */
	enum hook_event event;
	unsigned order;
	uint64_t timeout; /* ns; 0: the event's */
	bool shell, stop_on_failure;
	const struct strv *env;
};

/* All that running hooks needs to know beforehand, as one tlv record: made once by prepare, handed
 * unread through the supervisor and the collector to the hooks role. */
struct hook_set {
	char *dir;		       /* [hooks] dir; NULL or missing: none */
	struct hook_section *sections; /* decoded: owned strings */
	size_t n_sections;
	struct strv env;   /* the JVM's environment, already without what hooks must not get */
	uint64_t uid, gid; /* of the JVM: who hooks run as by default */
	uint64_t denied, no_root; /* what they may not have then: struct privs */
	char *cwd;		  /* of the JVM; where it cannot be entered: / */
	char *instance;		  /* %i while there is no incident; may be NULL */
	uint64_t started;	  /* %t: real time in ns; 0: not known */
};

void hook_set_done(struct hook_set *s);
int hook_set_encode(const struct hook_set *s, struct strbuf *out);
int hook_set_decode(struct slice record, struct hook_set *ret);

/* The JVM's environment without what a hook must not inherit (contract, section 3). */
int hook_env(char *const *jvm_env, struct strv *ret);

/* One hook as it will be run. */
struct hook {
	char *name; /* "10-deregister" */
	char *path; /* of the folder's file, or the first word of run */
	unsigned order;
	uint64_t timeout;
	const struct hook_section *section; /* NULL: from the folder */
	char *unsafe;			    /* why it will not be run, NULL: it will */
};

struct hook_list {
	struct hook *items;
	size_t n;
};

void hook_list_done(struct hook_list *l);

/* The hooks of an event in their order: by order number (a folder file's leading digits, else 50),
 * then name in byte order; a section before a file of the same order and name. root_rules: we are
 * root, so what others may write is not safe to run. Findings (a name that is skipped, no run bit)
 * go to notes, which may be NULL. */
int hooks_list(const struct hook_set *s, enum hook_event e, bool root_rules, struct hook_list *ret,
	       struct diags *notes);

/* Cheap: whether the event has any hook at all (a section, or a file in its folder). */
bool hooks_any(const struct hook_set *s, enum hook_event e);

enum hook_status { HOOK_OK, HOOK_FAILED, HOOK_TIMEOUT, HOOK_NOT_RUN, HOOK_STATUS_COUNT };
extern const char *const hook_status_names[HOOK_STATUS_COUNT];

struct hook_result {
	enum hook_status status;
	int exit_code; /* -1: ended by signal, or not at all */
	int signal;
	uint64_t ms;
};

/* Runs the event's hooks one after the other; blocks. out_dir: folder (made by the caller) for
 * NN-name.log, each at most 1 MiB, and for the line appended to "results" (event TAB name TAB
 * status TAB exit code TAB ms LF); -1: output goes to stderr. vars: JVISOR_* entries. deadline: ns
 * for all together, 0: none. say() gets one sentence for each hook that did not end well. Returns
 * the number of those. */
int hooks_run(const struct hook_set *s, enum hook_event e, const char *pid, char *const *vars,
	      int out_dir, uint64_t deadline, void (*say)(void *arg, const char *text), void *arg);

/* From now on the signal ends this process, and the group of the hook that it is running. */
void hooks_end_by(int sig);

/* main of the hooks role, argv[0] its name: args EVENT PID DEADLINE_NS; descriptors ROLE_FD(0) hook
 * set record, ROLE_FD(1) output folder or absent ("-" as fourth argument); environment: JVISOR_*.
 * Exit 0: all well, 1: some were not. */
int hooks_role(int argc, char *argv[]);

#define HOOKS_OUTPUT_MAX (1024 * 1024)
