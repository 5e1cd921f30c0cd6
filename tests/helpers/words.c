/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of java: writes how many arguments it was given, the arguments and the environment
 * to stdout, each ended by NUL. */
#include <stdio.h>
#include <string.h>

extern char **environ;

int main(int argc, char *argv[])
{
	printf("%d", argc - 1);
	putchar('\0');
	for (int i = 1; i < argc; i++)
		fwrite(argv[i], 1, strlen(argv[i]) + 1, stdout);
	for (char **e = environ; *e; e++)
		fwrite(*e, 1, strlen(*e) + 1, stdout);
	return fflush(stdout) ? 1 : 0;
}
