/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counting.h"
#include "maps.h"
#include "mutex.h"
#include "notes.h"
#include "verbs.h"

#define FILES_MAX 1000 /* of one process number: a program that executes others again and again */
#define FILE_BYTES (COUNTS_HEADER_BYTES + (uint64_t)RECORDS_MAX * sizeof(struct count_record))

_Atomic uint64_t counts_generation;
struct counts_header *counts;

static char counts_file[PATH_BYTES];
static atomic_flag opening = ATOMIC_FLAG_INIT;
static bool cannot;

static long open_file(const char *path, int flags)
{
	return syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

/* What the process was called with, words apart by zeros; as much as there is room for. */
static void read_command(char command[COMMAND_BYTES])
{
	long file = open_file("/proc/self/cmdline", O_RDONLY);

	if (file < 0)
		return;
	syscall(SYS_read, file, command, COMMAND_BYTES - 1);
	syscall(SYS_close, file);
}

static void fill_header(struct counts_header *header, uint32_t pid)
{
	memcpy(header->magic, COUNTS_MAGIC, sizeof(COUNTS_MAGIC));
	header->version = COUNTS_VERSION;
	header->pid = pid;
	header->sites = SITES;
	header->record_bytes = sizeof(struct count_record);
	header->ticks_per_us = ticks_per_us();
	read_command(header->command);
}

/* Room on the disk for what is mapped at @offset: a page that is not there would be a SIGBUS. */
static bool reserve(long file, uint64_t offset, uint64_t bytes)
{
	static const char zeros[4096];

	if (!syscall(SYS_fallocate, file, 0, offset, bytes))
		return true;
	if (errno != EOPNOTSUPP)
		return false;
	for (uint64_t at = offset; at < offset + bytes; at += sizeof(zeros))
		if (syscall(SYS_pwrite64, file, zeros, sizeof(zeros), at) != sizeof(zeros))
			return false;
	return true;
}

static struct counts_header *map_file(long file)
{
	void *memory;

	if (!reserve(file, 0, COUNTS_HEADER_BYTES) || syscall(SYS_ftruncate, file, FILE_BYTES))
		return NULL;
	memory = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
		      (int)file, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

/* A file of this process, or of this image of it: exec() keeps the number. */
static struct counts_header *make_file(void)
{
	uint32_t pid = (uint32_t)syscall(SYS_getpid);
	struct counts_header *header;
	long file = -1;

	for (uint32_t n = 0; file < 0 && n < FILES_MAX; n++) {
		notes_path(counts_file, pid, n, "counts");
		file = open_file(counts_file, O_RDWR | O_CREAT | O_EXCL);
		if (file < 0 && errno != EEXIST)
			return NULL;
		maps_begin(pid, n);
	}
	if (file < 0)
		return NULL;
	header = map_file(file);
	syscall(SYS_close, file);
	if (header)
		fill_header(header, pid);
	return header;
}

static struct counts_header *opened(void)
{
	struct counts_header *header = __atomic_load_n(&counts, __ATOMIC_ACQUIRE);

	if (header || cannot)
		return header;
	/* Nothing below takes a lock, so that this ends. */
	while (atomic_flag_test_and_set_explicit(&opening, memory_order_acquire))
		sched_yield();
	header = counts;
	if (!header && !cannot) {
		header = notes_folder[0] ? make_file() : NULL;
		cannot = !header;
		__atomic_store_n(&counts, header, __ATOMIC_RELEASE);
	}
	atomic_flag_clear_explicit(&opening, memory_order_release);
	return header;
}

/* The record of thread @index, which stays its own. */
static struct count_record *record_of(struct counts_header *header, uint32_t index)
{
	uint64_t offset = COUNTS_HEADER_BYTES + (index - 1) * sizeof(struct count_record);
	uint32_t known = atomic_load(&header->records);
	bool reserved;
	long file;

	if (index > RECORDS_MAX)
		return NULL;
	file = open_file(counts_file, O_RDWR);
	if (file < 0)
		return NULL;
	reserved = reserve(file, offset, sizeof(struct count_record));
	syscall(SYS_close, file);
	if (!reserved)
		return NULL;
	while (known < index && !atomic_compare_exchange_weak(&header->records, &known, index))
		;
	return (struct count_record *)((char *)header + offset);
}

void counts_attach(struct self *s)
{
	int error = errno;
	struct counts_header *header = opened();

	if (header)
		s->record = record_of(header, s->index);
	if (!s->record) {
		s->uncounted = true;
		if (header)
			atomic_fetch_add(&header->uncounted, 1);
	}
	errno = error;
}

void counts_after_fork(void)
{
	if (counts)
		munmap(counts, FILE_BYTES);
	counts = NULL;
	cannot = false;
	atomic_flag_clear(&opening);
	maps_after_fork();
}

void counts_modules_changed(void)
{
	atomic_fetch_add(&counts_generation, 1);
	maps_forget();
}

void counts_libc(enum libc_reason reason)
{
	struct counts_header *header;

	if (!verbs->counted)
		return;
	counting_self();
	header = __atomic_load_n(&counts, __ATOMIC_ACQUIRE);
	if (header)
		atomic_fetch_add_explicit(&header->libc[reason], 1, memory_order_relaxed);
}

struct count_site *counts_new_site(struct self *s, uint64_t key)
{
	uint32_t slot = site_slot(key);
	int error = errno;

	for (uint32_t i = 0; i < SITE_TRIES; i++, slot = (slot + 1) % SITES) {
		struct count_site *site = &s->record->sites[slot];

		if (site->key == key)
			return site;
		if (!site->key) {
			site->key = key;
			maps_see(key);
			errno = error;
			return site;
		}
	}
	s->record->lost++;
	return NULL;
}

/* A fixed step would time the same place for ever where a loop takes 2, 4 or 8 locks. */
bool counts_pace(struct self *s)
{
	bool drawn = s->draw != 0;
	uint32_t draw = drawn ? s->draw : s->index * UINT32_C(0x9E3779B9) | 1;

	draw ^= draw << 13;
	draw ^= draw >> 17;
	draw ^= draw << 5;
	s->draw = draw;
	s->pace = draw % (2 * HOLD_EVERY - 1);
	return drawn;
}

void note_waited(struct self *s, const void *from, uint64_t waited, uint64_t *since,
		 uint32_t *timed)
{
	struct count_site *site;

	note_acquired(s, from, since, timed);
	site = s->record ? site_of(s, from) : NULL;
	if (!site)
		return;
	site->contended++;
	site->wait += waited;
	if (waited > site->wait_max)
		site->wait_max = waited;
}

void note_hold(uint64_t since, uint32_t timed)
{
	uint64_t held = ticks() - since;
	struct self *s = myself();
	struct count_site *site;

	/* Released by another thread, or in the child of a fork: the table is not this thread's. */
	if (timed >> SITES_BITS != s->index || !s->record)
		return;
	site = &s->record->sites[timed % SITES];
	if (!site->key)
		return;
	site->holds++;
	site->hold += held;
	if (held > site->hold_max)
		site->hold_max = held;
}
