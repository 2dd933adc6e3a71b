/* SPDX-License-Identifier: MIT */
/* Bare accesses to words: machine_arch.h includes it behind its types. */
#ifndef DMTORTURE_BARE_WORDS_H
#define DMTORTURE_BARE_WORDS_H

static inline uint64_t word_peek(const struct word *w)
{
	return w->value;
}

static inline uint64_t word_load(const struct task *t, const struct word *w)
{
	(void)t;
	return w->value;
}

static inline void word_store(struct task *t, struct word *w, uint64_t value)
{
	if (likely(t)) {
		uintptr_t line = (uintptr_t)w / FIBERS_LINE;

		if (unlikely(!*(const uint8_t *)(fibers_hot(t)->known + line))) {
			fibers_store(t, w, value);
			return;
		}
	}
	w->value = value;
}

static inline void words_clear(struct task *t, struct word *first, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (first[i].value)
			word_store(t, &first[i], 0);
}

static inline uint64_t word_add(struct task *t, struct word *w, uint64_t delta)
{
	uint64_t old = w->value;

	word_store(t, w, old + delta);
	return old;
}

static inline uint64_t word_add_unless(struct task *t, struct word *w, uint64_t delta,
				       uint64_t unless)
{
	uint64_t old = w->value;

	if (old != unless)
		word_store(t, w, old + delta);
	return old;
}

static inline uint64_t word_or(struct task *t, struct word *w, uint64_t bits)
{
	uint64_t old = w->value;

	word_store(t, w, old | bits);
	return old;
}

static __always_inline uint64_t word_map(struct task *t, struct word *w, word_change change,
					 uint64_t by)
{
	uint64_t old = w->value;

	word_store(t, w, change(old, by));
	return old;
}

static inline uint64_t word_replace(struct task *t, struct word *w, uint64_t old,
				    uint64_t new_value)
{
	uint64_t found = w->value;

	if (found == old)
		word_store(t, w, new_value);
	return found;
}

#endif
