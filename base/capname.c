/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of capabilities, both ways, as setpriv(1) and Docker write them: without the prefix. libcap
 * knows them too, but the policy, which may not see it, has to name a wrong one and the nearest.
 */
#include "base/parse.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include "base/macro.h"

static const char *const names[] = {
	[CAP_CHOWN] = "chown",
	[CAP_DAC_OVERRIDE] = "dac_override",
	[CAP_DAC_READ_SEARCH] = "dac_read_search",
	[CAP_FOWNER] = "fowner",
	[CAP_FSETID] = "fsetid",
	[CAP_KILL] = "kill",
	[CAP_SETGID] = "setgid",
	[CAP_SETUID] = "setuid",
	[CAP_SETPCAP] = "setpcap",
	[CAP_LINUX_IMMUTABLE] = "linux_immutable",
	[CAP_NET_BIND_SERVICE] = "net_bind_service",
	[CAP_NET_BROADCAST] = "net_broadcast",
	[CAP_NET_ADMIN] = "net_admin",
	[CAP_NET_RAW] = "net_raw",
	[CAP_IPC_LOCK] = "ipc_lock",
	[CAP_IPC_OWNER] = "ipc_owner",
	[CAP_SYS_MODULE] = "sys_module",
	[CAP_SYS_RAWIO] = "sys_rawio",
	[CAP_SYS_CHROOT] = "sys_chroot",
	[CAP_SYS_PTRACE] = "sys_ptrace",
	[CAP_SYS_PACCT] = "sys_pacct",
	[CAP_SYS_ADMIN] = "sys_admin",
	[CAP_SYS_BOOT] = "sys_boot",
	[CAP_SYS_NICE] = "sys_nice",
	[CAP_SYS_RESOURCE] = "sys_resource",
	[CAP_SYS_TIME] = "sys_time",
	[CAP_SYS_TTY_CONFIG] = "sys_tty_config",
	[CAP_MKNOD] = "mknod",
	[CAP_LEASE] = "lease",
	[CAP_AUDIT_WRITE] = "audit_write",
	[CAP_AUDIT_CONTROL] = "audit_control",
	[CAP_SETFCAP] = "setfcap",
	[CAP_MAC_OVERRIDE] = "mac_override",
	[CAP_MAC_ADMIN] = "mac_admin",
	[CAP_SYSLOG] = "syslog",
	[CAP_WAKE_ALARM] = "wake_alarm",
	[CAP_BLOCK_SUSPEND] = "block_suspend",
	[CAP_AUDIT_READ] = "audit_read",
	[CAP_PERFMON] = "perfmon",
	[CAP_BPF] = "bpf",
	[CAP_CHECKPOINT_RESTORE] = "checkpoint_restore",
};

static struct slice without_prefix(struct slice s)
{
	bool prefixed = s.len > 4 && slice_ieq((struct slice){ s.ptr, 4 }, "cap_");

	return prefixed ? slice_skip(s, 4) : s;
}

int parse_capability(struct slice s, unsigned *ret)
{
	s = without_prefix(s);
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (slice_ieq(s, names[i])) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *capability_nearest(struct slice s)
{
	return parse_nearest(without_prefix(s), names, ARRAY_SIZE(names));
}

void capability_list(uint64_t set, struct strbuf *out)
{
	const char *comma = "";

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(set & 1ULL << i))
			continue;
		strbuf_printf(out, "%s%s", comma, names[i]);
		comma = ", ";
	}
}
