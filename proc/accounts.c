/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a child is to be, from names or numbers.
 *
 * Names come from our own reader of /etc/passwd and /etc/group: a static executable has no nss. So
 * users of LDAP and the like are known by number only.
 */
#include "proc/privs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/parse.h"

#define ACCOUNTS_MAX (16 * 1024 * 1024)

/* A line of either file: name:password:number:rest. */
struct account {
	struct slice name, rest;
	uint32_t id;
};

static bool parse_id(struct slice s, uint32_t *ret)
{
	uint64_t v;

	/* The highest number means "leave it" to the system calls. */
	if (parse_u64(s, &v) < 0 || v >= UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

/* Lines of another form (comments, the + and - of NIS) are passed over. */
static bool next_account(struct slice *text, struct account *ret)
{
	struct slice line, password, id;

	while (slice_next_line(text, &line)) {
		if (slice_next(&line, ':', &ret->name) && slice_next(&line, ':', &password) &&
		    slice_next(&line, ':', &id) && ret->name.len && parse_id(id, &ret->id)) {
			ret->rest = line;
			return true;
		}
	}
	return false;
}

static bool find_by_name(struct slice text, const char *name, struct account *ret)
{
	while (next_account(&text, ret))
		if (slice_eq(ret->name, name))
			return true;
	return false;
}

static bool find_by_id(struct slice text, uint32_t id, struct account *ret)
{
	while (next_account(&text, ret))
		if (ret->id == id)
			return true;
	return false;
}

static int load(const char *root, const char *name, struct strbuf *ret, struct err *err)
{
	_cleanup_strbuf_ struct strbuf path = STRBUF_INIT;

	strbuf_printf(&path, "%s/etc/%s", root, name);
	if (strbuf_error(&path))
		return err_errno(err, ENOMEM, "cannot read /etc/%s", name);
	return file_read(AT_FDCWD, strbuf_str(&path), ACCOUNTS_MAX, ret, err);
}

/* A name, else a number, as chown(1) takes it: 1 in the file, 0 a bare number, -ENOENT. */
static int find(struct slice text, const char *what, struct account *ret)
{
	uint32_t id;

	if (find_by_name(text, what, ret))
		return 1;
	if (!parse_id(slice_of(what), &id))
		return -ENOENT;
	if (find_by_id(text, id, ret))
		return 1;
	*ret = (struct account){ .id = id };
	return 0;
}

/* The first name that is near to it: for "did you mean". "" when there is none. */
static void find_near(struct slice text, const char *what, char ret[static 33])
{
	const char *const candidate = ret;
	struct account a;

	while (next_account(&text, &a)) {
		if (a.name.len > 32)
			continue;
		memcpy(ret, a.name.ptr, a.name.len);
		ret[a.name.len] = '\0';
		if (parse_nearest(slice_of(what), &candidate, 1))
			return;
	}
	ret[0] = '\0';
}

/* What a person can do where the file is missing (a container from scratch): use numbers. So that
 * is told only when a name was looked for. */
static int find_in(const char *root, const char *file, const char *what, struct strbuf *text,
		   struct account *ret, struct err *err)
{
	struct err why = { 0 };
	int r = load(root, file, text, &why);
	struct slice s = { strbuf_str(text), text->len };

	if (r < 0 && r != -ENOENT && r != -EACCES)
		return err_set(err, -r, "%s", why.msg);
	r = find(s, what, ret);
	if (r < 0) {
		char near[33] = "";

		find_near(s, what, near);
		return err_set(err, ENOENT,
			       "%s is not in /etc/%s (what only LDAP or another service knows is "
			       "named by its number)%s%s%s",
			       what, file, *near ? "; did you mean '" : "", near,
			       *near ? "'?" : "");
	}
	return r;
}

/* The fourth field of a passwd line. */
static bool own_group(struct slice rest, gid_t *ret)
{
	struct slice gid;

	return slice_next(&rest, ':', &gid) && parse_id(gid, ret);
}

static bool is_member(struct slice members, struct slice user)
{
	struct slice name;

	while (slice_next(&members, ',', &name))
		if (name.len == user.len && !memcmp(name.ptr, user.ptr, user.len))
			return true;
	return false;
}

static int add_group(struct privs *p, gid_t gid, struct err *err)
{
	for (unsigned i = 0; i < p->n_groups; i++)
		if (p->groups[i] == gid)
			return 0;
	if (p->n_groups == PRIVS_GROUPS)
		return err_set(err, E2BIG, "a user of more than %d groups is not supported",
			       PRIVS_GROUPS);
	p->groups[p->n_groups++] = gid;
	return 0;
}

/* As initgroups(3): the main group first, then every group that lists the user. */
static int find_groups(struct slice text, struct slice user, struct privs *p, struct err *err)
{
	struct account a;
	int r = add_group(p, p->gid, err);

	while (!r && user.len && next_account(&text, &a))
		if (is_member(a.rest, user))
			r = add_group(p, (gid_t)a.id, err);
	return r;
}

static int own_groups(struct privs *p, struct err *err)
{
	int n = getgroups(PRIVS_GROUPS, p->groups);

	if (n < 0)
		return err_errno(err, errno, "cannot tell our groups");
	p->n_groups = (unsigned)n;
	return 0;
}

static bool is_as_we_are(const struct privs *p)
{
	uid_t u[3];
	gid_t g[3];

	if (getresuid(&u[0], &u[1], &u[2]) < 0 || getresgid(&g[0], &g[1], &g[2]) < 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (u[i] != p->uid || g[i] != p->gid)
			return false;
	return true;
}

int privs_find(const char *root, const char *user, const char *group, struct privs *ret,
	       struct err *err)
{
	_cleanup_strbuf_ struct strbuf passwd = STRBUF_INIT, groups = STRBUF_INIT;
	struct privs p = { .uid = geteuid(), .gid = getegid() };
	struct account u = { 0 }, g = { 0 };
	int r;

	if (user) {
		r = find_in(root, "passwd", user, &passwd, &u, err);
		if (r < 0)
			return err_wrap(err, "the user");
		p.uid = u.id;
		if (!r || !own_group(u.rest, &p.gid))
			p.gid = u.id;
	}
	if (group) {
		r = find_in(root, "group", group, &groups, &g, err);
		if (r < 0)
			return err_wrap(err, "the group");
		p.gid = g.id;
	} else if (user) {
		load(root, "group", &groups, NULL);
	}
	if (user)
		r = find_groups((struct slice){ strbuf_str(&groups), groups.len }, u.name, &p, err);
	else
		r = own_groups(&p, err);
	if (r < 0)
		return r;
	p.change = !is_as_we_are(&p);
	*ret = p;
	return 0;
}

int privs_user_name(const char *root, uid_t uid, char *ret, size_t size)
{
	_cleanup_strbuf_ struct strbuf passwd = STRBUF_INIT;
	struct account a;
	int r = load(root, "passwd", &passwd, NULL);

	if (r < 0)
		return r;
	if (!find_by_id((struct slice){ strbuf_str(&passwd), passwd.len }, uid, &a))
		return -ENOENT;
	if (a.name.len >= size)
		return -ERANGE;
	memcpy(ret, a.name.ptr, a.name.len);
	ret[a.name.len] = '\0';
	return 0;
}
