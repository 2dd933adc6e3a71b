/* SPDX-License-Identifier: MIT */
#include "worker.h"

void gate_init(struct gate *gate, uint32_t threads)
{
	pthread_mutex_init(&gate->lock, NULL);
	pthread_cond_init(&gate->open, NULL);
	gate->threads = threads;
	gate->waiting = 0;
	gate->turn = 0;
}

void gate_destroy(struct gate *gate)
{
	pthread_mutex_destroy(&gate->lock);
	pthread_cond_destroy(&gate->open);
}

void gate_pass(struct gate *gate, void (*last)(void *context), void *context)
{
	uint64_t turn;

	pthread_mutex_lock(&gate->lock);
	turn = gate->turn;
	if (++gate->waiting == gate->threads) {
		last(context);
		gate->waiting = 0;
		gate->turn++;
		pthread_cond_broadcast(&gate->open);
	}
	while (turn == gate->turn)
		pthread_cond_wait(&gate->open, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}
