/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main of a fuzz target where there is no libFuzzer: gives every file of a corpus folder to
 * the target, one TAP line each. A crash ends the program in the middle of its plan, which counts
 * as a failure; so does an empty folder, which would test nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* In a block of exactly its size, so that the address sanitizer sees a read past the end. */
static int replay(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	unsigned char *data = NULL;
	struct stat st;
	int ok = 0;

	if (fd < 0)
		return 0;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		data = malloc(st.st_size ? (size_t)st.st_size : 1);
	if (data && read(fd, data, (size_t)st.st_size) == st.st_size) {
		LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
		ok = 1;
	}
	free(data);
	close(fd);
	return ok;
}

int main(int argc, char **argv)
{
	struct dirent **names;
	int folder, n, failed = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	folder = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	n = scandir(argv[1], &names, visible, by_name);
	if (folder < 0 || n <= 0) {
		printf("Bail out! no corpus in %s: %s\n", argv[1], strerror(n ? errno : ENOENT));
		return 1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		int ok = replay(folder, names[i]->d_name);

		printf("%sok %d - %s\n", ok ? "" : "not ", i + 1, names[i]->d_name);
		failed += !ok;
		free(names[i]);
	}
	free(names);
	close(folder);
	return failed != 0;
}
