/* SPDX-License-Identifier: MIT */
/* What a recorded access is: points.c and weak.c share this; inline, since models do it most. */
#ifndef DMTORTURE_RECORDED_H
#define DMTORTURE_RECORDED_H

#include "choice.h"
#include "doubt.h"

_Static_assert(sizeof(struct access) == 16, "accesses are copied a lot");

static inline struct access *announce(struct task *t, unsigned int kind, const struct word *w,
				      const struct site *site)
{
	struct fibers *f = t->fibers;
	uint32_t cpu = t->common.cpu;
	uint64_t at = (uint64_t)((const char *)w - f->hot.memory);

	if (unlikely(at >= f->hot.memory_bytes || f->hot.memory_bytes - at < t->words * sizeof(*w)))
		fibers_refuse(t, "%s: \"%s\" is not a word of the model's memory", site->func,
			      site->text);
	if (unlikely(t->words > ACCESS_WORDS_MAX))
		fibers_refuse(t, "%s: \"%s\" is an access to more than %u words", site->func,
			      site->text, ACCESS_WORDS_MAX);
	f->next[cpu] = (struct access){
		.site = site,
		.place = (uint32_t)(at / sizeof(*w)),
		.words = t->words & ACCESS_WORDS_MAX,
		.kind = kind & 15,
		.cpu = cpu & 15,
	};
	f->next_word[cpu] = w;
	if (unlikely(f->doubt != NULL))
		doubt_next(f->doubt, t, doubt_of(&f->next[cpu]));
	return &f->next[cpu];
}

static inline void execute(struct task *t, const struct word *w, const struct access *access)
{
	struct fibers *f = t->fibers;

	if (unlikely(f->hot.watching))
		f->sighting[f->length] = (struct sighting){0};
	f->trace[f->length++] = *access;
	if (unlikely(f->doubt != NULL))
		doubt_step(f->doubt, t, access);
	if (f->hot.hashing)
		t->history = fibers_mix(t->history, (uintptr_t)access->site);
	if (unlikely(f->executed != NULL))
		f->executed(f->executed_context, access);
	if (unlikely(t->listener != NULL))
		t->listener->executed[access->kind](t->listener, w, access->site, access->words);
}

static inline void execute_release(struct task *t, const struct word *w, const struct site *site,
				   unsigned int kind)
{
	struct access access = {
		.site = site,
		.place = (uint32_t)(((const char *)w - fibers_hot(t)->memory) / sizeof(*w)),
		.words = 1,
		.kind = kind & 15,
		.cpu = t->common.cpu & 15,
	};

	execute(t, w, &access);
}

/* The same in a weak memory model. */
void weak_point(struct task *t, const struct word *w, const struct site *site, unsigned int kind);
void weak_lock(struct task *t, const struct word *w, const struct site *site, unsigned int kind);
void weak_release(struct task *t, const struct word *w, const struct site *site, unsigned int kind);
void weak_ACCESS_ARRIVE(struct task *t, const struct word *w, const struct site *site);
bool weak_await(struct task *t, const struct word *w, uint64_t old, const struct site *site);

#endif
