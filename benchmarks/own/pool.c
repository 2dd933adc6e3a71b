// A file of some hundred lines, as users have them: the time to a first verdict is measured with
// it. Jobs go through a queue to a worker, and results into a table. With -DBUG main() looks at the
// table without its lock.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS = 2, BUCKETS = 4, NAME_BYTES = 16 };

struct job {
	struct job *next;
	int number;
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct job *first;
};

struct result {
	char name[NAME_BYTES];
	int value;
};

struct table {
	pthread_mutex_t lock;
	struct result buckets[BUCKETS];
	atomic_int count;
};

static struct queue queue = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL};
static struct table table = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void queue_put(struct queue *q, int number)
{
	struct job *job = malloc(sizeof(*job));

	job->number = number;
	pthread_mutex_lock(&q->lock);
	job->next = q->first;
	q->first = job;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

static struct job *queue_take(struct queue *q)
{
	struct job *job;

	pthread_mutex_lock(&q->lock);
	while (q->first == NULL)
		pthread_cond_wait(&q->filled, &q->lock);
	job = q->first;
	q->first = job->next;
	pthread_mutex_unlock(&q->lock);
	return job;
}

static void table_set(struct table *t, int number, int value)
{
	struct result *result = &t->buckets[number % BUCKETS];

	pthread_mutex_lock(&t->lock);
	snprintf(result->name, sizeof(result->name), "job %d", number);
	result->value = value;
	pthread_mutex_unlock(&t->lock);
	atomic_fetch_add(&t->count, 1);
}

static int table_get(struct table *t, int number)
{
	const struct result *result = &t->buckets[number % BUCKETS];
	int value;

#ifdef BUG
	return result->value;
#endif
	pthread_mutex_lock(&t->lock);
	value = result->value;
	pthread_mutex_unlock(&t->lock);
	return value;
}

static void *worker(void *unused)
{
	for (int i = 0; i < JOBS; i++) {
		struct job *job = queue_take(&queue);

		table_set(&table, job->number, job->number * job->number);
		free(job);
	}
	return unused;
}

int main(void)
{
	pthread_t thread;
	int value;

	pthread_create(&thread, NULL, worker, NULL);
	for (int number = 1; number <= JOBS; number++)
		queue_put(&queue, number);
	value = table_get(&table, JOBS);
	pthread_join(thread, NULL);
	assert(value == 0 || value == JOBS * JOBS);
	assert(atomic_load(&table.count) == JOBS);
	return 0;
}
