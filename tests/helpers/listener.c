/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listener SOCKET FILE
 * listener -s TEXT
 *
 * Stands for a service manager: binds the datagram socket and adds to FILE, for each line of each
 * message, the monotonic time in milliseconds, the sender's pid and the line; "+N" where
 * descriptors came with it. Ends by a signal. With -s it is a program that notifies: TEXT goes to
 * $NOTIFY_SOCKET, each '|' a line end, and with it, where it holds FDSTORE=1 or BARRIER=1, a pipe.
 * After BARRIER=1 it waits until everybody has closed that.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "listener: %s: %s\n", what, strerror(errno));
	exit(99);
}

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	strcpy(a.sun_path, path);
	return a;
}

union control {
	struct cmsghdr head;
	char room[512];
};

static void send_text(char *text)
{
	const char *socket_name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = address(socket_name ? socket_name : "");
	struct iovec part = { text, strlen(text) };
	union control control = { 0 };
	struct msghdr m = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &part, .msg_iovlen = 1
	};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), ends[2];
	struct pollfd hangup;

	for (char *c = text; *c; c++)
		*c = *c == '|' ? '\n' : *c;
	if (fd < 0 || pipe2(ends, O_CLOEXEC) < 0)
		die("pipe");
	if (strstr(text, "FDSTORE=1") || strstr(text, "BARRIER=1")) {
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(sizeof(int));
		control.head = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS,
						 .cmsg_len = CMSG_LEN(sizeof(int)) };
		memcpy(CMSG_DATA(&control.head), &ends[1], sizeof(int));
	}
	if (sendmsg(fd, &m, 0) < 0)
		die(socket_name ? socket_name : "NOTIFY_SOCKET");
	close(ends[1]);
	hangup = (struct pollfd){ .fd = ends[0] };
	if (strstr(text, "BARRIER=1") && poll(&hangup, 1, 10000) != 1)
		die("the barrier");
}

static void listen_on(const char *path, const char *file)
{
	struct sockaddr_un at = address(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;
	FILE *f = fopen(file, "ae");

	unlink(path);
	if (!f || fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die(path);
	for (;;) {
		char text[8192];
		union control control;
		struct iovec part = { text, sizeof(text) - 1 };
		struct msghdr m = { .msg_iov = &part,
				    .msg_iovlen = 1,
				    .msg_control = &control,
				    .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
		struct ucred who = { 0 };
		struct timespec now;
		size_t fds = 0;

		if (n < 0)
			die("recvmsg");
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
			if (c->cmsg_type == SCM_CREDENTIALS)
				memcpy(&who, CMSG_DATA(c), sizeof(who));
			if (c->cmsg_type != SCM_RIGHTS)
				continue;
			fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			for (size_t i = 0; i < fds; i++) {
				int got;

				memcpy(&got, CMSG_DATA(c) + i * sizeof(int), sizeof(got));
				close(got);
			}
		}
		text[n] = '\0';
		clock_gettime(CLOCK_MONOTONIC, &now);
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
			fprintf(f, "%lld %d %s", now.tv_sec * 1000LL + now.tv_nsec / 1000000,
				(int)who.pid, line);
			if (fds)
				fprintf(f, " +%zu", fds);
			fputc('\n', f);
		}
		fflush(f);
	}
}

int main(int argc, char *argv[])
{
	if (argc != 3) {
		fputs("listener SOCKET FILE | listener -s TEXT\n", stderr);
		return 2;
	}
	if (!strcmp(argv[1], "-s"))
		send_text(argv[2]);
	else
		listen_on(argv[1], argv[2]);
	return 0;
}
