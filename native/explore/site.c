/* SPDX-License-Identifier: MIT */
#include "site.h"

#include <stddef.h>

#define SITE_BITS 21 /* three bytes of a ticket */

uint32_t site_digest(const char *func, const char *text)
{
	const char *const parts[] = {func, text};
	uint32_t hash = UINT32_C(0x811c9dc5);

	/* The end of each part counts, too. */
	for (size_t i = 0; i < 2; i++) {
		const char *at = parts[i];

		do
			hash = (hash ^ (uint8_t)*at) * UINT32_C(0x01000193);
		while (*at++);
	}
	hash = (hash ^ hash >> SITE_BITS) & ((1u << SITE_BITS) - 1);
	return hash ? hash : 1;
}

const char *word_order_name(enum word_order order)
{
	static const char *const name[] = {
		[ORDER_NONE] = "none",	     [ORDER_RELAXED] = "relaxed",
		[ORDER_ACQUIRE] = "acquire", [ORDER_RELEASE] = "release",
		[ORDER_ACQ_REL] = "acq_rel", [ORDER_SEQ_CST] = "seq_cst",
	};

	return name[order];
}
