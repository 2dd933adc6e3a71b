/* SPDX-License-Identifier: MIT */
/* Ends of executions where a check that looks at the memory alone has found nothing. */
#ifndef DMTORTURE_CLEAN_ENDS_H
#define DMTORTURE_CLEAN_ENDS_H

#include "explore.h"

#define ENDS_IMAGES 16
#define ENDS_HASHES 4096 /* a power of 2 */

/* What the known lines held at an end, in the order in which they became known. */
struct end_image {
	uint32_t lines, lines_max;
	uint32_t telling; /* the line that last made another end differ from this one */
	char *bytes;
};

/*
 * Where executions are put back by lines, ends are told apart by what these hold: exactly. Where
 * the log is kept, by the hash of the memory, which is there anyway; without one, not at all.
 */
struct clean_ends {
	struct end_image image[ENDS_IMAGES];
	uint32_t images, next; /* next: to be overwritten */
	/* By what the threads got: the image to look at first. */
	uint8_t usual[ENDS_IMAGES];
	uint32_t forgotten; /* fibers' count of it, when they were taken */
	uint64_t *hash;	    /* 0: none */
	/* Of the end that was asked for last. */
	enum { END_UNKNOWN, END_IMAGE, END_HASH } asked;
	struct end_image candidate;
	uint64_t candidate_hash;
};

/* Returns whether there was memory. */
bool clean_ends_init(struct clean_ends *ends);
void clean_ends_free(struct clean_ends *ends);
/* Whether what memory holds now is such an end. */
bool clean_ends_know(struct clean_ends *ends, const struct fibers *f);
/* The end that was asked for last is one. Context: it was not known. */
void clean_ends_learn(struct clean_ends *ends);

#endif
