/* SPDX-License-Identifier: MIT */
/* The race detector again, for models of more than 8 threads; and which of the two it is. */
#define TIMES_LANES 16
#define RACES(name) races_of_16_##name
#include "races.c"     /* NOLINT(bugprone-suspicious-include): the same, compiled for 16 */
#include "races_run.c" /* NOLINT(bugprone-suspicious-include) */

_Static_assert(TIMES_LANES >= EXPLORE_THREADS_MAX, "a lane for every thread");

static bool is_wide(uint32_t threads)
{
	return threads > 8;
}

struct races *races_new(struct fibers *f, size_t memory_bytes)
{
	return is_wide(f->cpus - 1) ? races_of_16_new(f, memory_bytes)
				    : races_of_8_new(f, memory_bytes);
}

void races_free(struct races *r)
{
	if (r && is_wide(r->threads))
		races_of_16_free(r);
	else
		races_of_8_free(r);
}

void races_reset(struct races *r)
{
	if (is_wide(r->threads))
		races_of_16_reset(r);
	else
		races_of_8_reset(r);
}

void races_text(const struct races *r, uint32_t fault, char *text, size_t size)
{
	if (is_wide(r->threads))
		races_of_16_text(r, fault, text, size);
	else
		races_of_8_text(r, fault, text, size);
}
