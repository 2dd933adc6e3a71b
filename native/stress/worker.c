/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include <errno.h>
#include <string.h>

#include "park.h"
#include "own_open.h"
#include "spinlocks.h"

_Static_assert((int)PLAN_MAX_minors <= (int)DM_MINORS, "a device mapper has a number for each");
_Static_assert((int)PLAN_MAX_fail_queue == 1000 && (int)PLAN_MAX_fail_layer == 1000,
	       "failures are drawn per mille");
_Static_assert(OP_COUNT <= OP_ROWS_MAX, "a report has room for every operation");

int worker_init(struct worker *worker, struct run *run, uint32_t index)
{
	worker->run = run;
	worker->index = index;
	worker->random = (run->plan.seed * 64 + index + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	pthread_mutex_init(&worker->faults.lock, NULL);
	return run->has_programs ? tally_init(&worker->tally, run->outcome_width) : 0;
}

void worker_free(struct worker *worker)
{
	pthread_mutex_destroy(&worker->faults.lock);
	tally_free(&worker->tally);
}

int64_t worker_run(struct worker *worker, struct player *player, enum op_code op, uint32_t minor)
{
	const struct step step = {.op = op, .minor = minor, .name = DM_OWN_NAME};

	return worker_step(worker, player, &step);
}

int64_t worker_step(struct worker *worker, struct player *player, const struct step *step)
{
	uint64_t before;
	int64_t result;

	if (!worker->run->plan.latency) {
		result = player_step(player, step);
	} else {
		before = ticks();
		result = player_step(player, step);
		histogram_add(&worker->latency[step->op], ticks() - before);
	}
	worker_count(worker, step->op, result);
	return result;
}

void worker_count_unfinished(struct worker *worker, const struct player *player)
{
	if (player->op != NO_OP)
		worker_count(worker, (enum op_code)player->op, player->faulted ? -EFAULT : -EINTR);
}

/* The entry for a fault like @event, a new one if there is room, else the last. */
static struct fault_entry *entry_for(struct fault_log *log, const struct fault_event *event,
				     uint32_t op)
{
	for (uint32_t i = 0; i < log->count; i++) {
		const struct fault_note *note = &log->entry[i].note;

		if (note->kind == event->kind && note->site->text == event->site->text &&
		    note->op == op)
			return &log->entry[i];
	}
	if (log->count < FAULTS_APART_MAX)
		log->count++;
	return &log->entry[log->count - 1];
}

void run_record(void *context, struct task *t, const struct fault_event *event)
{
	struct run *run = context;
	struct player *player = container_of(t, struct player, task);
	struct fault_log *log = &run->workers[event->cpu].faults;
	struct fault_entry *entry;

	player->faulted = true;
	pthread_mutex_lock(&log->lock);
	entry = entry_for(log, event, player->op);
	if (!entry->note.count) {
		struct fault_note *note = &entry->note;

		note->kind = event->kind;
		note->cpu = event->cpu;
		note->op = player->op;
		note->minor = player->minor;
		note->at_ns = clock_ns() - run->began_ns;
		note->world = atomic_load(&run->epoch);
		note->site = event->site;
		strncpy(note->message, event->message, sizeof(note->message) - 1);
	}
	entry->note.count++;
	pthread_mutex_unlock(&log->lock);
	if (atomic_fetch_add(&run->fault_total, 1) + 1 >= run->plan.max_faults &&
	    run->plan.max_faults)
		run_finish(run);
	if (run->plan.stop_on_fault)
		run_finish(run);
}

struct world_config run_world_config(struct run *run, uint32_t cpus)
{
	return (struct world_config){
		.cpus = cpus,
		.minors = (uint32_t)run->plan.minors,
		.patches = run->plan.patches,
		/* A lock of the user's was loaded to be the lock. */
		.lock_kind = own_lock_count() ? LOCK_COUNT : (unsigned int)run->plan.lock,
		.lock_maker = &spinlock_maker,
		.fail_queue_permille = (unsigned int)run->plan.fail_queue,
		.fail_layer_permille = (unsigned int)run->plan.fail_layer,
		.seed = run->plan.seed,
		.recorder = {.record = run_record, .context = run},
	};
}

bool run_is_over(const struct run *run)
{
	return atomic_load_explicit(&run->stopping, memory_order_relaxed);
}

void run_finish(struct run *run)
{
	atomic_store(&run->stopping, true);
}

void run_starve(struct run *run)
{
	atomic_store(&run->error, -ENOMEM);
	run_finish(run);
}

uint64_t run_ops(const struct run *run)
{
	uint64_t ops = 0;

	for (uint32_t i = 0; i < run->threads; i++)
		for (uint32_t op = 0; op < OP_COUNT; op++)
			for (uint32_t row = 0; row < STAT_ROWS; row++)
				ops += atomic_load_explicit(&run->workers[i].stat[op][row],
							    memory_order_relaxed);
	return ops;
}
