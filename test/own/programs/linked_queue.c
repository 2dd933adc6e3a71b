/* SPDX-License-Identifier: MIT */
/* A queue with a lock at each end and a node between them that is freed too early. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct node {
	_Atomic(struct node *) next;
	int item;
};

static pthread_mutex_t head_lock = PTHREAD_MUTEX_INITIALIZER, tail_lock = PTHREAD_MUTEX_INITIALIZER;
static struct node *head, *tail;

static struct node *node_of(int item)
{
	struct node *n = malloc(sizeof(*n));

	atomic_init(&n->next, NULL);
	n->item = item;
	return n;
}

static void *put(void *unused)
{
	struct node *n = node_of(7);

	pthread_mutex_lock(&tail_lock);
	tail->next = n; /* expect: use-after-free */
	tail = n;
	pthread_mutex_unlock(&tail_lock);
	return unused;
}

static void *get(void *unused)
{
	struct node *first, *next;

	pthread_mutex_lock(&head_lock);
	first = head;
	next = first->next;
	if (next)
		head = next;
	pthread_mutex_unlock(&head_lock);
#ifdef FIXED
	if (next)
#endif
		free(first); /* expect: data-race */
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	head = tail = node_of(0);
	pthread_create(&threads[0], NULL, put, NULL);
	pthread_create(&threads[1], NULL, get, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
