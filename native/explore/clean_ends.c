/* SPDX-License-Identifier: MIT */
#include "clean_ends.h"

#include <stdlib.h>

typedef uint64_t pair __attribute__((vector_size(16), aligned(16), may_alias));

bool clean_ends_init(struct clean_ends *ends)
{
	ends->hash = calloc(ENDS_HASHES, sizeof(*ends->hash));
	return ends->hash != NULL;
}

void clean_ends_free(struct clean_ends *ends)
{
	for (uint32_t i = 0; i < ENDS_IMAGES; i++)
		free(ends->image[i].bytes);
	free(ends->candidate.bytes);
	free(ends->hash);
}

/* What of a line differs; 0: nothing. */
static inline pair difference(const char *one, const char *other)
{
	const pair *a = (const pair *)one, *b = (const pair *)other;

	return (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]);
}

/* A line that became known later was as at the beginning. */
static bool is_image(const struct end_image *image, const struct fibers *f)
{
	const char *memory = f->hot.memory, *then = image->bytes;
	const size_t *at = f->known_at, *end = at + f->known_lines;
	pair differs = {0};

	for (const size_t *last = at + image->lines; at < last; at++, then += FIBERS_LINE)
		differs |= difference(memory + *at, then);
	for (; unlikely(at < end); at++)
		differs |= difference(memory + *at, f->pristine + *at);
	return !(differs[0] | differs[1]);
}

static bool know_image(struct clean_ends *ends, const struct fibers *f)
{
	if (unlikely(ends->forgotten != f->forgotten)) {
		ends->forgotten = f->forgotten;
		ends->images = ends->next = ends->hit = 0;
	}
	if (likely(ends->images && is_image(&ends->image[ends->hit], f)))
		return true;
	for (uint32_t i = 0; i < ends->images; i++)
		if (is_image(&ends->image[i], f)) {
			ends->hit = i;
			return true;
		}
	return false;
}

/* Returns whether there was memory. */
static bool take_image(struct end_image *image, const struct fibers *f)
{
	if (f->known_lines > image->lines_max) {
		free(image->bytes);
		image->lines_max = 2 * f->known_lines;
		image->bytes = aligned_alloc(FIBERS_LINE, (size_t)image->lines_max * FIBERS_LINE);
		if (!image->bytes) {
			image->lines_max = 0;
			return false;
		}
	}
	image->lines = f->known_lines;
	for (uint32_t i = 0; i < f->known_lines; i++)
		memcpy(image->bytes + (size_t)i * FIBERS_LINE, f->hot.memory + f->known_at[i],
		       FIBERS_LINE);
	return true;
}

bool clean_ends_know(struct clean_ends *ends, const struct fibers *f)
{
	ends->asked = END_UNKNOWN;
	if (!f->hot.logging) {
		if (know_image(ends, f))
			return true;
		if (take_image(&ends->candidate, f))
			ends->asked = END_IMAGE;
	} else if (f->hot.hashing) {
		ends->candidate_hash = f->hot.memory_hash;
		if (ends->hash[ends->candidate_hash & (ENDS_HASHES - 1)] == ends->candidate_hash &&
		    ends->candidate_hash)
			return true;
		ends->asked = END_HASH;
	}
	return false;
}

static void keep_image(struct clean_ends *ends)
{
	struct end_image spare = ends->image[ends->next];

	ends->image[ends->next] = ends->candidate;
	ends->candidate = spare;
	ends->next = (ends->next + 1) % ENDS_IMAGES;
	if (ends->images < ENDS_IMAGES)
		ends->images++;
}

void clean_ends_learn(struct clean_ends *ends)
{
	if (ends->asked == END_HASH)
		ends->hash[ends->candidate_hash & (ENDS_HASHES - 1)] = ends->candidate_hash;
	else if (ends->asked == END_IMAGE)
		keep_image(ends);
	ends->asked = END_UNKNOWN;
}
