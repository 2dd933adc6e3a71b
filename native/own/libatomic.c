/* SPDX-License-Identifier: MIT */
/*
 * Atomics that a compiler leaves to libatomic: clang those of 16 bytes, both those of any other
 * size. The program's objects call them by these names; see calls.def.
 */
#include "atomics.h"
#include "own_weak.h"

#include <string.h>

#define MIRRORED 16u /* bytes, at most, of a mirror: of what is larger, the first ones */

static unsigned int mirrored(size_t size, uintptr_t pc)
{
	if (unlikely(own.memory))
		own_weak_refuse("An atomic of a size that the CPU has no instructions for", pc);
	return size < MIRRORED ? (unsigned int)size : MIRRORED;
}

/* The first bytes at @at, as a number. */
static uint64_t start_of(const void *at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, at, size < sizeof(value) ? size : sizeof(value));
	return value;
}

static void load(size_t size, const void *a, void *to, int order, uintptr_t pc)
{
	uintptr_t address = (uintptr_t)a;
	struct word *w;
	uint64_t value;

	if (own.inside) {
		do {
			w = own_comes_to(POINT_READ, address, mirrored(size, pc), pc);
			value = start_of(a, size);
			own_saw(w, value);
		} while (own_goes_round(w, pc, value));
		own_loaded(address, mirrored(size, pc), order, pc);
	}
	memcpy(to, a, size);
}

static void store(size_t size, void *a, const void *from, int order, uintptr_t pc)
{
	uintptr_t address = (uintptr_t)a;
	struct word *w;

	if (own.inside) {
		w = own_comes_to(POINT_WRITE, address, mirrored(size, pc), pc);
		own_stored(w, address, mirrored(size, pc), order, start_of(a, size),
			   start_of(from, size), pc);
		if (memcmp(a, from, size))
			own_changed(w);
	}
	memcpy(a, from, size);
}

static void exchange(size_t size, void *a, const void *from, void *to, int order, uintptr_t pc)
{
	uintptr_t address = (uintptr_t)a;
	unsigned char old[size];
	struct word *w;

	if (own.inside) {
		w = own_comes_to(POINT_RMW, address, mirrored(size, pc), pc);
		own_saw(w, start_of(a, size));
		own_updated(w, address, mirrored(size, pc), order, start_of(from, size), pc);
	}
	memcpy(old, a, size);
	memcpy(a, from, size);
	memcpy(to, old, size);
}

static bool compare_exchange(size_t size, void *a, void *expected, const void *desired, int order,
			     int failure, uintptr_t pc)
{
	uintptr_t address = (uintptr_t)a;
	bool equal, changes;
	struct word *w;

again:
	w = own.inside ? own_comes_to(POINT_RMW, address, mirrored(size, pc), pc) : NULL;
	equal = !memcmp(a, expected, size);
	changes = equal && memcmp(a, desired, size);
	if (w) {
		own_saw(w, start_of(a, size));
		if (changes) {
			own_updated(w, address, mirrored(size, pc), order, start_of(desired, size),
				    pc);
		} else {
			point_wrote_nothing(own_me()->task);
			if (own_goes_round(w, pc, start_of(a, size)))
				goto again;
			own_loaded(address, mirrored(size, pc), equal ? order : failure, pc);
		}
	}
	if (equal)
		memcpy(a, desired, size);
	else
		memcpy(expected, a, size);
	return equal;
}

OWN_EXPORT void own___atomic_load(size_t size, void *a, void *to, int order);
OWN_EXPORT void own___atomic_load(size_t size, void *a, void *to, int order)
{
	load(size, a, to, order, OWN_PC());
}

OWN_EXPORT void own___atomic_store(size_t size, void *a, void *from, int order);
OWN_EXPORT void own___atomic_store(size_t size, void *a, void *from, int order)
{
	store(size, a, from, order, OWN_PC());
}

OWN_EXPORT void own___atomic_exchange(size_t size, void *a, void *from, void *to, int order);
OWN_EXPORT void own___atomic_exchange(size_t size, void *a, void *from, void *to, int order)
{
	exchange(size, a, from, to, order, OWN_PC());
}

OWN_EXPORT bool own___atomic_compare_exchange(size_t size, void *a, void *expected, void *desired,
					      int order, int failure);
OWN_EXPORT bool own___atomic_compare_exchange(size_t size, void *a, void *expected, void *desired,
					      int order, int failure)
{
	return compare_exchange(size, a, expected, desired, order, failure, OWN_PC());
}

OWN_EXPORT unsigned __int128 own___atomic_load_16(void *a, int order);
OWN_EXPORT unsigned __int128 own___atomic_load_16(void *a, int order)
{
	unsigned __int128 value;

	load(sizeof(value), a, &value, order, OWN_PC());
	return value;
}

OWN_EXPORT void own___atomic_store_16(void *a, unsigned __int128 value, int order);
OWN_EXPORT void own___atomic_store_16(void *a, unsigned __int128 value, int order)
{
	store(sizeof(value), a, &value, order, OWN_PC());
}

OWN_EXPORT unsigned __int128 own___atomic_exchange_16(void *a, unsigned __int128 value, int order);
OWN_EXPORT unsigned __int128 own___atomic_exchange_16(void *a, unsigned __int128 value, int order)
{
	exchange(sizeof(value), a, &value, &value, order, OWN_PC());
	return value;
}

OWN_EXPORT bool own___atomic_compare_exchange_16(void *a, void *expected, unsigned __int128 desired,
						 int order, int failure);
OWN_EXPORT bool own___atomic_compare_exchange_16(void *a, void *expected, unsigned __int128 desired,
						 int order, int failure)
{
	return compare_exchange(sizeof(desired), a, expected, &desired, order, failure, OWN_PC());
}
