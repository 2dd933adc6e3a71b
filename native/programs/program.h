/* SPDX-License-Identifier: MIT */
/*
 * Players: a task with hands. It runs operations on a world and keeps what it opened and got, so
 * that a later operation of its program can give it back.
 */
#ifndef DMTORTURE_PROGRAM_H
#define DMTORTURE_PROGRAM_H

#include "engine.h"
#include "world.h"

#define PLAYER_SLOTS 8 /* opens, and raw references, that one player keeps at most */

/* Something held, by minor; the youngest is last. */
struct holding {
	uint32_t minor;
	void *object;
};

struct holdings {
	struct holding *item;
	uint32_t count, capacity;
};

struct player {
	struct task task;
	struct world *world;
	struct holdings opens; /* struct gendisk */
	struct holdings gets;  /* struct mapped_device */
	struct holding slots[2 * PLAYER_SLOTS];
	uint64_t adds_seen; /* ADD uevents before this are not waited for */
	bool storms;	    /* uevent does not wait, unload loads again */
	bool faulted;	    /* met a fault; the recorder sets it */
	uint32_t op, minor; /* what it is doing, for the report of a fault */
	uint32_t name;	    /* of the device that it creates; DM_OWN_NAME: its minor */
};

/* One operation, decoded. DM_ANY_MINOR, DM_OWN_NAME: where none was given. */
struct step {
	enum op_code op;
	uint32_t minor;
	uint32_t name;
};

struct program {
	uint32_t length;
	const struct step *steps;
};

/* Thread programs with what surrounds them; see engine.h for how they travel. */
struct program_set {
	struct program before, after;
	struct program cpu[PROGRAM_CPUS_MAX];
	uint32_t cpus;
	uint32_t steps; /* of all cpu programs together */
	struct step *memory;
};

/* Decode. Returns 0, -EINVAL, -ENOMEM; to be freed with program_set_free() when 0. */
int program_set_decode(struct program_set *set, const uint32_t *words, size_t count);
void program_set_free(struct program_set *set);

/* Make @p task @cpu of @w, with empty hands. */
void player_begin(struct player *p, struct world *w, unsigned int cpu);
/*
 * Run one operation on @minor (DM_ANY_MINOR: none).
 * Returns 0 or above (create: the minor), or -errno: -EBADF without the open or reference that
 * it needs, -EMFILE when the hands are full. Context: under task_catch(): a fault does not
 * return.
 */
int64_t player_run(struct player *p, enum op_code op, uint32_t minor);
/* The same for a step of a program, which may say a name. */
int64_t player_step(struct player *p, const struct step *step);
/* Close everything that @p has open; its raw references stay. Context: as player_run(). */
void player_close_all(struct player *p);
/* Close and put everything that @p holds. Context: as player_run(). */
void player_put_back(struct player *p);
/*
 * Empty the world: load the module if it is gone, remove every device, look for leaks.
 * Context: as player_run(); nobody else runs in the world and nothing is held.
 */
void player_empty_world(struct player *p);

#endif
