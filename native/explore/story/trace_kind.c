/* SPDX-License-Identifier: MIT */
/* What an access is called in a trace. */
#include "story.h"

enum trace_kind trace_kind_of(const struct access *a)
{
	switch (a->kind) {
	case POINT_READ:
	case POINT_READ_PLAIN:
		return TRACE_READ;
	case POINT_RMW:
		return TRACE_UPDATE;
	case POINT_LOCK:
	case ACCESS_LOCK_SHARED:
		return TRACE_LOCK;
	case POINT_UNLOCK:
	case ACCESS_UNLOCK_SHARED:
		return TRACE_UNLOCK;
	case POINT_AWAIT:
		return TRACE_WAIT;
	case ACCESS_GIVE_UP:
		return TRACE_GIVE_UP;
	case ACCESS_QUEUE:
		return TRACE_QUEUE;
	case POINT_FREE:
		return TRACE_FREE;
	case POINT_STOP:
		return TRACE_STOP;
	case ACCESS_FENCE:
		return TRACE_FENCE;
	default:
		return TRACE_WRITE;
	}
}
