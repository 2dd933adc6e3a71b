/* SPDX-License-Identifier: MIT */
/* What cxx.h took is free again. */
#undef _STDATOMIC_H
#undef __CLANG_STDATOMIC_H
#undef _GLIBCXX_STDATOMIC_H
#undef _Atomic
#undef memory_order
#undef memory_order_seq_cst
#undef memory_order_relaxed
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef atomic_init
#undef atomic_load_explicit
#undef atomic_store_explicit
#undef atomic_exchange_explicit
#undef atomic_fetch_add_explicit
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and_explicit
#undef atomic_thread_fence
#undef atomic_compare_exchange_strong_explicit
