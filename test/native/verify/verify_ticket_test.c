/* SPDX-License-Identifier: MIT */
/* Tickets of locks: 100,000 survive the way to text and back, and what is forged is refused. */
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "lock_ticket.h"
#include "seal.h"
#include "site.h"

#define TICKETS 100000
#define DEVIATIONS_MAX 12

static uint64_t dice = 1;

static uint32_t draw(uint32_t below)
{
	return fibers_draw(&dice, below);
}

/* Anything that a search could have found, and more. */
static void draw_trial(struct trial *trial, struct lock_sites *sites, uint8_t *weaker)
{
	uint32_t locks[LOCK_COUNT];
	size_t count = kit_locks(locks);

	*trial = (struct trial){.sites = sites,
				.memory = draw(EXPLORE_MEMORIES),
				.size = {.threads = 2 + draw(7), .rounds = 1 + draw(16)},
				.weaker = weaker};
	switch (draw(3)) {
	case 0:
		CHECK(subject_of(VERIFY_LOCK, locks[draw((uint32_t)count)], &trial->subject));
		break;
	case 1:
		trial->size.writers = 1 + draw(trial->size.threads);
		CHECK(subject_of(VERIFY_RWLOCK, draw(RWLOCK_ID_broken_rwlock + 1),
				 &trial->subject));
		break;
	default:
		trial->size.objects = 1 + draw(VERIFY_OBJECTS_MAX);
		CHECK(subject_of(VERIFY_REFCOUNT, draw(REFCOUNT_COUNT), &trial->subject));
	}
	trial->c11_sequences = trial->memory == EXPLORE_RC11 && draw(2);
	lock_sites_of(subject_slug(&trial->subject), sites);
	memset(weaker, 0, LOCK_SITES_MAX);
	for (uint32_t i = 0; i < sites->count; i++)
		if (!draw(4))
			weaker[i] = (uint8_t)(1 + draw(ORDER_SEQ_CST));
}

static void draw_fault(struct explore_fault *fault, struct deviation *deviation)
{
	static const struct site *site;
	uint32_t step = 0;

	site = SITE("counter");
	*fault = (struct explore_fault){.kind = draw(FAULT_COUNT),
					.site = site,
					.schedule = {draw(DEVIATIONS_MAX), deviation}};
	for (uint32_t i = 0; i < fault->schedule.count; i++) {
		deviation[i] = (struct deviation){
			.step = step, .cpu = draw(16), .option = draw(3) ? 0 : draw(256)};
		step += 1 + draw(300);
	}
}

static bool same_schedule(const struct schedule *a, const struct schedule *b)
{
	return a->count == b->count &&
	       (!a->count || !memcmp(a->deviation, b->deviation, a->count * sizeof(*a->deviation)));
}

static void survive_the_way(void)
{
	struct deviation deviation[DEVIATIONS_MAX];
	uint32_t survived = 0;

	for (uint32_t i = 0; i < TICKETS; i++) {
		uint8_t weaker[LOCK_SITES_MAX];
		struct explore_fault fault;
		struct lock_ticket ticket;
		struct lock_sites sites;
		struct trial trial;
		uint32_t way;
		char *text;

		draw_trial(&trial, &sites, weaker);
		draw_fault(&fault, deviation);
		way = draw(subject_ways(&trial.subject));
		text = lock_ticket_write(&trial, way, &fault);
		if (text && lock_ticket_read(text, &ticket) == VERIFY_TICKET_FINE) {
			survived += ticket.subject.row == trial.subject.row &&
				    ticket.subject.count == trial.subject.count &&
				    ticket.way == way && ticket.memory == trial.memory &&
				    !memcmp(&ticket.size, &trial.size, sizeof(trial.size)) &&
				    ticket.c11_sequences == trial.c11_sequences &&
				    ticket.fault.kind == fault.kind &&
				    ticket.fault.site == site_digest(fault.site->func, "counter") &&
				    !memcmp(ticket.weaker, weaker, LOCK_SITES_MAX) &&
				    same_schedule(&ticket.schedule, &fault.schedule);
			schedule_free(&ticket.schedule);
		}
		free(text);
	}
	CHECK_EQ(survived, TICKETS);
}

/* What a ticket holds in front of its schedule. */
struct forged {
	const char *name;
	uint64_t subject, threads, rounds, memory, c11, fault, orders, number, digest, order;
	enum verify_ticket_error error;
};

static char *forge(const struct forged *forged)
{
	struct bytes b = {0};

	put_number(&b, forged->subject);
	put_number(&b, strlen(forged->name));
	for (const char *at = forged->name; *at; at++)
		put_byte(&b, (uint8_t)*at);
	put_number(&b, forged->threads);
	put_number(&b, forged->rounds);
	put_number(&b, forged->memory);
	put_number(&b, forged->c11);
	put_number(&b, forged->fault);
	put_number(&b, 1);
	put_number(&b, forged->orders);
	if (forged->orders) {
		put_number(&b, forged->number);
		put_number(&b, forged->digest);
		put_number(&b, forged->order);
	}
	put_number(&b, 0);
	put_number(&b, 0);
	return seal(VERIFY_TICKET_PREFIX, &b);
}

static void forged_ones_are_refused(void)
{
	const uint64_t digest = site_digest("tas_acquire", "swap(&l->taken, 1)");
	const struct forged all[] = {
		{"tas", 67, 2, 1, 2, 0, 1, 1, 0, digest, 2, VERIFY_TICKET_FINE},
		{"tas", 66, 2, 1, 2, 0, 1, 1, 0, digest, 2, VERIFY_TICKET_FOREIGN},
		{"tos", 67, 2, 1, 2, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_CHANGED},
		{"pthread_mutex", 67, 2, 1, 2, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_CHANGED},
		{"tas", 67, 1, 1, 2, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 9, 1, 2, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 0, 2, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 17, 2, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 1, 3, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 1, 0, 1, 1, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 1, 2, 2, 1, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 1, 2, 0, 99, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 1, 2, 0, 1, 1, 0, digest, 0, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 1, 2, 0, 1, 1, 0, digest, 6, VERIFY_TICKET_MEANINGLESS},
		{"tas", 67, 2, 1, 2, 0, 1, 1, 1, digest, 2, VERIFY_TICKET_CHANGED},
		{"tas", 67, 2, 1, 2, 0, 1, 1, 2, digest, 2, VERIFY_TICKET_CHANGED},
		{"tas", 67, 2, 1, 2, 0, 1, 1, 0, digest + 1, 2, VERIFY_TICKET_CHANGED},
		{"tas", 67, UINT64_MAX, 1, 2, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_MEANINGLESS},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char *text = forge(&all[i]);
		struct lock_ticket ticket;

		CHECK_EQ(lock_ticket_read(text, &ticket), all[i].error);
		CHECK_EQ(verify_is_ticket(text), all[i].subject == VERIFY_TICKET_SUBJECT);
		if (all[i].error == VERIFY_TICKET_FINE)
			schedule_free(&ticket.schedule);
		free(text);
	}
}

static void damaged_ones_are_refused(void)
{
	const struct forged fine = {"mcs", 67, 2, 1, 2, 0, 1, 0, 0, 0, 0, VERIFY_TICKET_FINE};
	char *text = forge(&fine);
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++) {
		struct lock_ticket ticket;
		char kept = text[i];

		text[i] = kept == 'A' ? 'B' : 'A';
		CHECK_EQ(lock_ticket_read(text, &ticket), i < strlen(VERIFY_TICKET_PREFIX)
								  ? VERIFY_TICKET_FOREIGN
								  : VERIFY_TICKET_DAMAGED);
		text[i] = kept;
	}
	free(text);
}

static const struct test tests[] = {
	{"tickets survive the way to text and back", survive_the_way},
	{"forged tickets are refused", forged_ones_are_refused},
	{"damaged tickets are refused", damaged_ones_are_refused},
};
TESTS(tests)
