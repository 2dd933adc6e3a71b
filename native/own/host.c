/* SPDX-License-Identifier: MIT */
/* The host of own C: it loads a program that was compiled for it, and explores it. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("dmtorture-own 1");
		return 0;
	}
	fputs("dmtorture-own: expected `search` or `replay`\n", stderr);
	return 2;
}
