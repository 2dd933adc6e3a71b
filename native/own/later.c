/* SPDX-License-Identifier: MIT */
/* Stand-ins until heap.c, shadow.c and atomics.c are landed; what they have wins. */
#include "own.h"
#define W __attribute__((weak))
W void own_heap_keep(void)
{
}
W void own_heap_reset(void)
{
}
W void own_heap_leaks(void)
{
}
W void own_shadow_reset(void)
{
}
W void own_libc_reset(void)
{
}
W void own_loops_reset(void)
{
}
W void own_changed(struct word *w)
{
	(void)w;
}
W struct own_place own_place_of(uintptr_t a)
{
	return (struct own_place){.region = OWN_DATA, .offset = a - own.data_low};
}
W own_clock *own_sync_clock(uintptr_t a)
{
	static own_clock c[65536];
	return &c[a / 8 % 65536];
}
W void own_plain(uintptr_t a, unsigned s, unsigned f, uintptr_t pc)
{
	(void)a;
	(void)s;
	(void)f;
	(void)pc;
}
#include <pthread.h>
/* a tiny stand-in of atomics */
OWN_EXPORT W int __tsan_atomic32_fetch_add(volatile int *a, int v, int mo)
{
	(void)mo;
	int old;
	if (!own.inside) {
		old = *a;
		*a += v;
		return old;
	}
	struct word *w = own_word((uintptr_t)a, 4);
	own_point(POINT_RMW, w, own_site(OWN_PC()));
	own_settle(w, *a);
	old = *a;
	observe(own_me()->task, old);
	*a = old + v;
	word_store(own_me()->task, w, *a);
	return old;
}
OWN_EXPORT W int __tsan_atomic32_load(volatile int *a, int mo)
{
	(void)mo;
	if (!own.inside)
		return *a;
	struct word *w = own_word((uintptr_t)a, 4);
	own_point(POINT_READ, w, own_site(OWN_PC()));
	own_settle(w, *a);
	observe(own_me()->task, *a);
	return *a;
}
OWN_EXPORT W void __tsan_atomic32_store(volatile int *a, int v, int mo)
{
	(void)mo;
	if (!own.inside) {
		*a = v;
		return;
	}
	struct word *w = own_word((uintptr_t)a, 4);
	own_point(POINT_WRITE, w, own_site(OWN_PC()));
	own_settle(w, *a);
	*a = v;
	word_store(own_me()->task, w, v);
}
OWN_EXPORT W void __tsan_init(void)
{
}
#define RW(n)                                                                                      \
	OWN_EXPORT W void __tsan_read##n(void *a)                                                  \
	{                                                                                          \
		(void)a;                                                                           \
	}                                                                                          \
	OWN_EXPORT W void __tsan_write##n(void *a)                                                 \
	{                                                                                          \
		(void)a;                                                                           \
	}                                                                                          \
	OWN_EXPORT W void __tsan_unaligned_read##n(void *a)                                        \
	{                                                                                          \
		(void)a;                                                                           \
	}                                                                                          \
	OWN_EXPORT W void __tsan_unaligned_write##n(void *a)                                       \
	{                                                                                          \
		(void)a;                                                                           \
	}                                                                                          \
	OWN_EXPORT W void __tsan_volatile_read##n(void *a)                                         \
	{                                                                                          \
		(void)a;                                                                           \
	}                                                                                          \
	OWN_EXPORT W void __tsan_volatile_write##n(void *a)                                        \
	{                                                                                          \
		(void)a;                                                                           \
	}
RW(1)
RW(2) RW(4) RW(8) RW(16) OWN_EXPORT W
	void __assert_fail(const char *e, const char *f, unsigned l, const char *fn)
{
	(void)f;
	(void)l;
	(void)fn;
	own_fault(FAULT_CHECK, OWN_PC(), "%s", e);
}
OWN_EXPORT W int own_printf(const char *f, ...)
{
	if (own.telling)
		own_printed(f, strlen(f));
	return 0;
}
W bool own_goes_round(struct word *w, uintptr_t pc, uint64_t v)
{
	(void)w;
	(void)pc;
	(void)v;
	return false;
}
