/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POSIX access lists by hand: the attribute is a version and entries of tag, permissions, id, all
 * little endian (linux/posix_acl_xattr.h, stable since 2.6).
 *
 * With a named user in the list the mode's group bits are its mask, so ls -l shows r-x for a group
 * that has no access.
 */
#include "incident/share.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "base/file.h"

struct entry {
	uint16_t tag, perm;
	uint32_t id;
};

struct list {
	uint32_t version;
	struct entry entry[5];
};

enum { READ = 4, WRITE = 2, PASS = 1 };
enum { USER_OBJ = 0x01, USER = 0x02, GROUP_OBJ = 0x04, MASK = 0x10, OTHER = 0x20 };

static struct entry entry(unsigned tag, unsigned perm, uint32_t id)
{
	return (struct entry){ htole16((uint16_t)tag), htole16((uint16_t)perm), htole32(id) };
}

static const char attribute[] = "system.posix_acl_access";

static int let_read(int fd, uid_t uid, bool folder)
{
	unsigned perm = folder ? READ | PASS : READ;
	const uint32_t none = UINT32_MAX;
	const struct list l = {
		.version = htole32(2),
		.entry = { entry(USER_OBJ, perm | WRITE, none), entry(USER, perm, uid),
			   entry(GROUP_OBJ, 0, none), entry(MASK, perm, none),
			   entry(OTHER, 0, none) },
	};

	return fsetxattr(fd, attribute, &l, sizeof(l), 0) < 0 ? -errno : 0;
}

static int share_file(int dir, const char *name, uid_t uid)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	/* A file that is linked to its source is not ours to open to others. */
	return S_ISREG(st.st_mode) && st.st_nlink == 1 ? let_read(fd, uid, false) : 0;
}

static int share_folder(int dir, const char *name, uid_t uid, bool deeper);

static int share_entry(int dir, const char *name, uid_t uid, bool deeper)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return deeper && *name != '.' ? share_folder(dir, name, uid, false) : 0;
	return S_ISREG(st.st_mode) ? share_file(dir, name, uid) : 0;
}

/* The first failure, going on with the rest. */
static int share_folder(int dir, const char *name, uid_t uid, bool deeper)
{
	_cleanup_close_ int fd = dir_open(dir, name, NULL);
	struct dirent **names;
	int n, r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	r = let_read(fd, uid, true);
	n = r < 0 ? -1 : scandirat(fd, ".", &names, NULL, alphasort);
	if (n < 0)
		return r < 0 ? r : -errno;
	for (int i = 0; i < n; i++) {
		int one = share_entry(fd, names[i]->d_name, uid, deeper);

		r = r ? r : one;
		free(names[i]);
	}
	free(names);
	return r;
}

int incident_share(int dir, const struct incident *inc)
{
	uid_t uid = (uid_t)fact_get(&inc->facts.num, FACT_UID, geteuid());

	return uid == geteuid() ? 0 : share_folder(dir, ".", uid, true);
}

void share_alike(int dir, const char *like, const char *name)
{
	_cleanup_close_ int from = openat(dir, like, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_close_ int to = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct list l;
	ssize_t n = from < 0 || to < 0 ? -1 : fgetxattr(from, attribute, &l, sizeof(l));

	if (n > 0)
		(void)fsetxattr(to, attribute, &l, (size_t)n, 0);
}
