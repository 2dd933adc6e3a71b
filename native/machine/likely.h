/* SPDX-License-Identifier: MIT */
/*
 * Which way a branch usually goes, in the kernel's words: that way is laid out straight on. What
 * leads to a function that is __cold goes to another section, out of the cache's way.
 */
#ifndef DMTORTURE_LIKELY_H
#define DMTORTURE_LIKELY_H

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#ifndef __cold
#define __cold __attribute__((cold))
#endif
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

#endif
