/* SPDX-License-Identifier: MIT */
/*
 * The plug of a lock in plain C11 or C++, behind the file itself: that is included, so that its
 * verbs are inlined into the loop, whatever they are declared as.
 */
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

static const struct lock_ops plain_ops = {
	sizeof(lock_t), plain_make, plain_acquire, plain_release, plain_loop, plain_acquire,
};

#ifdef DMTORTURE_LOCK_FIFO
MAKE_PLUG(lock_fifo, 0, &plain_ops);
#else
MAKE_PLUG(0, 0, &plain_ops);
#endif
