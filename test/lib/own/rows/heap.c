/* SPDX-License-Identifier: MIT */
#include "rows.h"

static char *block;
static void *seen[2];

PROGRAM(behind_the_end_wrong)
{
	block = malloc(13);
	block[13] = 1; /* fault: out-of-bounds */
}

PROGRAM(before_the_begin_wrong)
{
	block = malloc(13);
	block[-16] = 1; /* fault: out-of-bounds */
}

PROGRAM(to_the_byte_right)
{
	block = malloc(13);
	memset(block, 1, 13);
	free(block);
	block = calloc(3, 5);
	assert(!block[14]);
	free(block);
}

PROGRAM(used_after_free_wrong)
{
	block = malloc(8);
	free(block);
	free(malloc(8));
	block[3] = 1; /* fault: use-after-free */
}

PROGRAM(freed_twice_wrong)
{
	block = malloc(8);
	free(block);
	free(block); /* fault: double-free */
}

PROGRAM(freed_inside_wrong)
{
	block = malloc(32);
	free(block + 16); /* fault: bad-free */
}

PROGRAM(freed_data_wrong)
{
	free(&plain); /* fault: bad-free */
}

PROGRAM(moved_wrong)
{
	char *old = block = malloc(8);

	block = realloc(block, 9);
	old[0] = 1; /* fault: use-after-free */
}

THREAD(allocates)
{
	seen[0] = malloc(8); /* fault: data-race */
	atomic_store_explicit((_Atomic(void *) *)&seen[1], seen[0], memory_order_relaxed);
	return unused;
}

THREAD(reads_what_is_allocated)
{
	char *given = atomic_load_explicit((_Atomic(void *) *)&seen[1], memory_order_relaxed);

	other = given ? given[0] : 0; /* fault: data-race */
	return unused;
}

/* Nobody writes to it but malloc(), which comes before nothing of the other thread. */
PROGRAM(malloc_is_a_write_wrong)
{
	both(allocates, reads_what_is_allocated);
}

THREAD(frees_when_told)
{
	if (atomic_load_explicit(&x, memory_order_relaxed))
		free(block); /* fault: data-race */
	return unused;
}

THREAD(reads_and_tells)
{
	other = block[0]; /* fault: data-race */
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	return unused;
}

/* It always comes behind the read, and nothing says so. */
PROGRAM(free_is_a_write_wrong)
{
	block = calloc(1, 8);
	both(reads_and_tells, frees_when_told);
}

THREAD(gives_back)
{
	plain = 1;
	free(block);
	return unused;
}

THREAD(takes_the_same)
{
	char *mine = malloc(48);

	if (mine == block)
		assert(plain == 1); /* by nothing but the heap */
	free(mine);
	return unused;
}

PROGRAM(given_again_orders_right)
{
	block = malloc(48);
	both(gives_back, takes_the_same);
}

PROGRAM(given_again_wrong)
{
	char *one = malloc(48), *two = malloc(48), *again;

	both(nothing, nothing);
	free(one);
	free(two);
	again = malloc(48);
	assert(again != two); /* fault: check-failed */
}

THREAD(allocates_first)
{
	seen[0] = malloc(32);
	return unused;
}

THREAD(allocates_second)
{
	atomic_fetch_add(&x, 1);
	seen[1] = malloc(32);
	return unused;
}

PROGRAM(address_of_a_thread_right)
{
	both(allocates_first, allocates_second);
	assert((char *)seen[1] - (char *)seen[0] > 1 << 20);
}

THREAD(uses_its_block)
{
	int *mine = malloc(sizeof(*mine));

	*mine = atomic_fetch_add(&x, 1);
	free(mine);
	return unused;
}

PROGRAM(own_blocks_right)
{
	both(uses_its_block, uses_its_block);
}
