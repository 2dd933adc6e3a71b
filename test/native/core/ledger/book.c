/* SPDX-License-Identifier: MIT */
#include "book.h"

#include <string.h>

struct book *book_open(unsigned int tasks)
{
	static struct book b;

	memset(&b, 0, sizeof(b));
	b.stand = stand_open(tasks);
	b.slab = &b.stand->slab;
	b.md = ledger_alloc(&b.stand->task[0], b.slab, CLASS_MD, false);
	spinlock_init(&b.lock, 0);
	return &b;
}

const struct caught *plant(body_fn body, struct book *b, enum fault_kind kind, const char *file,
			   int line)
{
	const struct caught *caught;

	check_true(!attempt(&b->stand->task[0], body, b), "it leaves", file, line);
	caught = catcher_one(&b->stand->catcher, kind, 0, file, line);
	check_true(caught && caught->line && caught->text[0], "it says where", file, line);
	return caught;
}
void build(struct task *t, struct mapped_device *md)
{
	ledger_zero(t, md, sizeof(struct mapped_device), SITE("memset(md, 0)"));
	init_field(t, md, holders, 1);
	init_field(t, md, flags, 0);
	init_field(t, md, event_nr, 0);
	init_field(t, md, pending, 0);
}

void build_and_free(struct task *t, struct book *b)
{
	build(t, b->md);
	ledger_free(t, b->slab, CLASS_MD, b->md, SITE("kfree(md)"));
}
