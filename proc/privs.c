/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becoming another user, giving rights up, and which of them are in force. The only file that knows
 * libcap.
 *
 * privs_become() runs in a child that shares its parent's memory: plain system calls, no errno of
 * another thread, nothing allocated. The supervisor allocates nothing either, so that libcap, whose
 * sets are allocated, serves only the roles.
 *
 * What one would get wrong: an exec as root brings back all of the bounding set, and where that is
 * more than the process had, the kernel forgets its death signal and makes it undumpable
 * (commit_creds). So uid 0 never may have less than its bounding set.
 */
#include "proc/privs.h"

#include <errno.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "proc/fds.h"

/* The names without 32 are those of 16 bit ids where both exist. */
#ifdef SYS_setgroups32
enum {
	CALL_SETGROUPS = SYS_setgroups32,
	CALL_SETRESGID = SYS_setresgid32,
	CALL_SETRESUID = SYS_setresuid32,
	CALL_SETFSGID = SYS_setfsgid32,
	CALL_SETFSUID = SYS_setfsuid32
};
#else
enum {
	CALL_SETGROUPS = SYS_setgroups,
	CALL_SETRESGID = SYS_setresgid,
	CALL_SETRESUID = SYS_setresuid,
	CALL_SETFSGID = SYS_setfsgid,
	CALL_SETFSUID = SYS_setfsuid
};
#endif

#define CAP(name) (1ULL << CAP_##name)

/* What the supervisor does between the starts: signals to the JVM and its own folders' files, in
 * which the JVM's user has written. */
const uint64_t privs_of_supervisor_in_force = CAP(KILL) | CAP(DAC_READ_SEARCH);
const uint64_t privs_to_change_user = CAP(SETUID) | CAP(SETGID);
const uint64_t privs_to_shrink = CAP(SETPCAP);
const uint64_t privs_for_limits = CAP(SYS_RESOURCE);
const uint64_t privs_of_supervisor = CAP(KILL) | CAP(DAC_READ_SEARCH) | CAP(DAC_OVERRIDE) |
				     CAP(CHOWN) | CAP(FOWNER) | CAP(SETUID) | CAP(SETGID) |
				     CAP(SETPCAP) | CAP(SYS_PTRACE);
const uint64_t privs_of_hooks =
	CAP(KILL) | CAP(DAC_READ_SEARCH) | CAP(SETUID) | CAP(SETGID) | CAP(SETPCAP);
const uint64_t privs_of_collector = CAP(KILL) | CAP(DAC_READ_SEARCH) | CAP(DAC_OVERRIDE) |
				    CAP(CHOWN) | CAP(FOWNER) | CAP(SETUID) | CAP(SETGID) |
				    CAP(SETPCAP);
const uint64_t privs_of_guard = CAP(KILL);

struct sets {
	uint64_t effective, permitted, inheritable;
};

static _in_child_ bool get_sets(struct sets *ret)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &head, d) < 0)
		return false;
	*ret = (struct sets){
		.effective = d[0].effective | (uint64_t)d[1].effective << 32,
		.permitted = d[0].permitted | (uint64_t)d[1].permitted << 32,
		.inheritable = d[0].inheritable | (uint64_t)d[1].inheritable << 32,
	};
	return true;
}

static _in_child_ bool set_sets(const struct sets *s)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct d[2] = {
		{ (uint32_t)s->effective, (uint32_t)s->permitted, (uint32_t)s->inheritable },
		{ (uint32_t)(s->effective >> 32), (uint32_t)(s->permitted >> 32),
		  (uint32_t)(s->inheritable >> 32) },
	};

	return syscall(SYS_capset, &head, d) == 0;
}

/* An end is told by EINVAL: the kernel knows no more. */
static _in_child_ uint64_t bounding_set(void)
{
	uint64_t set = 0;
	int r = 0;

	for (unsigned long cap = 0; cap < 63 && r >= 0; cap++) {
		r = prctl(PR_CAPBSET_READ, cap, 0L, 0L, 0L);
		if (r > 0)
			set |= 1ULL << cap;
	}
	return set;
}

/* false: not all of it went. */
static _in_child_ bool shrink_bounding_set(uint64_t to)
{
	uint64_t extra = bounding_set() & ~to;

	for (unsigned long cap = 0; cap < 63; cap++)
		if (extra & 1ULL << cap && prctl(PR_CAPBSET_DROP, cap, 0L, 0L, 0L) < 0)
			return false;
	return true;
}

static _in_child_ int change_user(const struct privs *p)
{
	if (syscall(CALL_SETGROUPS, (size_t)p->n_groups, p->groups) < 0)
		return -errno;
	if (syscall(CALL_SETRESGID, p->gid, p->gid, p->gid) < 0)
		return -errno;
	/* From a uid other than 0 the kernel keeps them. */
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L);
	if (syscall(CALL_SETRESUID, p->uid, p->uid, p->uid) < 0)
		return -errno;
	return 0;
}

static _in_child_ uint64_t ambient_set(void)
{
	uint64_t set = 0;
	int r = 0;

	for (unsigned long cap = 0; cap < 63 && r >= 0; cap++) {
		r = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0L, 0L);
		if (r > 0)
			set |= 1ULL << cap;
	}
	return set;
}

/* All that it has, and passes on. Through a change of user they come by SECBIT_KEEP_CAPS, which the
 * exec clears; dropping a permitted one takes it out of the ambient set too. */
static _in_child_ void set_ambient(uint64_t caps)
{
	struct sets s;

	if (!get_sets(&s))
		return;
	caps &= s.permitted;
	s = (struct sets){ .effective = caps, .permitted = caps, .inheritable = caps };
	if (!set_sets(&s))
		return;
	for (unsigned long cap = 0; cap < 63; cap++)
		if (caps & 1ULL << cap)
			prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0L, 0L);
}

static _in_child_ void set_securebits(const struct privs *p)
{
	long bits = prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L);

	if (bits < 0)
		return;
	if (p->no_root)
		bits |= SECBIT_NOROOT | SECBIT_NOROOT_LOCKED;
	if (p->change && p->ambient)
		bits |= SECBIT_KEEP_CAPS;
	/* The first needs CAP_SETPCAP, the second nothing. */
	if (prctl(PR_SET_SECUREBITS, bits, 0L, 0L, 0L) < 0 && bits & SECBIT_KEEP_CAPS)
		prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L);
}

static _in_child_ bool root_has_all(uid_t uid)
{
	return uid == 0 && !(prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L) & SECBIT_NOROOT);
}

/* Of root the bounding set says all: the exec gives it back. */
static _in_child_ void set_caps(const struct privs *p)
{
	if ((p->ambient || p->denied) && !root_has_all(p->uid))
		set_ambient(p->ambient | (ambient_set() & ~p->denied));
}

_in_child_ int privs_become(const struct privs *p)
{
	int r;

	if (p->denied)
		shrink_bounding_set(~p->denied);
	if (p->no_root || p->ambient)
		set_securebits(p);
	r = p->change ? change_user(p) : 0;
	if (r < 0)
		return r;
	set_caps(p);
	if (p->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
		return -errno;
	return 0;
}

void privs_own(struct privs_own *ret)
{
	struct sets s = { 0 };

	get_sets(&s);
	*ret = (struct privs_own){ .permitted = s.permitted, .bounding = bounding_set() };
}

void privs_give_up_all_but(uint64_t caps, uint64_t bound)
{
	struct sets s;

	if (!get_sets(&s) || !s.permitted)
		return;
	if ((bound == PRIVS_ALL || !shrink_bounding_set(bound)) && root_has_all(geteuid()))
		return;
	s.permitted &= caps | ambient_set();
	s.effective &= s.permitted;
	s.inheritable &= s.permitted;
	set_sets(&s); /* less than there was: it cannot fail */
}

void privs_keep_only(uint64_t caps)
{
	struct sets s;

	if (!get_sets(&s))
		return;
	s = (struct sets){ .effective = caps & s.permitted, .permitted = caps & s.permitted };
	set_sets(&s);
}

void privs_in_force(uint64_t caps)
{
	struct sets s;

	if (!get_sets(&s) || s.effective == (s.permitted & caps))
		return;
	s.effective = s.permitted & caps;
	set_sets(&s);
}

_in_child_ struct privs_scope privs_raise(void)
{
	struct privs_scope scope = { 0 };
	struct sets s;

	if (!get_sets(&s) || s.effective == s.permitted)
		return scope;
	scope.before = s.effective;
	s.effective = s.permitted;
	scope.raised = set_sets(&s);
	return scope;
}

void privs_lower(struct privs_scope *scope)
{
	if (scope->raised)
		privs_in_force(scope->before);
	scope->raised = false;
}

/* Who we were before privs_files_as. */
static struct {
	bool other;
	gid_t groups[PRIVS_GROUPS];
	int n_groups;
	int dumpable; /* the kernel forbids it at each change */
	struct sets sets;
} own_files;

/* The system call tells who it was before and never an error, so one looks again. */
static bool set_fs_ids(uid_t uid, gid_t gid)
{
	syscall(CALL_SETFSGID, gid);
	syscall(CALL_SETFSUID, uid);
	return (uid_t)syscall(CALL_SETFSUID, (uid_t)-1) == uid &&
	       (gid_t)syscall(CALL_SETFSGID, (gid_t)-1) == gid;
}

static void own_files_again(void)
{
	if (!own_files.other)
		return;
	set_fs_ids(geteuid(), getegid());
	set_sets(&own_files.sets);
	if (own_files.n_groups >= 0)
		syscall(CALL_SETGROUPS, (size_t)own_files.n_groups, own_files.groups);
	if (own_files.dumpable == 1)
		prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
	own_files.other = false;
}

int privs_files_as(const struct privs *who)
{
	own_files_again();
	if (!who || !who->change)
		return 0;
	if (!get_sets(&own_files.sets))
		return -errno;
	own_files.n_groups = getgroups(PRIVS_GROUPS, own_files.groups);
	own_files.dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L);
	own_files.other = true;
	if (own_files.n_groups >= 0 &&
	    syscall(CALL_SETGROUPS, (size_t)who->n_groups, who->groups) == 0 &&
	    set_fs_ids(who->uid, who->gid))
		return 0;
	own_files_again();
	return -EPERM;
}

static void cap_freep(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

int privs_drop_all(void)
{
	_cleanup_(cap_freep) cap_t none = cap_init();

	if (!none)
		return -errno;
	/* The bounding set needs CAP_SETPCAP; without it there is nothing to gain from it either,
	 * once no_new_privs holds. */
	for (cap_value_t cap = 0; cap_get_bound(cap) >= 0; cap++)
		cap_drop_bound(cap);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L);
	if (cap_set_proc(none) < 0)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
		return -errno;
	return 0;
}

int privs_file_caps(const char *path)
{
	if (getxattr(path, "security.capability", NULL, 0) >= 0)
		return 1;
	return errno == ENODATA || errno == ENOTSUP ? 0 : -errno;
}

uint64_t privs_caps_of_file(const char *path)
{
	_cleanup_(cap_freep) cap_t caps = cap_get_file(path);
	uint64_t set = 0;

	for (cap_value_t cap = 0; caps && cap < 63; cap++) {
		cap_flag_value_t has = CAP_CLEAR;

		if (cap_get_flag(caps, cap, CAP_PERMITTED, &has) < 0)
			break;
		if (has == CAP_SET)
			set |= 1ULL << cap;
	}
	return set;
}
