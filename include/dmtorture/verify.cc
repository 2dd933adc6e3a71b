// SPDX-License-Identifier: MIT
// The same for a lock in C++, whose file was included in front of this one.
#include "verify.c"
