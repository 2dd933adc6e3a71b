/* SPDX-License-Identifier: MIT */
/* A pointer to an object, and whether an oracle looks. Included by ledger.h only. */
#ifndef DMTORTURE_LEDGER_FORM_H
#define DMTORTURE_LEDGER_FORM_H

/* Of a pointer, the bits that are its address: the others are its tag. */
#define ADDRESS_MASK ((UINT64_C(1) << TAG_SHIFT) - 1)
/* Whether counts, and what is left at an unload, are looked at where no kernel would. */
#define ORACLE_LOOKS true

#endif
