/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <string.h>

#define ALIGNED(bytes) (((bytes) + 127) / 128 * 128)
#define BUCKETS_MIN 4u
#define BUCKETS_MAX 65536u
#define CHUNK_BYTES (16u << 10)
#define SPARE_DEVICES 64
#define SPARSE_DEVICES_MAX 4096
#define SPARSE_LAYERS 3 /* of 2^20 minors, below the top */
#define TABLES 4	/* of buckets: names, uuids, disks, bdis */

struct dm_rules dm_rules_of(uint64_t patches)
{
	return (struct dm_rules){
#define PATCH(no, slug, kind, rule, needs, overrides, invariant, prevents, changes)                \
	.rule = patches >> PATCH_##no & 1,
#include "patches.def"
#undef PATCH
	};
}

static unsigned int bucket_count(const struct world_config *config)
{
	unsigned int buckets = BUCKETS_MIN;

	while (buckets < BUCKETS_MAX && buckets < config->minors)
		buckets *= 2;
	return buckets;
}

static struct slab_limits limits_of(const struct world_config *config)
{
	size_t device = object_bytes(CLASS_MD) + object_bytes(CLASS_GENDISK) +
			object_bytes(CLASS_QUEUE) + 2 * object_bytes(CLASS_POOL) +
			object_bytes(CLASS_CELL) + object_bytes(CLASS_DEP);
	size_t devices = config->minors + config->minors / 4 + SPARE_DEVICES * config->cpus;
	/* Of few devices each may have a branch of its own; many are taken to be dense. */
	size_t apart = devices < SPARSE_DEVICES_MAX ? devices : SPARSE_DEVICES_MAX;
	size_t layers = IDR_FREE_MAX * (config->cpus + 2) + apart * SPARSE_LAYERS + devices / 32;

	return (struct slab_limits){
		.cpus = config->cpus,
		.chunk_bytes = CHUNK_BYTES,
		.arena_bytes = devices * device + layers * object_bytes(CLASS_LAYER) +
			       (size_t)CHUNK_BYTES * (config->cpus + 2),
	};
}

static size_t lock_bytes_of(const struct world_config *config)
{
	const struct lock_maker *maker = config->lock_maker;

	return maker ? ALIGNED(maker->bytes(config->lock_kind, config->cpus)) : 0;
}

size_t world_bytes(const struct world_config *config)
{
	struct slab_limits limits = limits_of(config);

	return ALIGNED(sizeof(struct world)) + lock_bytes_of(config) +
	       ALIGNED(TABLES * bucket_count(config) * sizeof(struct word)) + slab_bytes(&limits);
}

static void dm_init(struct dm *dm, struct world *w, const struct world_config *config,
		    struct word *tables, void *lock)
{
	unsigned int buckets = w->buckets;

	dm->rules = dm_rules_of(config->patches);
	dm->slab = &w->slab;
	dm->block = &w->block;
	dm->names = tables;
	dm->uuids = tables + buckets;
	dm->bucket_mask = buckets - 1;
	dm->fail_queue_permille = config->fail_queue_permille;
	dm->fail_layer_permille = config->fail_layer_permille;
	for (unsigned int i = 0; i < 2 * buckets; i++)
		word_store(NULL, &tables[i], 0);
	if (lock_bytes_of(config))
		config->lock_maker->make(&dm->minor_spin, config->lock_kind, config->cpus, lock);
	else
		spinlock_init(&dm->minor_spin, config->lock_kind);
	mutex_init(&dm->minor_mutex);
	rwsem_init(&dm->hash_lock);
	mutex_init(&dm->suspend_lock);
	mutex_init(&dm->origins_lock);
	rwsem_init(&dm->deps_lock);
	word_store(NULL, &dm->shared_queue.queued, 0);
	word_store(NULL, &dm->shared_queue.running, 0);
	word_store(NULL, &dm->own_queue.queued, 0);
	word_store(NULL, &dm->own_queue.running, 0);
	idr_init(&dm->minor_idr, &w->slab);
}

struct world *world_init(void *memory, const struct world_config *config)
{
	struct world *w = memory;
	char *lock = (char *)memory + ALIGNED(sizeof(*w));
	struct word *tables = (struct word *)(lock + lock_bytes_of(config));

	w->buckets = bucket_count(config);
	w->limits = limits_of(config);
	machine_init(&w->machine, &config->recorder);
	module_init(&w->dm.module);
	slab_init(&w->slab, &w->limits,
		  (char *)tables + ALIGNED(TABLES * w->buckets * sizeof(struct word)),
		  config->seed);
	block_init(&w->block, &w->slab, tables + 2 * w->buckets, w->buckets - 1);
	w->block.owner = &w->dm.module;
	w->block.fops = &dm_blk_fops;
	w->block.driver = &w->dm;
	dm_init(&w->dm, w, config, tables, lock);
	return w;
}

void world_check(struct task *t, struct world *w)
{
	uint64_t alive = slab_live(&w->slab, CLASS_MD);
	int minor = 0;
	void *pointer;

	if (alive)
		machine_report(t, FAULT_REFERENCE_LEAK, SITE("end of the world"),
			       "nobody holds a device, and there are some alive: %llu",
			       (unsigned long long)alive);
	else if (idr_get_next(&w->dm.minor_idr, &minor, &pointer))
		machine_report(t, FAULT_MINOR_LEAK, SITE("end of the world"),
			       "minor %d is taken, and there is no device", minor);
}
