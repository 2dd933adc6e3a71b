/* SPDX-License-Identifier: MIT */
/* An addon with a use after free and a data race, that sanitizers.mjs has to report. */
#include <pthread.h>
#include <stdlib.h>
#include <node_api.h>

static int counter;

static void *count(void *unused)
{
	for (int i = 0; i < 100000; i++)
		counter++;
	return unused;
}

/* Volatile, so that no compiler sees what is wrong with it. */
static int use_after_free(void)
{
	int *volatile number = malloc(sizeof(*number));

	*number = 1;
	free(number);
	return *number;
}

NAPI_MODULE_INIT()
{
	pthread_t thread;
	napi_value result;

	(void)exports;
	if (pthread_create(&thread, NULL, count, NULL))
		return NULL;
	count(NULL);
	pthread_join(thread, NULL);
	napi_create_int32(env, use_after_free() + counter, &result);
	return result;
}
