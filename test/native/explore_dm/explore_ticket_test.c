/* SPDX-License-Identifier: MIT */
/* Tickets: the round trip at any length, and what is refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "explore_engine.h"
#include "patches.h"
#include "seal.h"
#include "site.h"

#define ROUND_TRIPS 100000
#define LENGTH_MAX 4096

static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint32_t words[LENGTH_MAX], steps[LENGTH_MAX], cpus[LENGTH_MAX], options[LENGTH_MAX];

static struct ticket random_ticket(uint64_t *state)
{
	uint32_t scale = draw(state) % 64 ? 24 : LENGTH_MAX, step = 0;
	struct ticket t = {.words = words, .steps = steps, .cpus = cpus, .options = options};

	t.memory = (uint32_t)draw(state) % MODEL_COUNT;
	t.c11_sequences = t.memory == MODEL_RC11 && draw(state) & 1;
	t.patches = draw(state);
	t.site = draw(state) % 4 ? (uint32_t)draw(state) >> 11 : 0;
	t.lock = (uint32_t)draw(state) % 3;
	t.run_on = draw(state) & 1;
	t.fault = draw(state) % 8 ? (uint32_t)draw(state) % 32 : TICKET_NO_FAULT;
	t.word_count = draw(state) % scale;
	t.deviation_count = draw(state) % scale;
	for (size_t i = 0; i < t.word_count; i++)
		words[i] = draw(state) % 4 ? (uint32_t)draw(state) : (uint32_t)draw(state) % 16;
	for (size_t i = 0; i < t.deviation_count; i++) {
		step += (i != 0) + (uint32_t)(draw(state) % (draw(state) % 4 ? 20 : 1000));
		steps[i] = step;
		cpus[i] = (uint32_t)draw(state) % 8;
		options[i] = t.memory && !(draw(state) % 3) ? 1 + (uint32_t)draw(state) % 255 : 0;
	}
	return t;
}

static bool same(const struct ticket *a, const struct ticket *b)
{
	return a->memory == b->memory && a->c11_sequences == b->c11_sequences &&
	       (!b->memory ||
		!memcmp(a->options, b->options, a->deviation_count * sizeof(*a->options))) &&
	       a->patches == b->patches && a->lock == b->lock && a->run_on == b->run_on &&
	       a->fault == b->fault && a->site == b->site && a->word_count == b->word_count &&
	       a->deviation_count == b->deviation_count &&
	       !memcmp(a->words, b->words, a->word_count * sizeof(*a->words)) &&
	       !memcmp(a->steps, b->steps, a->deviation_count * sizeof(*a->steps)) &&
	       !memcmp(a->cpus, b->cpus, a->deviation_count * sizeof(*a->cpus));
}

static void round_trips(void)
{
	uint64_t state = 88172645463325252u;
	uint32_t lost = 0;

	for (uint32_t i = 0; i < ROUND_TRIPS; i++) {
		struct ticket out = random_ticket(&state), in;
		char *text = ticket_encode(&out);

		if (ticket_decode(text, &in) != TICKET_FINE || !same(&out, &in))
			lost++;
		ticket_free(&in);
		free(text);
	}
	CHECK_EQ(lost, 0);
}

/* More programs than eight have deviations to all of them; that is seen by the programs. */
static void many_cpus(void)
{
	struct ticket out = {.words = words, .steps = steps, .cpus = cpus}, in;
	char *text;

	words[0] = words[1] = 0;
	for (out.word_count = 2; out.word_count < 2 + 2 * PROGRAM_CPUS_MAX; out.word_count += 2) {
		words[out.word_count] = 1;
		words[out.word_count + 1] = out.word_count << 8 | OP_GET;
	}
	for (uint32_t i = 0; i < PROGRAM_CPUS_MAX; i++) {
		steps[i] = 3 * i;
		cpus[i] = PROGRAM_CPUS_MAX - 1 - i;
	}
	out.deviation_count = PROGRAM_CPUS_MAX;
	text = ticket_encode(&out);
	CHECK_EQ(ticket_decode(text, &in), TICKET_FINE);
	CHECK(same(&out, &in));
	ticket_free(&in);
	free(text);
}

/* A ticket with one character changed or missing is never taken for another. */
static void damage_is_seen(void)
{
	uint64_t state = 362436069u;
	uint32_t taken = 0;

	for (uint32_t i = 0; i < 20000; i++) {
		struct ticket out = random_ticket(&state), in;
		char *text = ticket_encode(&out);
		size_t length = strlen(text), at = 5 + draw(&state) % (length - 5);
		char was = text[at];

		if (draw(&state) & 1)
			text[at] = was == 'x' ? 'y' : 'x';
		else
			memmove(text + at, text + at + 1, length - at);
		if (ticket_decode(text, &in) == TICKET_FINE) {
			taken += !same(&out, &in);
			ticket_free(&in);
		}
		free(text);
	}
	CHECK_EQ(taken, 0);
}

static void refusals(void)
{
	struct ticket out = {.patches = 1, .fault = 2}, in;
	char *text = ticket_encode(&out), spaced[256];

	CHECK_EQ(ticket_decode("", &in), TICKET_FOREIGN);
	CHECK_EQ(ticket_decode("hello", &in), TICKET_FOREIGN);
	CHECK_EQ(ticket_decode("dmt1", &in), TICKET_FOREIGN);
	CHECK_EQ(ticket_decode(" dmm1.AQx3YWl0", &in), TICKET_OF_MODEL);
	CHECK_EQ(ticket_decode("dmm1", &in), TICKET_FOREIGN);
	CHECK_EQ(ticket_decode("dmt0.AAAA", &in), TICKET_OLDER);
	CHECK_EQ(ticket_decode("dmt3.AAAA", &in), TICKET_DAMAGED);
	CHECK_EQ(ticket_decode("dmt4.AAAA", &in), TICKET_NEWER);
	CHECK_EQ(ticket_decode("dmt1.", &in), TICKET_DAMAGED);
	CHECK_EQ(ticket_decode("dmt2.AAAA!", &in), TICKET_DAMAGED);
	CHECK_EQ(ticket_decode("dmt2.AAAAAAAA", &in), TICKET_DAMAGED);
	snprintf(spaced, sizeof(spaced), "  %s\n", text);
	CHECK_EQ(ticket_decode(spaced, &in), TICKET_FINE);
	ticket_free(&in);
	free(text);
}

/* What version 1 wrote: a mask, and no site. */
static void version_one(void)
{
	struct ticket in;

	CHECK_EQ(ticket_decode("dmt1.Af0FAAABB4ACgQIEgQKAAoEChwIBQM8a-II", &in), TICKET_FINE);
	CHECK_EQ(in.version, 1);
	CHECK_EQ(in.patches, (PATCHES_WITHOUT(02) & ~PATCH_ROW(R2)));
	CHECK_EQ(in.fault, 0);
	CHECK_EQ(in.site, 0);
	CHECK_EQ(in.deviation_count, 1);
	ticket_free(&in);
	/* Each version stands before what it wrote. */
	CHECK_EQ(ticket_decode("dmt2.Af0FAAABB4ACgQIEgQKAAoEChwIBQM8a-II", &in), TICKET_OLDER);
}

/* Tickets of no programs that name row 41, row 64, and all 64. */
static void rows_beyond_the_table(void)
{
	static const struct {
		const char *text;
		uint64_t patches;
	} known[] = {
		{"dmt2.AgEoAQAAAAAAAF_e4Hw", PATCH_ROW_AT(40)},
		{"dmt2.AgE_AQAAAAAAAG3mngo", PATCH_ROW_AT(63)},
		{"dmt2.AgEAQAAAAAAAAHHZD7Q", UINT64_MAX},
	};
	struct ticket in;

	for (unsigned int i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		enum ticket_error refusal;
		struct replayed replayed;

		CHECK_EQ(ticket_decode(known[i].text, &in), TICKET_FINE);
		CHECK_EQ(in.patches, known[i].patches);
		ticket_free(&in);
		/* The ticket is fine, and the patch is of a version to come. */
		CHECK_EQ(explore_replay(known[i].text, &replayed, &refusal), -EBADMSG);
		CHECK_EQ(refusal, TICKET_NEWER);
	}
}

/* Rows that no set holds are of a version to come, and nothing but that. */
static void rows_beyond_the_set(void)
{
	struct ticket in;

	/* Row 65 alone, then rows 1..8 and 65, then rows 1..65, of no programs. */
	CHECK_EQ(ticket_decode("dmt2.AgFAAQAAAAAAAFFl7n8", &in), TICKET_NEWER);
	CHECK_EQ(ticket_decode("dmt2.AgIACDgBAAAAAAAAVQAFhA", &in), TICKET_NEWER);
	CHECK_EQ(ticket_decode("dmt2.AgEAQQAAAAAAAMXSeBI", &in), TICKET_NEWER);
}

/* Each is sealed with a sum that is right, and says something that no ticket is written with. */
static void one_ticket_has_one_text(void)
{
	static const char *const other[] = {
		"dmt2.AgEDAAAAAAAAAOuri34",	 /* a range of no rows */
		"dmt2.AgIAAQABAAAAAAAAxv6Ofg",	 /* one range in two parts */
		"dmt2.AgAAAAAAAAAAKDz_yA",	 /* a byte after the last */
		"dmt2.AgAAAgAAAAB0i8dd",	 /* a flag that is 2 */
		"dmt2.AgAAAAAAAAIuAZ9V-5g",	 /* two threads chosen at one step */
		"dmt2.AgAAAAAAAAGBgICAkAEG1oL4", /* step 2^32 */
		"dmt2.AgAAAAAAyAAAAAAAKcRVag",	 /* 200 words, of which 5 are there */
		"dmt2.AgCAgICAEAAAAAAADTxFzw",	 /* lock 2^32 */
	};
	struct ticket in;

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		CHECK_EQ(ticket_decode(other[i], &in), TICKET_MEANINGLESS);
	CHECK_EQ(ticket_decode("dmt2.AgAAAAAAAAH4____jwEobIYO", &in), TICKET_FINE);
	CHECK_EQ(in.steps[0], UINT32_MAX);
	ticket_free(&in);
	/* The last character of row 41's ticket has bits to spare. */
	CHECK_EQ(ticket_decode("dmt2.AgEoAQAAAAAAAF_e4Hx", &in), TICKET_DAMAGED);
}

/* Seal a ticket of version 3 without programs: @model, @c11, @orders, one deviation's @option. */
static enum ticket_error of_memory(uint32_t model, uint32_t c11, uint32_t orders, uint32_t option)
{
	/* Version, no ranges of rows, lock, run_on, no fault, no site, no words. */
	const uint32_t head[] = {3, 0, 0, 0, 0, 0, 0, model, c11, orders};
	uint32_t step = 7, cpu = 1;
	enum ticket_error error;
	struct bytes b = {0};
	struct ticket in;
	char *text;

	for (unsigned int i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		put_number(&b, head[i]);
	put_deviations(&b, &step, &cpu, 1, 9);
	put_number(&b, 1);
	put_number(&b, 0);
	put_number(&b, option);
	text = seal("dmt3.", &b);
	error = ticket_decode(text, &in);
	if (error == TICKET_FINE) {
		CHECK_EQ(in.memory, model);
		CHECK_EQ(in.c11_sequences, c11);
		CHECK_EQ(in.options[0], option);
		ticket_free(&in);
	}
	free(text);
	return error;
}

static void memory_models(void)
{
	CHECK_EQ(of_memory(MODEL_RC11, 0, 0, 2), TICKET_FINE);
	CHECK_EQ(of_memory(MODEL_RC11, 1, 0, 254), TICKET_FINE);
	CHECK_EQ(of_memory(MODEL_TSO, 0, 0, 255), TICKET_FINE);
	/* Of sequential consistency, version 2 is written. */
	CHECK_EQ(of_memory(MODEL_SC, 0, 0, 1), TICKET_MEANINGLESS);
	CHECK_EQ(of_memory(MODEL_RC11, 2, 0, 1), TICKET_MEANINGLESS);
	CHECK_EQ(of_memory(MODEL_RC11, 0, 0, 0), TICKET_MEANINGLESS);
	CHECK_EQ(of_memory(MODEL_RC11, 0, 0, 256), TICKET_MEANINGLESS);
	CHECK_EQ(of_memory(MODEL_COUNT, 0, 0, 1), TICKET_NEWER);
}

/* A ticket says that there is a model only where there is something that it needs it for. */
static void version_by_need(void)
{
	uint32_t step = 3, cpu = 0, option = 0;
	struct ticket out = {.steps = &step, .cpus = &cpu, .options = &option};
	char *text;

	out.deviation_count = 1;
	text = ticket_encode(&out);
	CHECK(!strncmp(text, "dmt2.", 5));
	free(text);
	out.memory = MODEL_RC11;
	text = ticket_encode(&out);
	CHECK(!strncmp(text, "dmt3.", 5));
	free(text);
}

static void sites_differ(void)
{
	CHECK(site_digest("find_md", "md->disk") != site_digest("find_md", "md->queue"));
	CHECK(site_digest("ab", "c") != site_digest("a", "bc"));
	CHECK_EQ(site_digest("find_md", "md->disk"), site_digest("find_md", "md->disk"));
	CHECK(site_digest("", "") != 0);
}

static const struct test tests[] = {
	{"round trips", round_trips},
	{"as many CPUs as there can be", many_cpus},
	{"damage is seen", damage_is_seen},
	{"refusals", refusals},
	{"version one", version_one},
	{"rows beyond the table", rows_beyond_the_table},
	{"rows beyond the set", rows_beyond_the_set},
	{"one ticket has one text", one_ticket_has_one_text},
	{"memory models", memory_models},
	{"the version is by what a ticket needs", version_by_need},
	{"sites differ", sites_differ},
};
TESTS(tests)
