/* Everything that C11 has of threads and atomics, and what programs use of libraries. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

struct pair {
	long a, b;
};

static atomic_int number;
static atomic_flag flag = ATOMIC_FLAG_INIT;
static _Atomic unsigned char byte;
static _Atomic short half;
static _Atomic uint64_t word;
static _Atomic(void *) pointer;
static _Atomic struct pair wide;
static _Atomic double real;
static atomic_bool yes;
static volatile int shown;
static _Thread_local int mine;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spinlock;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static sem_t semaphore;
static mtx_t mtx;
static cnd_t cnd;
static tss_t tss;
static once_flag first = ONCE_FLAG_INIT;
static jmp_buf back;

static void initialise(void)
{
	pthread_key_create(&key, free);
	tss_create(&tss, NULL);
	mtx_init(&mtx, mtx_plain);
	cnd_init(&cnd);
}

static void nothing(void)
{
}

static void atomics(void)
{
	struct pair both = {1, 2};
	int expected = 0;

	atomic_store_explicit(&number, 1, memory_order_release);
	atomic_fetch_add(&number, 1);
	atomic_fetch_sub_explicit(&number, 1, memory_order_relaxed);
	atomic_fetch_or(&byte, 1);
	atomic_fetch_and(&half, 1);
	atomic_fetch_xor(&word, UINT64_C(1) << 40);
	atomic_exchange(&pointer, &shown);
	atomic_compare_exchange_strong(&number, &expected, 5);
	atomic_compare_exchange_weak_explicit(&number, &expected, 5, memory_order_acq_rel,
					      memory_order_acquire);
	atomic_store(&wide, both);
	both = atomic_load(&wide);
	real += 1.5;
	atomic_thread_fence(memory_order_seq_cst);
	atomic_signal_fence(memory_order_acquire);
	while (atomic_flag_test_and_set(&flag))
		thrd_yield();
	atomic_flag_clear(&flag);
	yes = !yes;
	number++;
	__atomic_fetch_nand(&shown, 1, __ATOMIC_SEQ_CST);
	__sync_fetch_and_add(&shown, 1);
	__sync_synchronize();
	__sync_bool_compare_and_swap(&shown, 1, 2);
	__sync_lock_test_and_set(&shown, 1);
	__sync_lock_release(&shown);
}

static void locks(void)
{
	pthread_mutexattr_t attributes;
	struct timespec then = {.tv_sec = 1};

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_lock(&mutex);
	pthread_cond_timedwait(&condition, &mutex, &then);
	pthread_cond_broadcast(&condition);
	pthread_mutex_unlock(&mutex);
	if (!pthread_mutex_trylock(&mutex))
		pthread_mutex_unlock(&mutex);
	pthread_rwlock_rdlock(&rwlock);
	pthread_rwlock_unlock(&rwlock);
	pthread_spin_lock(&spinlock);
	pthread_spin_unlock(&spinlock);
	sem_post(&semaphore);
	sem_wait(&semaphore);
	mtx_lock(&mtx);
	cnd_signal(&cnd);
	mtx_unlock(&mtx);
	call_once(&first, nothing);
	pthread_setspecific(key, malloc(8));
	tss_set(tss, &mine);
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void libraries(const char *format, ...)
{
	int numbers[] = {3, 1, 2}, *found, key_of = 2;
	char text[64], *end, *rest = text;
	va_list arguments;
	struct pair *pairs = calloc(3, sizeof(*pairs)), copy;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	qsort(numbers, 3, sizeof(*numbers), compare);
	found = bsearch(&key_of, numbers, 3, sizeof(*numbers), compare);
	assert(found && *found == 2);
	pairs = realloc(pairs, 5 * sizeof(*pairs));
	copy = pairs[0];
	memcpy(&pairs[1], &copy, sizeof(copy));
	memset(pairs, 0, sizeof(*pairs));
	free(pairs);
	free(strdup(text));
	printf("%s %d %ld %f %" PRIu64 "\n", text, toupper('a'), strtol("12", &end, 10),
	       sqrt(2.0) + fabs(-1.0) + pow(2, 3), (uint64_t)1);
	fprintf(stderr, "%s\n", strerror(EINVAL));
	puts(strtok_r(rest, " ", &rest));
	srand((unsigned int)time(NULL));
	shown = rand() % 3 + abs(-2) + atoi("7") + isdigit('7') + (int)strlen(text);
	usleep(1);
	sched_yield();
	if (!setjmp(back))
		longjmp(back, 1);
	if (getenv("HOME") && getpid() < 0)
		abort();
}

static void *thread(void *argument)
{
	pthread_once(&once, initialise);
	pthread_barrier_wait(&barrier);
	atomics();
	locks();
	mine++;
	return argument;
}

static int short_thread(void *argument)
{
	(void)argument;
	return 1;
}

static void at_end(void)
{
}

int main(void)
{
	pthread_t one, two;
	pthread_attr_t attributes;
	thrd_t three;
	int result;
	unsigned __int128 large = (unsigned __int128)UINT64_MAX * 3;

	atexit(at_end);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_JOINABLE);
	pthread_spin_init(&spinlock, 0);
	pthread_barrier_init(&barrier, NULL, 2);
	sem_init(&semaphore, 0, 0);
	pthread_create(&one, &attributes, thread, NULL);
	pthread_create(&two, NULL, thread, NULL);
	thrd_create(&three, short_thread, NULL);
	thrd_join(three, &result);
	pthread_join(one, NULL);
	pthread_join(two, NULL);
	libraries("%d", 1);
	return (int)(large / 7 % 2) ? EXIT_SUCCESS : 0;
}
