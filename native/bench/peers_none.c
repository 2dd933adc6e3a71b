/* SPDX-License-Identifier: MIT */
#include "peers.h"

struct peers peers_found(void)
{
	return (struct peers){0};
}
