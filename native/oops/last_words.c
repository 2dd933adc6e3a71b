/* SPDX-License-Identifier: MIT */
/* What the parent prints. Code is named by its distance from where the host's code begins. */
#include "oops.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>

static const char *const end_names[] = {
	[DEATH_NONE] = "none",	       [DEATH_FREED] = "freed", [DEATH_WILD] = "wild",
	[DEATH_UNLOADED] = "unloaded", [DEATH_BUG] = "bug",	[DEATH_DOUBLE_FREE] = "freed-twice",
	[DEATH_STRAY] = "stray",
};

static const enum object_type object_of_class[CLASS_COUNT] = {
	[CLASS_MD] = OBJECT_MD,	    [CLASS_GENDISK] = OBJECT_DISK, [CLASS_QUEUE] = OBJECT_QUEUE,
	[CLASS_POOL] = OBJECT_POOL, [CLASS_CELL] = OBJECT_CELL,	   [CLASS_DEP] = OBJECT_DEP,
};

/* Layers of an IDR are in no table: no protocol reaches them. */
static const char *name_of_class(uint32_t class)
{
	return class == CLASS_LAYER ? "idr_layer" : object_table[object_of_class[class]].name;
}

static void print_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		if ((unsigned char)*text >= ' ')
			putchar(*text);
	}
	putchar('"');
}

static void print_site(const struct site *site)
{
	if (!site) {
		printf("null");
		return;
	}
	printf("{\"function\":");
	print_text(site->func);
	printf(",\"text\":");
	print_text(site->text);
	printf(",\"file\":");
	print_text(site->file ? site->file : "");
	printf(",\"line\":%d,\"object\":", site->line);
	print_text(site->object ? object_table[site->object].name : "");
	printf(",\"field\":");
	print_text(site->field ? field_table[site->field].name : "");
	printf("}");
}

static void print_frames(const uintptr_t *frame, uint32_t frames)
{
	printf("[");
	for (uint32_t i = 0; i < frames; i++)
		printf("%s\"%" PRIxPTR "\"", i ? "," : "", frame[i] - walk_base());
	printf("]");
}

static void print_freed(const struct death *death)
{
	printf(",\"freed\":{\"object\":");
	print_text(name_of_class(death->class));
	printf(",\"offset\":%" PRIu64 ",\"cpu\":%u,\"site\":", death->offset, death->freed.cpu + 1);
	print_site(death->freed.site);
	printf(",\"trace\":");
	print_frames(death->freed.frame, death->freed.frames);
	printf("}");
}

static void print_death(const struct death *death)
{
	enum death_by end = (enum death_by)atomic_load(&death->end);

	printf(",\"death\":{\"end\":\"%s\",\"atMs\":%.3f,\"round\":%" PRIu64, end_names[end],
	       (double)death->at_ns / 1e6, death->round);
	printf(",\"cpu\":%u,\"op\":", death->doing.cpu + 1);
	print_text(death->doing.op < OP_COUNT ? op_table[death->doing.op].slug : "");
	if (death->doing.minor != DM_ANY_MINOR)
		printf(",\"minor\":%u", death->doing.minor);
	if (death->signal != SIGABRT && death->has_address)
		printf(",\"address\":\"%016" PRIx64 "\"", death->address);
	if (death->signal != SIGABRT && death->says_writes)
		printf(",\"access\":\"%s\"", death->writes ? "write" : "read");
	if (end == DEATH_FREED || end == DEATH_WILD) {
		printf(",\"pointer\":\"%016" PRIxPTR "\",\"touched\":", death->touch.object);
		print_site(death->touch.site);
	}
	if (death->site) {
		printf(",\"fault\":");
		print_text(fault_table[death->kind].slug);
		printf(",\"site\":");
		print_site(death->site);
		printf(",\"message\":");
		print_text(death->message);
	}
	if (death->knows_freed)
		print_freed(death);
	printf(",\"trace\":");
	print_frames(death->frame, death->frames);
	printf("}");
}

static void print_lived(void)
{
	bool any = false;

	printf(",\"lived\":{");
	for (unsigned int kind = 0; kind < FAULT_COUNT; kind++) {
		uint64_t count = atomic_load(&shared->lived[kind]);

		if (!count)
			continue;
		printf("%s\"%s\":%" PRIu64, any ? "," : "", fault_table[kind].slug, count);
		any = true;
	}
	printf("}");
}

void print_progress(void)
{
	printf("{\"type\":\"progress\",\"rounds\":%" PRIu64 "}\n", atomic_load(&shared->rounds));
	fflush(stdout);
}

void print_end(int status, bool killed)
{
	printf("{\"type\":\"end\",\"rounds\":%" PRIu64 ",\"signal\":%d,\"status\":%d,\"killed\":%s",
	       atomic_load(&shared->rounds), WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 0, killed ? "true" : "false");
	print_lived();
	if (atomic_load(&shared->death.end) != DEATH_NONE)
		print_death(&shared->death);
	printf("}\n");
	fflush(stdout);
}
