/* SPDX-License-Identifier: MIT */
/*
 * C11's atomics for the loop's headers where they are read as C++, which has none before C++23: the
 * compiler's own, which C11's are made of. no_cxx.h takes them away before the file of the user's.
 */
#define _STDATOMIC_H
#define __CLANG_STDATOMIC_H
#define _GLIBCXX_STDATOMIC_H
#define _Atomic
#define memory_order int
#define memory_order_seq_cst __ATOMIC_SEQ_CST
#define memory_order_relaxed __ATOMIC_RELAXED
#define memory_order_acquire __ATOMIC_ACQUIRE
#define memory_order_release __ATOMIC_RELEASE
#define memory_order_acq_rel __ATOMIC_ACQ_REL
#define atomic_init(a, v) (*(a) = (v))
#define atomic_load_explicit(a, order) __atomic_load_n((a), (order))
#define atomic_store_explicit(a, v, order) __atomic_store_n((a), (v), (order))
#define atomic_exchange_explicit(a, v, order) __atomic_exchange_n((a), (v), (order))
#define atomic_fetch_add_explicit(a, v, order) __atomic_fetch_add((a), (v), (order))
#define atomic_fetch_or_explicit(a, v, order) __atomic_fetch_or((a), (v), (order))
#define atomic_fetch_and_explicit(a, v, order) __atomic_fetch_and((a), (v), (order))
#define atomic_thread_fence(order) __atomic_thread_fence(order)
#define atomic_compare_exchange_strong_explicit(a, old, v, order, fails)                           \
	__atomic_compare_exchange_n((a), (old), (v), false, (order), (fails))
