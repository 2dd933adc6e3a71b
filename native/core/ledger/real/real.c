/* SPDX-License-Identifier: MIT */
/* The ledger of real memory: what kmalloc() and kfree() do, and no more. */
#include "ledger.h"
#include "pages.h"

#include <string.h>

/* What new memory holds where a kernel looks for its use before it is written. */
#define POISON UINT64_C(0x5a5a5a5a5a5a5a5a)

_Thread_local volatile struct touch last_touch;

void *ledger_alloc(struct task *t, struct slab *s, enum object_class class, bool zeroed)
{
	struct life *life = slab_alloc(t, s, class);
	struct word *first = (struct word *)(life + 1);

	if (!life)
		return NULL;
	for (size_t i = 0; i < object_words(class); i++)
		word_store(t, &first[i], zeroed ? 0 : POISON);
	return first;
}

void ledger_free(struct task *t, struct slab *s, enum object_class class, void *object,
		 const struct site *site)
{
	struct life *life = (struct life *)object - 1;

	ledger_touch(object, 0, site);
	/* kfree(NULL) does nothing. */
	if (!object)
		return;
	if (!pages_free(t, s, life, site))
		oops(t, DOUBLE_FREE, site, "cpu%u frees what is free already", t->common.cpu + 1);
	slab_free(t, s, class, life);
}

void ledger_teardown(struct task *t, void *object, const struct site *site)
{
	(void)t;
	ledger_touch(object, 0, site);
}

void ledger_zero(struct task *t, void *object, size_t bytes, const struct site *site)
{
	ledger_touch(object, 0, site);
	words_clear(t, (struct word *)object, bytes / sizeof(struct word));
}
