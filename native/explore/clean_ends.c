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

static bool line_differs(const struct end_image *image, const struct fibers *f, uint32_t line)
{
	pair differs = difference(f->hot.memory + f->known_at[line],
				  image->bytes + (size_t)line * FIBERS_LINE);

	return (differs[0] | differs[1]) != 0;
}

/* The image is of another end: note by which line that shows. A later line: by none. */
static void note_telling(struct end_image *image, const struct fibers *f)
{
	for (uint32_t line = 0; line < image->lines; line++)
		if (line_differs(image, f, line)) {
			image->telling = line;
			return;
		}
}

/* A line that became known later was as at the beginning. */
static bool is_image(struct end_image *image, const struct fibers *f)
{
	const char *memory = f->hot.memory, *then = image->bytes;
	const size_t *at = f->known_at, *end = at + f->known_lines;
	pair differs = {0};

	if (image->telling < image->lines && line_differs(image, f, image->telling))
		return false;
	for (const size_t *last = at + image->lines; at < last; at++, then += FIBERS_LINE)
		differs |= difference(memory + *at, then);
	for (; unlikely(at < end); at++)
		differs |= difference(memory + *at, f->pristine + *at);
	if (likely(!(differs[0] | differs[1])))
		return true;
	note_telling(image, f);
	return false;
}

/* A number for what the threads of the execution got, as their histories end with it. */
static uint32_t results_of(const struct fibers *f)
{
	uint64_t hash = 0;

	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash = (hash ^ fiber_task(&f->fiber[cpu])->history) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(hash >> 32) % ENDS_IMAGES;
}

static bool know_image(struct clean_ends *ends, const struct fibers *f)
{
	uint32_t results = results_of(f), first = ends->usual[results];

	if (unlikely(ends->forgotten != f->forgotten)) {
		ends->forgotten = f->forgotten;
		ends->images = ends->next = 0;
	}
	if (likely(first < ends->images && is_image(&ends->image[first], f)))
		return true;
	for (uint32_t i = 0; i < ends->images; i++)
		if (i != first && is_image(&ends->image[i], f)) {
			ends->usual[results] = (uint8_t)i;
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
	image->telling = 0;
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
