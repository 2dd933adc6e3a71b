/* SPDX-License-Identifier: MIT */
/*
 * What tickets are made of: numbers in LEB128, in bytes that end with their CRC-32, as base64url
 * behind a prefix that says what it is.
 */
#ifndef DMTORTURE_SEAL_H
#define DMTORTURE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a ticket of a model in C begins with; see explore_model_ticket(). */
#define MODEL_TICKET_PREFIX "dmm1."

struct bytes {
	uint8_t *data;
	size_t length, capacity, at;
	bool failed; /* no memory; or read past the end */
};

void put_byte(struct bytes *b, uint8_t byte);
void put_number(struct bytes *b, uint64_t value);
/* Past the end, or where no number stands, @b fails and the result is 0. */
uint64_t take_number(struct bytes *b);
/* A number that fits in 32 bits. */
uint32_t take_small(struct bytes *b);
/* A count of things that take at least @each bytes each. */
size_t take_count(struct bytes *b, size_t each);

/* A schedule's deviations, by ascending step; @cpus_max is above every cpu. */
void put_deviations(struct bytes *b, const uint32_t *steps, const uint32_t *cpus, size_t count,
		    uint32_t cpus_max);
/* Free *@steps and *@cpus in any case. Returns false without memory. */
bool take_deviations(struct bytes *b, uint32_t **steps, uint32_t **cpus, size_t *count,
		     uint32_t cpus_max);

/*
 * The options of as many deviations, see struct deviation: how many have one, and of each of these
 * which it is, from 0, and what.
 */
void put_options(struct bytes *b, const uint32_t *options, size_t count);
/* Free *@options in any case. Returns false without memory. */
bool take_options(struct bytes *b, uint32_t **options, size_t count);

/* Returns @prefix and @b with its checksum as a text, to be freed, or NULL. @b is empty then. */
char *seal(const char *prefix, struct bytes *b);

enum seal_state { SEAL_WHOLE, SEAL_BROKEN, SEAL_NO_MEMORY };

/* Decode @length characters behind a prefix into @b, which is empty; free its data in any case. */
enum seal_state unseal(const char *text, size_t length, struct bytes *b);
/* @text without white space around it: where it begins; *@length is what is left. */
const char *seal_trim(const char *text, size_t *length);

#endif
