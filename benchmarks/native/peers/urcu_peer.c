/* SPDX-License-Identifier: MIT */
/* Userspace RCU's hash table, in our loops: quiescent-state based, the cheapest read side. */
#include <stdlib.h>
#include <urcu-qsbr.h>
#include <urcu/rculfhash.h>

#include "table.h"

struct lfht_entry {
	struct cds_lfht_node node;
	uint32_t id;
	void *value;
};

struct lfht {
	struct cds_lfht *table;
	struct lfht_entry *entries;
};

static inline unsigned long hash_of(uint32_t id)
{
	return (unsigned long)(id * UINT64_C(0x9e3779b97f4a7c15) >> 20);
}

static int matches(struct cds_lfht_node *node, const void *key)
{
	return caa_container_of(node, struct lfht_entry, node)->id == *(const uint32_t *)key;
}

static inline void *lfht_find(void *table, uint32_t id)
{
	struct lfht *l = table;
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;
	void *value;

	rcu_read_lock();
	cds_lfht_lookup(l->table, hash_of(id), matches, &id, &iter);
	node = cds_lfht_iter_get_node(&iter);
	value = node ? caa_container_of(node, struct lfht_entry, node)->value : NULL;
	rcu_read_unlock();
	return value;
}

static inline void lfht_add(void *table, uint32_t id, void *value)
{
	struct lfht *l = table;
	struct lfht_entry *entry = &l->entries[id];

	entry->id = id;
	entry->value = value;
	cds_lfht_node_init(&entry->node);
	rcu_read_lock();
	cds_lfht_add(l->table, hash_of(id), &entry->node);
	rcu_read_unlock();
}

/* Freed nodes wait for a grace period: what replacing and removing cost is not compared. */
static inline void *lfht_replace(void *table, uint32_t id, void *value)
{
	(void)table;
	(void)id;
	return value;
}

static inline void *lfht_remove(void *table, uint32_t id)
{
	(void)table;
	(void)id;
	return NULL;
}

static void lfht_unmake(void *table)
{
	struct lfht *l = table;
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	if (l->table) {
		rcu_read_lock();
		cds_lfht_for_each(l->table, &iter, node) cds_lfht_del(l->table, node);
		rcu_read_unlock();
		cds_lfht_destroy(l->table, NULL);
	}
	rcu_unregister_thread();
	free(l->entries);
	free(l);
}

static void *lfht_make(uint32_t population, const uint32_t *chain)
{
	struct lfht *l = calloc(1, sizeof(*l));
	unsigned long buckets = 1;

	if (!l)
		return NULL;
	while (buckets < population)
		buckets *= 2;
	rcu_register_thread();
	l->entries = calloc(population, sizeof(*l->entries));
	l->table = cds_lfht_new(buckets, 1, 0, 0, NULL);
	if (!l->entries || !l->table) {
		lfht_unmake(l);
		return NULL;
	}
	for (uint32_t id = 0; id < population; id++)
		lfht_add(l, id, entry_of(chain, id));
	return l;
}

DEFINE_TABLE(lfht);
