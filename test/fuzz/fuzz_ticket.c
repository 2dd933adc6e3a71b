/* SPDX-License-Identifier: MIT */
/*
 * Tickets out of a mail, a log or a forger's hands. The first byte says how the rest is taken: as
 * the text of a ticket, or as what stands in one of this version, of version 1 or of a model, which
 * is sealed here with a checksum that fits, since nobody guesses one. What can be read is replayed.
 */
#include <errno.h>

#include "explore.h"
#include "explore_engine.h"
#include "fuzz.h"

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static uint32_t crc32_of(const uint8_t *data, size_t size)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size * 8; i++) {
		uint32_t bit = (crc ^ data[i / 8] >> i % 8) & 1;

		crc = crc >> 1 ^ (bit ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* The ticket that begins with @prefix and says @data. To be freed. */
static char *seal(const char *prefix, const uint8_t *data, size_t size)
{
	uint32_t crc = crc32_of(data, size);
	size_t bits = (size + sizeof(crc)) * 8, at = strlen(prefix);
	uint8_t *all = malloc(size + sizeof(crc));
	char *text = malloc(at + bits / 6 + 2);

	MUST(all && text);
	if (size)
		memcpy(all, data, size);
	for (size_t i = 0; i < sizeof(crc); i++)
		all[size + i] = (uint8_t)(crc >> 8 * i);
	memcpy(text, prefix, at);
	for (size_t bit = 0; bit < bits; bit += 6) {
		uint32_t digit = 0;

		for (size_t k = bit; k < bit + 6; k++)
			digit = digit << 1 |
				(k < bits ? (uint32_t)all[k / 8] >> (7 - k % 8) & 1 : 0);
		text[at++] = base64url[digit];
	}
	text[at] = '\0';
	free(all);
	return text;
}

static void check_round_trip(const struct ticket *ticket)
{
	char *text = ticket_encode(ticket);
	struct ticket again;

	MUST(text && ticket_decode(text, &again) == TICKET_FINE);
	MUST(again.patches == ticket->patches && again.lock == ticket->lock);
	MUST(again.run_on == ticket->run_on && again.fault == ticket->fault);
	MUST(again.site == ticket->site);
	MUST(again.word_count == ticket->word_count);
	MUST(!memcmp(again.words, ticket->words, ticket->word_count * sizeof(*again.words)));
	MUST(again.deviation_count == ticket->deviation_count);
	for (size_t i = 0; i < again.deviation_count; i++)
		MUST(again.steps[i] == ticket->steps[i] && again.cpus[i] == ticket->cpus[i]);
	ticket_free(&again);
	free(text);
}

static void check_text(const char *text)
{
	enum ticket_error error, error_of_replay;
	struct replayed replayed;
	struct ticket ticket;
	int r;

	error = ticket_decode(text, &ticket);
	MUST(strlen(ticket_error_text(error)) > 0);
	if (error == TICKET_FINE) {
		check_round_trip(&ticket);
		ticket_free(&ticket);
	}
	r = explore_replay(text, &replayed, &error_of_replay);
	if (r == 0)
		replayed_free(&replayed);
	else
		MUST(r == -EINVAL || (r == -EBADMSG && error_of_replay != TICKET_FINE));
	MUST(error == TICKET_FINE || r == -EBADMSG);
}

/* The model of tickets of models: two threads that add 1. */
struct counter {
	struct machine machine;
	struct word value;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;

	(void)context;
	machine_init(&((struct counter *)memory)->machine, &nobody);
	return &((struct counter *)memory)->machine;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct word *value = &((struct counter *)memory)->value;

	(void)context;
	(void)cpu;
	point(t, POINT_RMW, value, SITE("value++"));
	word_add(t, value, 1);
	return 0;
}

/* Of the model "m". */
static void check_model_text(const char *text)
{
	const struct explore_model model = {.threads = 2,
					    .memory_bytes = sizeof(struct counter),
					    .init = init,
					    .thread = thread};
	struct explore_replayed replayed;
	int r = explore_model_replay(&model, "m", text, NULL, &replayed);

	MUST(r == 0 || (r == -EBADMSG && replayed.refused[0]));
	MUST((r == 0) == (replayed.diagram != NULL));
	explore_replayed_free(&replayed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	uint8_t how = take_byte(&in);
	char *text;

	if (how & 1) {
		text = malloc(in.left + 1);
		MUST(text);
		if (in.left)
			memcpy(text, in.data, in.left);
		text[in.left] = '\0';
	} else if (how & 4) {
		text = seal("dmm1.", in.data, in.left);
	} else {
		text = seal(how & 2 ? "dmt1." : TICKET_PREFIX, in.data, in.left);
	}
	check_text(text);
	check_model_text(text);
	free(text);
	return 0;
}
