/* SPDX-License-Identifier: MIT */
/* Plain pointers, and no oracle: only the memory itself. Included by ledger.h only. */
#ifndef DMTORTURE_LEDGER_FORM_H
#define DMTORTURE_LEDGER_FORM_H

#define ADDRESS_MASK UINT64_MAX
#define ORACLE_LOOKS false

#endif
