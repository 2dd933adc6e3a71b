/* SPDX-License-Identifier: MIT */
/* Concurrency Kit's spinlocks and its hash table, in our loops. */
#include <ck_ht.h>
#include <ck_spinlock.h>
#include <stdlib.h>

#include "lock.h"
#include "table.h"

#define CK_PLAIN(name, type)                                                                       \
	static void ck_##name##_make(void *lock, struct node *nodes, uint32_t threads)             \
	{                                                                                          \
		(void)nodes;                                                                       \
		(void)threads;                                                                     \
		ck_spinlock_##name##_init(lock);                                                   \
	}                                                                                          \
	static inline void ck_##name##_acquire(void *lock, struct locker *me)                      \
	{                                                                                          \
		(void)me;                                                                          \
		ck_spinlock_##name##_lock(lock);                                                   \
	}                                                                                          \
	static inline void ck_##name##_release(void *lock, struct locker *me)                      \
	{                                                                                          \
		(void)me;                                                                          \
		ck_spinlock_##name##_unlock(lock);                                                 \
	}                                                                                          \
	DEFINE_LOCK(ck_##name, sizeof(type))

CK_PLAIN(fas, ck_spinlock_fas_t);
CK_PLAIN(cas, ck_spinlock_cas_t);
CK_PLAIN(dec, ck_spinlock_dec_t);
CK_PLAIN(ticket, ck_spinlock_ticket_t);

/* Our nodes are padded memory; here they hold ck's. */
_Static_assert(sizeof(struct ck_spinlock_mcs) <= sizeof(struct node), "a node has room");
_Static_assert(sizeof(struct ck_spinlock_clh) <= sizeof(struct node), "a node has room");

static void ck_mcs_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
	ck_spinlock_mcs_init(lock);
}

static inline void ck_mcs_acquire(void *lock, struct locker *me)
{
	ck_spinlock_mcs_lock(lock, (struct ck_spinlock_mcs *)me->node);
}

static inline void ck_mcs_release(void *lock, struct locker *me)
{
	ck_spinlock_mcs_unlock(lock, (struct ck_spinlock_mcs *)me->node);
}

DEFINE_LOCK(ck_mcs, sizeof(struct ck_spinlock_mcs *));

static void ck_clh_make(void *lock, struct node *nodes, uint32_t threads)
{
	ck_spinlock_clh_init(lock, (struct ck_spinlock_clh *)&nodes[threads]);
}

static inline void ck_clh_acquire(void *lock, struct locker *me)
{
	ck_spinlock_clh_lock(lock, (struct ck_spinlock_clh *)me->node);
}

static inline void ck_clh_release(void *lock, struct locker *me)
{
	struct ck_spinlock_clh *mine = (struct ck_spinlock_clh *)me->node;

	(void)lock;
	ck_spinlock_clh_unlock(&mine);
	me->node = (struct node *)mine;
}

DEFINE_LOCK(ck_clh, sizeof(struct ck_spinlock_clh *));

/* Its slots are 8 bytes each and side by side, as ck's own benchmark has them. */
struct ck_anderson {
	struct ck_spinlock_anderson lock;
	struct ck_spinlock_anderson_thread slots[LOCK_THREADS_MAX];
};

static void ck_anderson_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct ck_anderson *l = lock;

	(void)nodes;
	ck_spinlock_anderson_init(&l->lock, l->slots, threads);
}

static inline void ck_anderson_acquire(void *lock, struct locker *me)
{
	struct ck_spinlock_anderson_thread *slot;
	struct ck_anderson *l = lock;

	ck_spinlock_anderson_lock(&l->lock, &slot);
	me->slot = (uint32_t)(slot - l->slots);
}

static inline void ck_anderson_release(void *lock, struct locker *me)
{
	struct ck_anderson *l = lock;

	ck_spinlock_anderson_unlock(&l->lock, &l->slots[me->slot]);
}

DEFINE_LOCK(ck_anderson, sizeof(struct ck_anderson));

/* --- the hash table: one writer, keys as they are --- */

static void *allocate(size_t bytes)
{
	return malloc(bytes);
}

static void release(void *memory, size_t bytes, bool deferred)
{
	(void)bytes;
	(void)deferred;
	free(memory);
}

static struct ck_malloc memory_of_ck = {.malloc = allocate, .free = release};

/* 0 and ~0 cannot be keys. */
static inline uintptr_t key_of(uint32_t id)
{
	return (uintptr_t)id + 1;
}

static inline void *ck_ht_find(void *table, uint32_t id)
{
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;

	ck_ht_hash_direct(&hash, table, key_of(id));
	ck_ht_entry_key_set_direct(&entry, key_of(id));
	if (!ck_ht_get_spmc(table, hash, &entry))
		return NULL;
	return (void *)ck_ht_entry_value_direct(&entry);
}

static inline void ck_ht_add(void *table, uint32_t id, void *value)
{
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;

	ck_ht_hash_direct(&hash, table, key_of(id));
	ck_ht_entry_set_direct(&entry, hash, key_of(id), (uintptr_t)value);
	ck_ht_set_spmc(table, hash, &entry);
}

static inline void *ck_ht_replace(void *table, uint32_t id, void *value)
{
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;

	ck_ht_hash_direct(&hash, table, key_of(id));
	ck_ht_entry_set_direct(&entry, hash, key_of(id), (uintptr_t)value);
	ck_ht_set_spmc(table, hash, &entry);
	return (void *)ck_ht_entry_value_direct(&entry);
}

static inline void *ck_ht_remove(void *table, uint32_t id)
{
	ck_ht_entry_t entry;
	ck_ht_hash_t hash;

	ck_ht_hash_direct(&hash, table, key_of(id));
	ck_ht_entry_key_set_direct(&entry, key_of(id));
	if (!ck_ht_remove_spmc(table, hash, &entry))
		return NULL;
	return (void *)ck_ht_entry_value_direct(&entry);
}

static void ck_ht_unmake(void *table)
{
	ck_ht_destroy(table);
	free(table);
}

static void *ck_ht_make(uint32_t population, const uint32_t *chain)
{
	ck_ht_t *table = calloc(1, sizeof(*table));

	if (!table || !ck_ht_init(table, CK_HT_MODE_DIRECT, NULL, &memory_of_ck,
				  2 * (uint64_t)population + 8, 1)) {
		free(table);
		return NULL;
	}
	for (uint32_t id = 0; id < population; id++)
		ck_ht_add(table, id, entry_of(chain, id));
	return table;
}

DEFINE_TABLE(ck_ht);
