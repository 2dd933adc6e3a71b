/* SPDX-License-Identifier: MIT */
#include "pages.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

uint32_t (*pages_walk)(uintptr_t *frame, uint32_t frames);

static size_t page_bytes(void)
{
	static size_t bytes;

	if (!bytes)
		bytes = (size_t)sysconf(_SC_PAGESIZE);
	return bytes;
}

static size_t to_pages(size_t bytes)
{
	return (bytes + page_bytes() - 1) / page_bytes() * page_bytes();
}

size_t object_bytes(enum object_class class)
{
	return to_pages(sizeof(struct life) + object_words(class) * sizeof(struct word));
}

size_t slab_object_bytes(const struct slab *s, enum object_class class)
{
	(void)s;
	return object_bytes(class);
}

/* --- where it lies: what the CPUs keep, the notes, then the pages --- */

static size_t arena_bytes(const struct slab_limits *limits)
{
	return to_pages(limits->arena_bytes);
}

static size_t notes_bytes(const struct slab_limits *limits)
{
	return arena_bytes(limits) / page_bytes() * sizeof(struct page_note);
}

static size_t cpus_bytes(const struct slab_limits *limits)
{
	return limits->cpus * sizeof(struct slab_cpu);
}

size_t slab_bytes(const struct slab_limits *limits)
{
	return cpus_bytes(limits) + notes_bytes(limits) + page_bytes() + arena_bytes(limits);
}

static struct page_note *notes_of(const struct slab *s)
{
	return (struct page_note *)((char *)s->cpu + cpus_bytes(&s->limits));
}

static void protect(void *memory, size_t bytes, int how)
{
	if (mprotect(memory, bytes, how))
		machine_bug("mprotect() of %zu bytes fails", bytes);
}

void slab_init(struct slab *s, const struct slab_limits *limits, void *memory, uint64_t seed)
{
	uintptr_t after = (uintptr_t)memory + cpus_bytes(limits) + notes_bytes(limits);

	s->limits = *limits;
	s->cpu = memory;
	s->arena = (char *)((after + page_bytes() - 1) / page_bytes() * page_bytes());
	protect(s->arena, arena_bytes(limits), PROT_READ | PROT_WRITE);
	/* What was used before, in memory that is zero at first. */
	for (struct page_note *note = notes_of(s); atomic_load(&note->state) != PAGE_NEW; note++)
		atomic_store(&note->state, PAGE_NEW);
	memset(s->cpu, 0, cpus_bytes(limits));
	for (unsigned int i = 0; i < limits->cpus; i++)
		word_store(NULL, &s->cpu[i].luck, (seed + i) * 0x9e3779b97f4a7c15u | 1);
	word_store(NULL, &s->next_chunk, 0);
}

struct life *slab_alloc(struct task *t, struct slab *s, enum object_class class)
{
	size_t bytes = object_bytes(class);
	uint64_t offset = word_add(t, &s->next_chunk, bytes);
	struct page_note *note = notes_of(s) + offset / page_bytes();
	struct word *born = &s->cpu[t->common.cpu].born[class];

	/* The last page stays unused: the notes end there. */
	if (offset + bytes >= arena_bytes(&s->limits))
		return NULL;
	word_store(t, born, word_peek(born) + 1);
	for (size_t page = 1; page < bytes / page_bytes(); page++)
		atomic_store(&note[page].state, PAGE_AMID);
	note->class = class;
	note->site = NULL;
	atomic_store(&note->state, PAGE_LIVE);
	return (struct life *)(s->arena + offset);
}

/* The page that @address is on; NULL: none of @s. */
static struct page_note *note_of_page(const struct slab *s, uintptr_t address)
{
	uintptr_t offset = address - (uintptr_t)s->arena;

	if (address < (uintptr_t)s->arena || offset >= arena_bytes(&s->limits))
		return NULL;
	return notes_of(s) + offset / page_bytes();
}

const struct page_note *pages_note(const struct slab *s, uintptr_t address, uintptr_t *object)
{
	const struct page_note *note = note_of_page(s, address), *notes = notes_of(s);

	while (note && note > notes && atomic_load(&note->state) == PAGE_AMID)
		note--;
	if (!note || atomic_load(&note->state) == PAGE_NEW)
		return NULL;
	*object = (uintptr_t)s->arena + (size_t)(note - notes) * page_bytes() + sizeof(struct life);
	return note;
}

bool pages_free(struct task *t, struct slab *s, const struct life *life, const struct site *site)
{
	struct page_note *note = note_of_page(s, (uintptr_t)life);
	uint32_t live = PAGE_LIVE;

	if (!note || (uintptr_t)life % page_bytes() ||
	    !atomic_compare_exchange_strong(&note->state, &live, PAGE_FREED))
		return false;
	note->cpu = t->common.cpu;
	note->site = site;
	note->frames = pages_walk ? pages_walk(note->frame, FREE_FRAMES) : 0;
	return true;
}

void slab_free(struct task *t, struct slab *s, enum object_class class, struct life *life)
{
	const struct page_note *note = note_of_page(s, (uintptr_t)life);
	struct word *died = &s->cpu[t->common.cpu].died[class];

	/* An IDR gives its layers back by this alone. */
	if (note && atomic_load(&note->state) == PAGE_LIVE)
		pages_free(t, s, life, NULL);
	word_store(t, died, word_peek(died) + 1);
	protect(life, object_bytes(class), PROT_NONE);
}
