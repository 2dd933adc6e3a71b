/* SPDX-License-Identifier: MIT */
/*
 * The turns: where the protocol of 2.6.16 and the patched one part. A turn is a small function that
 * names its patches; a later patch that replaces an earlier one is asked first. The files of
 * history/ have them by theme, and no other file reads the rules: dm*.c call turns and read as the
 * good protocol.
 */
#ifndef DMTORTURE_DM_HISTORY_H
#define DMTORTURE_DM_HISTORY_H

#include "history/deferred.h"
#include "history/destroy.h"
#include "history/disk.h"
#include "history/hooks.h"
#include "history/lookup.h"
#include "history/minor_lock.h"
#include "history/names.h"
#include "history/open_count.h"
#include "history/pin.h"
#include "history/publish.h"
#include "history/put.h"
#include "history/queue.h"
#include "history/sysfs.h"
#include "history/users.h"

#endif
