/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target on files, for compilers without libFuzzer. */
#include "fuzz.h"

static void run_file(const char *name)
{
	FILE *file = fopen(name, "rb");
	uint8_t *data;
	long size;

	MUST(file && !fseek(file, 0, SEEK_END));
	size = ftell(file);
	MUST(size >= 0 && !fseek(file, 0, SEEK_SET));
	/* To the byte, so that a sanitizer sees a read beyond it. */
	data = malloc(size ? (size_t)size : 1);
	MUST(data && fread(data, 1, (size_t)size, file) == (size_t)size);
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	printf("%d files\n", argc - 1);
	return argc > 1 ? 0 : 1;
}
