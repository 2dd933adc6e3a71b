/* SPDX-License-Identifier: MIT */
#ifndef DMTORTURE_DM_TELL_H
#define DMTORTURE_DM_TELL_H

#include "tell.h"

/* How traces of a dm_model are told. */
extern const struct teller dm_teller;

#endif
