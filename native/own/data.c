/* SPDX-License-Identifier: MIT */
/*
 * The program's data, put back before every execution. A small one is copied. Of a large one only
 * the pages that any execution has written to are: nothing of it may be written at first, and the
 * first write to a page, of all executions, says that it is to be put back from then on.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "process.h"
#include "state.h"

#define SMALL ((size_t)16 << 10) /* below this a copy costs less than a look at what to copy */

static struct {
	char *image;	    /* what data_low and what follows held */
	uintptr_t low, end; /* whole pages; none: all is copied */
	size_t page;
	uint32_t *touched; /* pages, by number */
	uint32_t count;
	bool *is_touched;
} data;

static void *room(size_t bytes)
{
	void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (block == MAP_FAILED)
		machine_bug("no memory for an image of the program's data, %zu bytes", bytes);
	return block;
}

static void touch(uint32_t number)
{
	data.is_touched[number] = true;
	data.touched[data.count++] = number;
}

/* What a page holds that nobody could write yet is what it began with. */
static void keep_page(uint32_t number)
{
	memcpy(data.image + number * data.page, (const void *)(data.low + number * data.page),
	       data.page);
}

/* Have all of it be copied from now on. */
static void touch_all(void)
{
	uint32_t pages = (uint32_t)((data.end - data.low) / data.page);

	for (uint32_t number = 0; number < pages; number++)
		if (!data.is_touched[number]) {
			keep_page(number);
			touch(number);
		}
	mprotect((void *)data.low, data.end - data.low, PROT_READ | PROT_WRITE);
}

void own_data_keep(void)
{
	uint32_t pages;

	data.page = (size_t)sysconf(_SC_PAGESIZE);
	data.low = own.data_low / data.page * data.page;
	data.end = (own.data_end + data.page - 1) / data.page * data.page;
	pages = (uint32_t)((data.end - data.low) / data.page);
	if (own.data_end - own.data_low <= SMALL) {
		data.low = data.end = 0;
		data.image = room(own.data_end - own.data_low);
		memcpy(data.image, (const void *)own.data_low, own.data_end - own.data_low);
		return;
	}
	data.image = room(data.end - data.low);
	data.touched = room(pages * sizeof(*data.touched));
	data.is_touched = room(pages);
	if (mprotect((void *)data.low, data.end - data.low, PROT_READ))
		touch_all();
}

bool own_data_touched(uintptr_t address)
{
	uint32_t number;

	if (address - data.low >= data.end - data.low)
		return false;
	number = (uint32_t)((address - data.low) / data.page);
	if (data.is_touched[number])
		return false;
	keep_page(number);
	/* There is a limit to the ranges that the kernel keeps apart. */
	if (mprotect((void *)(data.low + number * data.page), data.page, PROT_READ | PROT_WRITE))
		touch_all();
	else
		touch(number);
	return true;
}

void own_data_put_back(void)
{
	if (likely(!data.end)) {
		memcpy((void *)own.data_low, data.image, own.data_end - own.data_low);
		return;
	}
	for (uint32_t i = 0; i < data.count; i++) {
		size_t at = data.touched[i] * data.page;

		memcpy((char *)data.low + at, data.image + at, data.page);
	}
}

uint64_t own_data_hash(uint64_t hash)
{
	uintptr_t low = (own.data_low + 7) & ~(uintptr_t)7;

	if (likely(!data.end))
		return own_mix_all(hash, (const void *)low, own.data_end - low);
	for (uint32_t i = 0; i < data.count; i++)
		hash = own_mix_all(hash, (const char *)data.low + data.touched[i] * data.page,
				   data.page);
	return hash;
}

uint64_t own_data_state(void)
{
	uint64_t hash = 0;

	if (likely(!data.end))
		return own_hash_bytes(0, (const void *)own.data_low, own.data_end - own.data_low);
	for (uint32_t i = 0; i < data.count; i++) {
		const char *page = (const char *)data.low + data.touched[i] * data.page;

		/* Pages are in the order of their first writes, by any execution. */
		if (memcmp(page, data.image + data.touched[i] * data.page, data.page))
			hash += own_hash_bytes(data.touched[i], page, data.page);
	}
	return hash;
}
