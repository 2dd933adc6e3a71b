/* SPDX-License-Identifier: MIT */
/*
 * ABA in a lock-free stack: the top is the same address again, and another node. Nodes are freed
 * under a lock, so that pop() never reads one that is gone. That is not enough where malloc() gives
 * memory again that was freed, and only there the bug shows.
 *
 *     npx dmtorture explore aba.c --heap fresh
 *     npx dmtorture explore aba.c --heap reuse
 *     npx dmtorture explore aba.c --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct node {
	struct node *next;
};

static _Atomic(struct node *) top;
static pthread_mutex_t freeing = PTHREAD_MUTEX_INITIALIZER;

static void push(void)
{
	struct node *node = malloc(sizeof(*node));

	node->next = top;
	while (!atomic_compare_exchange_weak(&top, &node->next, node))
		;
}

static struct node *pop(void)
{
	struct node *node, *next;
	int popped;

	do {
		pthread_mutex_lock(&freeing);
		node = top;
		next = node ? node->next : NULL;
#ifdef FIXED
		popped = atomic_compare_exchange_strong(&top, &node, next);
		pthread_mutex_unlock(&freeing);
#else
		pthread_mutex_unlock(&freeing);
		/* BUG: node may be freed and be on top again by now, before another next */
		popped = atomic_compare_exchange_strong(&top, &node, next);
#endif
	} while (!popped);
	return node;
}

static void drop(struct node *node)
{
	pthread_mutex_lock(&freeing);
	free(node);
	pthread_mutex_unlock(&freeing);
}

static void *take_one(void *unused)
{
	drop(pop());
	return unused;
}

int main(void)
{
	struct node *first, *second;
	pthread_t taker;

	push();
	push();
	pthread_create(&taker, NULL, take_one, NULL);
	first = pop();
	second = pop();
	drop(first);
	push();
	drop(second);
	pthread_join(taker, NULL);
	while (top)
		drop(pop());
	return 0;
}
