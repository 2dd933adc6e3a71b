/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share. Each target is a function of bytes: libFuzzer calls it with what it
 * makes up, corpus_main.c with the files of the corpus.
 */
#ifndef DMTORTURE_FUZZ_H
#define DMTORTURE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to hold whatever the bytes are. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Bytes that are taken from the front; zeros where there are none left. */
struct input {
	const uint8_t *data;
	size_t left;
};

static inline void take_bytes(struct input *in, void *into, size_t size)
{
	size_t there = size < in->left ? size : in->left;

	memset(into, 0, size);
	if (there)
		memcpy(into, in->data, there);
	in->data += there;
	in->left -= there;
}

static inline uint8_t take_byte(struct input *in)
{
	uint8_t byte;

	take_bytes(in, &byte, sizeof(byte));
	return byte;
}

static inline uint64_t take_u64(struct input *in)
{
	uint64_t value;

	take_bytes(in, &value, sizeof(value));
	return value;
}

#endif
