/* SPDX-License-Identifier: MIT */
/*
 * What stands in the place of the host where own C cannot run: it puts its own functions before
 * those of the GNU C library, on x86-64 and aarch64.
 */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("dmtorture-own elsewhere");
		return 0;
	}
	fputs("dmtorture: own C needs Linux with the GNU C library, on x86-64 or aarch64. Programs "
	      "written against explore.h work here.\n",
	      stderr);
	return 2;
}
