/* SPDX-License-Identifier: MIT */
/* The name that the files of native/locks include the contract by. */
#include "atom.h"
