/* SPDX-License-Identifier: MIT */
/* What a scheme of refcounts/ includes: see ref_ops.h. The include path picks the last. */
#ifndef DMTORTURE_REFS_H
#define DMTORTURE_REFS_H

#include "ref_ops.h"

#include "ref_arch.h"

#endif
