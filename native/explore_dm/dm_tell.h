/* SPDX-License-Identifier: MIT */
#ifndef DMTORTURE_DM_TELL_H
#define DMTORTURE_DM_TELL_H

#include "story.h"

/* How values in traces of a dm_model are named. */
extern const struct teller dm_teller;

#endif
