/* SPDX-License-Identifier: MIT */
/*
 * Sets of patches in C: 64 bits, of which bit n is row n + 1 of patches.def. Rows are named by
 * their number in that table, so nobody types a mask: PATCHES_ALL & ~PATCH_ROW(06m).
 */
#ifndef DMTORTURE_PATCHES_H
#define DMTORTURE_PATCHES_H

#include <stdint.h>

enum patch_id {
#define PATCH(no, slug, kind, rule, needs, overrides, invariant, prevents, changes) PATCH_##no,
#include "patches.def"
#undef PATCH
	PATCH_COUNT
};

/* JavaScript gets a set as one number, and its numbers are exact up to 2^53. */
#define PATCHES_MAX 53

/* The set of one row, by its number or by its place in the table, from 0. */
#define PATCH_ROW(no) PATCH_ROW_AT(PATCH_##no)
#define PATCH_ROW_AT(index) (UINT64_C(1) << (index))

/* The sets that sets.def names. A later one is best written as an earlier one and what it adds. */
#define PATCHES_NONE UINT64_C(0)
#define PATCHES_SERIES                                                                             \
	(PATCH_ROW(01) | PATCH_ROW(02) | PATCH_ROW(03) | PATCH_ROW(04) | PATCH_ROW(05) |           \
	 PATCH_ROW(06) | PATCH_ROW(07) | PATCH_ROW(08))
#define PATCHES_MERGED ((PATCHES_SERIES & ~PATCH_ROW(06)) | PATCH_ROW(06m))
#define PATCHES_ALL (PATCHES_SERIES | PATCH_ROW(R2) | PATCH_ROW(R3))
/* Kernels, each as the one before it and what came and went. */
#define PATCHES_2_6_9 (PATCH_ROW(P1) | PATCH_ROW(P3))
#define PATCHES_2_6_10 ((PATCHES_2_6_9 & ~PATCH_ROW(P1)) | PATCH_ROW(P2))
#define PATCHES_2_6_16 PATCHES_NONE
#define PATCHES_2_6_17 PATCH_ROW(R0)
#define PATCHES_2_6_18 (PATCHES_2_6_17 | PATCHES_MERGED | PATCH_ROW(R1))
#define PATCHES_2_6_19 (PATCHES_2_6_18 | PATCH_ROW(R2) | PATCH_ROW(R3))
#define PATCHES_2_6_32                                                                             \
	(PATCHES_2_6_19 | PATCH_ROW(P4) | PATCH_ROW(P5) | PATCH_ROW(P8) | PATCH_ROW(R12))
#define PATCHES_2_6_36                                                                             \
	((PATCHES_2_6_32 & ~PATCH_ROW(P4)) | PATCH_ROW(R8) | PATCH_ROW(R9) | PATCH_ROW(R10))
#define PATCHES_3_13 (PATCHES_2_6_36 | PATCH_ROW(R16))
#define PATCHES_3_16 (PATCHES_3_13 | PATCH_ROW(R12w) | PATCH_ROW(R16q))
#define PATCHES_4_0 (PATCHES_3_16 | PATCH_ROW(06) | PATCH_ROW(R13) | PATCH_ROW(R15))
#define PATCHES_4_3 (PATCHES_4_0 | PATCH_ROW(R15o))
#define PATCHES_4_15 (PATCHES_4_3 | PATCH_ROW(R12l))
#define PATCHES_5_15 ((PATCHES_4_15 & ~PATCH_ROW(P5)) | PATCH_ROW(P7))
#define PATCHES_5_18 (PATCHES_5_15 & ~PATCH_ROW(P8))
#define PATCHES_6_2 (PATCHES_5_18 | PATCH_ROW(R22))
#define PATCHES_6_6 (PATCHES_6_2 | PATCH_ROW(R24))
#define PATCHES_6_X (PATCHES_6_6 & ~PATCH_ROW(P7))
/* R24 was taken back. */
#define PATCHES_TODAY (PATCHES_6_X & ~PATCH_ROW(R24))

/* Those of `all` without one. */
#define PATCHES_WITHOUT(no) (PATCHES_ALL & ~PATCH_ROW(no))

/* Every row of the table, also those that exclude one another: the upper end of a mask. */
#define PATCHES_EVERY (PATCH_ROW_AT(PATCH_COUNT) - 1)

#endif
