/* SPDX-License-Identifier: MIT */
/*
 * By system calls alone, and from /proc: dl_iterate_phdr() takes the loader's lock, which a thread
 * may hold that waits for the very mutex whose site this is.
 */
#define _GNU_SOURCE
#include "maps.h"

#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counts.h"
#include "notes.h"

#define RANGES_MAX 512
#define CHUNK_BYTES 4096

static struct {
	uint64_t begin, end;
} ranges[RANGES_MAX];
static uint32_t known;
static char maps_file[PATH_BYTES];
/* Held for as long as it takes to read a file; nothing in it takes another lock. */
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void take(void)
{
	while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
		sched_yield();
}

static void give(void)
{
	atomic_flag_clear_explicit(&busy, memory_order_release);
}

void maps_begin(uint32_t pid, uint32_t number)
{
	notes_path(maps_file, pid, number, "maps");
}

void maps_forget(void)
{
	take();
	known = 0;
	give();
}

void maps_after_fork(void)
{
	known = 0;
	give();
}

/* One character at a time: the address before and after `-`, and an `x` in the rights. */
struct reader {
	uint64_t begin, end;
	enum { IN_BEGIN, IN_END, IN_RIGHTS, IN_REST } part;
	bool executable;
};

static uint64_t with_digit(uint64_t value, char c)
{
	return value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void end_line(struct reader *r)
{
	if (r->executable && known < RANGES_MAX) {
		ranges[known].begin = r->begin;
		ranges[known++].end = r->end;
	}
	*r = (struct reader){0};
}

static void read_char(struct reader *r, char c)
{
	if (c == '\n') {
		end_line(r);
	} else if (r->part == IN_BEGIN) {
		if (c == '-')
			r->part = IN_END;
		else
			r->begin = with_digit(r->begin, c);
	} else if (r->part == IN_END) {
		if (c == ' ')
			r->part = IN_RIGHTS;
		else
			r->end = with_digit(r->end, c);
	} else if (r->part == IN_RIGHTS) {
		r->executable |= c == 'x';
		if (c == ' ')
			r->part = IN_REST;
	}
}

/* "generation <n>", then the maps as they are. */
static void save(uint64_t generation)
{
	static char chunk[CHUNK_BYTES];
	struct reader reader = {0};
	char head[64], *at = write_number(write_text(head, "generation "), generation);
	long from = syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC), got;
	long to = syscall(SYS_openat, AT_FDCWD, maps_file,
			  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	known = 0;
	at = write_text(at, "\n");
	if (to >= 0)
		syscall(SYS_write, to, head, (uint64_t)(at - head));
	while (from >= 0 && (got = syscall(SYS_read, from, chunk, CHUNK_BYTES)) > 0) {
		if (to >= 0)
			syscall(SYS_write, to, chunk, got);
		for (long i = 0; i < got; i++)
			read_char(&reader, chunk[i]);
	}
	if (from >= 0)
		syscall(SYS_close, from);
	if (to >= 0)
		syscall(SYS_close, to);
}

static bool is_known(uint64_t address)
{
	for (uint32_t i = 0; i < known; i++)
		if (address >= ranges[i].begin && address < ranges[i].end)
			return true;
	return false;
}

void maps_see(uint64_t key)
{
	take();
	if (!is_known(key & ((UINT64_C(1) << ADDRESS_BITS) - 1)))
		save(key >> ADDRESS_BITS);
	give();
}
