/* SPDX-License-Identifier: MIT */
/*
 * A way to know when the last user of an object is gone, as a struct of functions. Each is one
 * small file of refcounts/: bear, get, put, end, tend, leave in this order, then DEFINE_REFCOUNT().
 * Written against atom.h and with a row in refcounts.def it is explored, validated and measured.
 *
 * What is illegal: a put without a get; to use an object after the put; to end an object twice;
 * anything of a thread that has left; two objects in use at once by one thread, of a scheme that
 * finds objects (a thread has one hazard pointer, and its epochs do not nest).
 */
#ifndef DMTORTURE_REF_OPS_H
#define DMTORTURE_REF_OPS_H

#include "atom.h"
#include "refcount_table.h"

struct member;

/* An object's part of any scheme; what a scheme has of it is in its `object_bytes`. */
struct counted {
	struct atom count; /* references; biased: of those that do not own it, and two flags */
	struct atom owned; /* biased: the owner's; epochs: when it was retired; percpu_ref: dead */
	struct link next;  /* in a list of those that wait for their end */
	uint32_t index;	   /* of those that share a struct refs */
	uint32_t owner;	   /* biased: index of the thread that counts apart */
} __attribute__((aligned(LINE_BYTES)));

/* A thread's part, on lines of its own. */
struct user {
	struct atom inside;  /* epochs: epoch * 2 + 1, or 0; percpu_ref: it looks at a count */
	struct link hazard;  /* the object that it uses */
	struct link queue;   /* biased: objects that others ask it to merge */
	struct link retired; /* objects that wait for their end; no other thread looks */
	struct atom part[];  /* percpu_ref: counts, by the index of the object */
} __attribute__((aligned(LINE_BYTES)));

/* What threads and objects share. */
struct refs {
	struct atom epoch;
	uint32_t threads, objects;
	size_t user_bytes;
	struct user *users; /* by user_of() */
	/* The last user is gone. Called once for each object, by the thread that found that out. */
	void (*free)(struct refs *refs, struct counted *object, struct locker *me);
	void *context; /* of free() */
} __attribute__((aligned(LINE_BYTES)));

struct ref_ops {
	size_t object_bytes; /* of an object */
	size_t thread_bytes; /* of a thread, whatever objects there are */
	size_t part_bytes;   /* of each thread for each object */
	/*
	 * Make @object one that thread @owner counted @references of, and other threads @others;
	 * at least one. Context: no other thread sees it yet.
	 */
	void (*bear)(struct refs *refs, struct counted *object, uint32_t references,
		     uint32_t others, uint32_t owner);
	/*
	 * Take a reference. A scheme that finds objects takes the one in @place, and returns NULL
	 * where there is none; any other takes @object, which the caller has one of already.
	 */
	struct counted *(*get)(struct refs *refs, struct link *place, struct counted *object,
			       struct locker *me);
	/* Drop one, or end the use of what a get returned. */
	void (*put)(struct refs *refs, struct counted *object, struct locker *me);
	/*
	 * Put @next, or NULL, in the place of @object and drop the reference that it was born
	 * with. Context: one thread, once; where nothing is found, a thread that has a reference.
	 */
	void (*end)(struct refs *refs, struct link *place, struct counted *object,
		    struct counted *next, struct locker *me);
	/* What a thread has to do now and then. Context: it uses no object. */
	void (*tend)(struct refs *refs, struct locker *me);
	/* The thread takes part no longer; what it had to free is free. Context: as tend. */
	void (*leave)(struct refs *refs, struct locker *me);
	/* The measuring loops with those inlined; NULL in the model. See ref_loop.h. */
	void (*loop)(struct member *member);
	void (*last_loop)(struct member *member);
};

struct ref_row {
	const char *slug, *says, *source, *get, *last;
	uint32_t year;
	bool finds, may_wait, control;
	const struct ref_ops *ops;
};

/* By enum refcount_id. */
extern const struct ref_row ref_table[REFCOUNT_COUNT];

static inline struct user *user_of(const struct refs *refs, uint32_t index)
{
	return (struct user *)(void *)((char *)refs->users + index * refs->user_bytes);
}

/* Bytes of a thread's part, in whole lines. */
static inline size_t user_bytes(uint32_t objects)
{
	size_t bytes = sizeof(struct user) + objects * sizeof(struct atom);

	return (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
}

/*
 * @users: user_bytes(@objects) for each of @threads. Objects have their index from the caller.
 * Context: no other thread sees @refs yet.
 */
static inline void refs_init(struct refs *refs, struct user *users, uint32_t threads,
			     uint32_t objects)
{
	atom_init(&refs->epoch, 0);
	refs->threads = threads;
	refs->objects = objects;
	refs->user_bytes = user_bytes(objects);
	refs->users = users;
	for (uint32_t i = 0; i < threads; i++) {
		struct user *user = user_of(refs, i);

		atom_init(&user->inside, 0);
		link_init(&user->hazard, NULL);
		link_init(&user->queue, NULL);
		link_init(&user->retired, NULL);
		for (uint32_t object = 0; object < objects; object++)
			atom_init(&user->part[object], 0);
	}
}

#endif
