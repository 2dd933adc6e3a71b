/* SPDX-License-Identifier: MIT */
/*
 * Mirrors: what of the program the explorer sees. A number, once given, stays: it is that of the
 * first use, by whatever execution. Accesses that overlap and are not the same bytes have to
 * conflict, so that they get one mirror together; that is learned, since what was done before would
 * be another thing with it.
 */
#include "learn.h"
#include "objects.h"
#include "state.h"
#include "sync.h"

#define ENTRIES (1u << 16)
#define SLOTS (2 * ENTRIES)
#define SPANS (1u << 17)
#define SPAN_SLOTS (1u << 16)
#define BLOCK 16 /* bytes: overlaps are known by blocks */
#define REGIONS_MAX 1024
#define RANGE_MAX (1u << 24)

/* An overlap as a fact: the first block, and how many there are above that. */
#define FACT_BLOCKS_SHIFT 44

struct entry {
	uintptr_t address;
	uint32_t kind : 4, size : 28;
	uint32_t word;
};

/* An atomic that lies, in part, in a block of 16 bytes. */
struct span {
	uintptr_t block;
	uint32_t entry, next; /* 0: none */
};

static struct {
	struct word *word;
	uint32_t words; /* in use; the first is the process */
	uint32_t count, slot[SLOTS];
	struct entry entry[ENTRIES]; /* from 1 */
	uint32_t spans, span_slot[SPAN_SLOTS];
	struct span span[SPANS];   /* from 1 */
	uint32_t owner[OWN_WORDS]; /* the entry whose first word it is */
	struct region {
		uintptr_t low, end;
	} region[REGIONS_MAX]; /* one mirror each; none touches another */
	uint32_t regions;
	uint32_t objects, object[OWN_WORDS]; /* entries of all but atomics */
} m;

static const uint32_t words_of[OWN_MIRRORS] = {
	[OWN_ATOMIC] = 1,
	[OWN_MUTEX] = 2,
	[OWN_RWLOCK] = 4,
	[OWN_CONDITION] = sizeof(struct condition) / sizeof(struct word) + 1,
	[OWN_SEMAPHORE] = sizeof(struct semaphore) / sizeof(struct word) + 1,
	[OWN_BARRIER] = sizeof(struct barrier) / sizeof(struct word) + 1,
	[OWN_ONCE] = sizeof(struct once) / sizeof(struct word) + 1,
	[OWN_ENDING] = sizeof(struct ending) / sizeof(struct word),
	[OWN_FUTEX] = sizeof(struct condition) / sizeof(struct word) + 1,
	[OWN_PLAIN] = 1,
	[OWN_LOOP] = 1,
};

void own_words_at(struct word *first)
{
	m.word = first;
	memset(own_words_last, 0, sizeof(own_words_last));
	memset(own_objects_last, 0, sizeof(own_objects_last));
}

struct word *own_process_word(void)
{
	return m.word;
}

static inline uint64_t hash_of(uintptr_t address, uint64_t kind, uint64_t size)
{
	return (address ^ kind << 58 ^ size << 50) * UINT64_C(0x9e3779b97f4a7c15) >> 40;
}

/* The slot of what is looked for, or the free one where it would be. */
static inline uint32_t *find(uintptr_t address, uint32_t kind, uint32_t size)
{
	for (uint64_t at = hash_of(address, kind, size);; at++) {
		uint32_t *slot = &m.slot[at % SLOTS];
		const struct entry *e = &m.entry[*slot];

		if (likely(e->address == address && e->kind == kind && e->size == size) || !*slot)
			return slot;
	}
}

static struct entry *add(uint32_t *slot, uintptr_t address, uint32_t kind, uint32_t size,
			 uint32_t word)
{
	struct entry *e;

	if (m.count + 1 == ENTRIES || 1 + m.words + words_of[kind] > OWN_WORDS)
		own_refuse(0, "The program has more than %u atomics and locks",
			   m.count + 1 == ENTRIES ? ENTRIES - 1 : m.count);
	e = &m.entry[++m.count];
	if (!word) {
		word = 1 + m.words;
		m.words += words_of[kind];
		m.owner[word] = m.count;
	}
	*e = (struct entry){address, kind & 15, size & (RANGE_MAX - 1), word};
	if (kind != OWN_ATOMIC)
		m.object[m.objects++] = m.count;
	*slot = m.count;
	return e;
}

struct own_last_object own_objects_last[OWN_OBJECTS_LAST];

void *own_find_object(uintptr_t address, enum own_mirror kind)
{
	uint32_t *slot = find(address, kind, 0);

	if (likely(*slot))
		return &m.word[m.entry[*slot].word];
	return &m.word[add(slot, address, kind, 0, 0)->word];
}

/* --- atomics that overlap --- */

static uint64_t fact_of(uintptr_t low, uintptr_t end)
{
	uint64_t first = low / BLOCK, blocks = (end + BLOCK - 1) / BLOCK - first;

	return blocks << FACT_BLOCKS_SHIFT | first;
}

/* Note a region that is known to have one mirror, as one with all that it touches. */
static void note_region(uint64_t fact)
{
	uintptr_t first = fact & ((UINT64_C(1) << FACT_BLOCKS_SHIFT) - 1);
	struct region new = {first * BLOCK, (first + (fact >> FACT_BLOCKS_SHIFT)) * BLOCK};

	for (uint32_t i = 0; i < m.regions;) {
		struct region *r = &m.region[i];

		if (r->end <= new.low || new.end <= r->low) {
			i++;
			continue;
		}
		new.low = r->low < new.low ? r->low : new.low;
		new.end = r->end > new.end ? r->end : new.end;
		*r = m.region[--m.regions];
		i = 0;
	}
	if (m.regions < REGIONS_MAX)
		m.region[m.regions++] = new;
}

void own_words_forget(void)
{
	uint32_t count = own_facts();

	m.count = m.spans = m.regions = m.objects = 0;
	m.words = 0;
	memset(m.slot, 0, sizeof(m.slot));
	memset(m.span_slot, 0, sizeof(m.span_slot));
	memset(m.owner, 0, sizeof(m.owner));
	memset(own_words_last, 0, sizeof(own_words_last));
	memset(own_objects_last, 0, sizeof(own_objects_last));
	for (uint32_t i = 0; i < count; i++) {
		enum own_fact fact;
		uint64_t value = own_fact_at(i, &fact);

		if (fact == OWN_FACT_OVERLAP)
			note_region(value);
	}
}

/* Of the known regions the one that touches these bytes, which it has to hold; NULL: none. */
static const struct region *region_of(uintptr_t low, uintptr_t end)
{
	for (uint32_t i = 0; i < m.regions; i++) {
		const struct region *r = &m.region[i];

		if (r->end <= low || end <= r->low)
			continue;
		if (low < r->low || r->end < end)
			own_learn(OWN_FACT_OVERLAP, fact_of(r->low < low ? r->low : low,
							    r->end > end ? r->end : end));
		return r;
	}
	return NULL;
}

bool own_is_of_mixed_sizes(uintptr_t address, unsigned int size)
{
	for (uint32_t i = 0; i < m.regions; i++)
		if (m.region[i].low < address + size && address < m.region[i].end)
			return true;
	return false;
}

static uint32_t *spans_of(uintptr_t block)
{
	return &m.span_slot[(block * UINT64_C(0x9e3779b97f4a7c15) >> 40) % SPAN_SLOTS];
}

/* What is there and is touched by these bytes is learned to be one with them. */
static void look_for_overlap(uintptr_t low, uintptr_t end)
{
	uintptr_t first = low, last = end;
	bool overlaps = false;

	for (uintptr_t block = low / BLOCK; block * BLOCK < end; block++)
		for (uint32_t at = *spans_of(block); at; at = m.span[at].next) {
			const struct entry *e = &m.entry[m.span[at].entry];

			if (m.span[at].block != block || e->address >= end ||
			    e->address + e->size <= low)
				continue;
			overlaps = true;
			first = e->address < first ? e->address : first;
			last = e->address + e->size > last ? e->address + e->size : last;
		}
	if (overlaps)
		own_learn(OWN_FACT_OVERLAP, fact_of(first, last));
}

static void note_spans(uint32_t entry, uintptr_t low, uintptr_t end)
{
	for (uintptr_t block = low / BLOCK; block * BLOCK < end; block++) {
		uint32_t *first = spans_of(block);

		if (m.spans + 1 == SPANS)
			own_refuse(0,
				   "The program has atomics and racing accesses of more than "
				   "%u bytes together",
				   SPANS * BLOCK);
		m.span[++m.spans] = (struct span){block, entry, *first};
		*first = m.spans;
	}
}

static __attribute__((noinline)) struct word *new_word(uint32_t *slot, uintptr_t address,
						       uint32_t size)
{
	uintptr_t end = address + size;
	const struct region *r = region_of(address, end);
	struct entry *e;

	if (r) {
		uint32_t *whole = find(r->low, OWN_ATOMIC, 0);
		uint32_t word =
			*whole ? m.entry[*whole].word : add(whole, r->low, OWN_ATOMIC, 0, 0)->word;

		slot = find(address, OWN_ATOMIC, size);
		return &m.word[add(slot, address, OWN_ATOMIC, size, word)->word];
	}
	look_for_overlap(address, end);
	e = add(slot, address, OWN_ATOMIC, size, 0);
	note_spans(m.count, address, end);
	return &m.word[e->word];
}

struct own_last_word own_words_last[OWN_WORDS_LAST];

struct word *own_find_word(uintptr_t address, unsigned int size)
{
	uint32_t *slot;

	if (unlikely(size >= RANGE_MAX))
		size = RANGE_MAX - 1;
	slot = find(address, OWN_ATOMIC, size);
	if (likely(*slot))
		return &m.word[m.entry[*slot].word];
	return new_word(slot, address, size);
}

struct word *own_word_of_plain(uintptr_t address, unsigned int size)
{
	return own.memory ? own_object(address, OWN_PLAIN) : own_word(address, size);
}

/*
 * Those of atomics are in the program's memory; gates of loops are not what a program sees. How
 * many mirrors there are, and in which order, earlier executions decide: zeroes do not count.
 */
uint64_t own_locks_hash(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 1; i <= m.count; i++) {
		const struct entry *e = &m.entry[i];
		const struct word *w = &m.word[e->word];

		if (e->kind == OWN_ATOMIC || e->kind == OWN_PLAIN || e->kind == OWN_LOOP)
			continue;
		for (uint32_t k = 0; k < words_of[e->kind]; k++)
			if (word_peek(&w[k]))
				sum += own_mix(own_mix(e->address + k, e->kind), word_peek(&w[k]));
	}
	return sum;
}

uintptr_t own_address_of(const struct word *w, enum own_mirror *kind)
{
	uint32_t at = (uint32_t)(w - m.word);

	/* Of an object that has more than one word, the first has its owner. */
	while (at && at < OWN_WORDS && !m.owner[at])
		at--;
	if (at >= OWN_WORDS || !at) {
		*kind = OWN_MIRRORS;
		return 0;
	}
	*kind = m.entry[m.owner[at]].kind;
	return m.entry[m.owner[at]].address;
}

unsigned int own_size_of(const struct word *w)
{
	return m.entry[m.owner[w - m.word]].size;
}

unsigned int own_told(uint32_t thread, const struct word *flushed, enum own_mirror mirror,
		      uintptr_t *address)
{
	struct own_thread *t = &own.thread[thread];
	unsigned int size = t->told.size;

	/* The thread itself stands at another access. */
	if (flushed)
		return own_size_of(flushed);
	t->told.size = 0;
	if (!size || (mirror != OWN_ATOMIC && mirror != OWN_PLAIN))
		return 0;
	*address = t->told.address;
	return size;
}

/* --- states --- */

/* Of a lock's word: whether thread @holder has made progress since it took it. */
static uint64_t made_progress(uint64_t holder, uint64_t progress)
{
	return holder && (own.thread[holder - 1].progress ^ progress) << 16 != 0;
}

/* Mirrors of zeroes are as those that nobody has used yet: 0. */
static uint64_t object_state(const struct entry *e)
{
	const struct word *w = &m.word[e->word];
	uint64_t first = word_peek(w), second = e->kind == OWN_MUTEX ? 0 : word_peek(w + 1),
		 any = 0;
	uint32_t from = 0;

	for (uint32_t i = 0; i < words_of[e->kind]; i++)
		any |= word_peek(w + i);
	if (!any)
		return 0;
	if (e->kind == OWN_MUTEX) {
		first = (first & OWN_HOLDER) << 1 | made_progress(first & OWN_HOLDER, first >> 16);
		from = 1;
	} else if (e->kind == OWN_RWLOCK) {
		uint64_t writer = (first & RWSEM_WRITER) >> RWSEM_WRITER_SHIFT;

		second = made_progress(writer, second);
		from = 2;
	}
	return own_hash_bytes(fibers_mix(fibers_mix(e->address, e->kind), first + second), w + from,
			      (words_of[e->kind] - from) * sizeof(*w));
}

uint64_t own_words_state(void)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < m.objects; i++)
		hash += object_state(&m.entry[m.object[i]]);
	return hash;
}
