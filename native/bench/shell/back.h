/* SPDX-License-Identifier: MIT */
/* Behind a lock of the user's: what makes a plug of it. See front.h. */
#ifndef DMTORTURE_ATOM_LOCK
#include "names.h"
#ifdef __cplusplus
#define _Static_assert static_assert
#define _Alignof alignof
#else
#define IS(verb, type) _Generic(&(verb), type : 1, default : 0)
_Static_assert(IS(lock_init, void (*)(lock_t *)), "lock_init is not void lock_init(lock_t *)");
#ifdef DMTORTURE_LOCK_NODES
_Static_assert(IS(lock_acquire, void (*)(lock_t *, lock_node_t *)),
	       "lock_acquire is not void lock_acquire(lock_t *, lock_node_t *)");
_Static_assert(IS(lock_release, void (*)(lock_t *, lock_node_t *)),
	       "lock_release is not void lock_release(lock_t *, lock_node_t *)");
#else
_Static_assert(IS(lock_acquire, void (*)(lock_t *)),
	       "lock_acquire is not void lock_acquire(lock_t *)");
_Static_assert(IS(lock_release, void (*)(lock_t *)),
	       "lock_release is not void lock_release(lock_t *)");
#endif
#endif

#if defined(DMTORTURE_LOCK_CLASS)
#define PLAIN_INIT(l) new (l) lock_t()
#define PLAIN_ACQUIRE(l, n) (l)->lock()
#define PLAIN_RELEASE(l, n) (l)->unlock()
#elif defined(DMTORTURE_LOCK_NODES)
#define PLAIN_INIT(l) lock_init(l)
#define PLAIN_ACQUIRE(l, n) lock_acquire((l), (lock_node_t *)(void *)(n))
#define PLAIN_RELEASE(l, n) lock_release((l), (lock_node_t *)(void *)(n))
_Static_assert(sizeof(lock_node_t) <= sizeof(struct node),
	       "lock_node_t has more than the 128 bytes that there are for it");
#else
#define PLAIN_INIT(l) lock_init(l)
#define PLAIN_ACQUIRE(l, n) lock_acquire(l)
#define PLAIN_RELEASE(l, n) lock_release(l)
#endif
_Static_assert(_Alignof(lock_t) <= _Alignof(struct node),
	       "lock_t is aligned to more than 128 bytes");

static void plain_make(void *lock, struct node *nodes, uint32_t threads)
{
	/* A lock may be made again where it was. */
	__builtin_memset((void *)nodes, 0, (threads + 1) * sizeof(*nodes));
	__builtin_memset(lock, 0, sizeof(lock_t));
	PLAIN_INIT((lock_t *)lock);
}

static inline void plain_acquire(void *lock, struct locker *me)
{
	(void)me;
	PLAIN_ACQUIRE((lock_t *)lock, me->node);
}

static inline void plain_release(void *lock, struct locker *me)
{
	(void)me;
	PLAIN_RELEASE((lock_t *)lock, me->node);
}

static void plain_loop(struct member *member)
{
	lock_loop(member, plain_acquire, plain_release);
}

static const struct lock_ops own_ops = {
	sizeof(lock_t), plain_make, plain_acquire,
	plain_release,	plain_loop, plain_acquire,
	false,		0,	    0,
};
#define CAN_LEAVE 0
#else
#define CAN_LEAVE 1
#endif

static int serves_in_order(void)
{
#ifdef DMTORTURE_LOCK_FIFO
	return (lock_fifo) != 0;
#else
	return 0;
#endif
}

#ifdef __cplusplus
extern "C" {
#endif
__attribute__((visibility("default"))) extern const struct plug dmtorture_plug;
const struct plug dmtorture_plug = {
	PLUG_VERSION, sizeof(struct locker), CAN_LEAVE, serves_in_order, &own_ops, &shell_calls,
};
#ifdef __cplusplus
}
#endif
