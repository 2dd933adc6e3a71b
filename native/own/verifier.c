/* SPDX-License-Identifier: MIT */
/* What the test files of model checkers call. */
#include "objects.h"

OWN_EXPORT void __VERIFIER_assume(int condition);
/* Where @condition does not hold the thread stops, and the execution means nothing at its end. */
OWN_EXPORT void __VERIFIER_assume(int condition)
{
	if (!condition && own.inside)
		own_stop(OWN_PC());
}

OWN_EXPORT void __VERIFIER_error(void);
OWN_EXPORT void __VERIFIER_error(void)
{
	own_fault(FAULT_CHECK_FAILED, OWN_PC(), "__VERIFIER_error()");
}

OWN_EXPORT void __VERIFIER_atomic_begin(void);
OWN_EXPORT void __VERIFIER_atomic_begin(void)
{
	if (own.inside)
		own_section_begin(OWN_ATOMIC_SECTION, "an atomic section", OWN_PC());
}

OWN_EXPORT void __VERIFIER_atomic_end(void);
OWN_EXPORT void __VERIFIER_atomic_end(void)
{
	if (own.inside)
		own_section_end(OWN_ATOMIC_SECTION, "an atomic section", OWN_PC());
}
