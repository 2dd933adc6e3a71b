/* SPDX-License-Identifier: MIT */
/*
 * The program: loaded once, at the address it was linked for, so that its addresses are the same in
 * every process. What its memory holds when its constructors have run is what every execution
 * begins with.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "process.h"
#include "state.h"

#define STEP (UINT64_C(1) << 16) /* no page is larger; the arguments of main() have one */

/* libstdc++ counts references with plain instructions where this is not 0. */
OWN_EXPORT char __libc_single_threaded;

static struct {
	struct {
		size_t module, file_bytes, bytes;
		const char *image;
		char *first; /* what constructors left of main()'s */
	} tls;
	int (*main)(int argc, char **argv, char **envp);
} program;

static char reason[OWN_SENTENCE_MAX];

/* --- thread-local memory --- */

/* Whether the program is where it was linked for; it may still run its constructors. */
static bool is_there(void);

struct tls_index {
	unsigned long module, offset;
};

void *__tls_get_addr(struct tls_index *index);
OWN_EXPORT void *__tls_get_addr(struct tls_index *index)
{
	static void *(*real)(struct tls_index *);

	if (likely(index->module == program.tls.module))
		return (char *)OWN_TLS_BASE + own.current * OWN_TLS_BYTES + index->offset;
	if (own.loading && program.tls.bytes && !program.tls.module && is_there())
		return __tls_get_addr(index);
	if (!real)
		real = (void *(*)(struct tls_index *))dlsym(RTLD_NEXT, "__tls_get_addr");
	return real(index);
}

void own_tls_begin(uint32_t thread)
{
	char *block = (char *)OWN_TLS_BASE + thread * OWN_TLS_BYTES;

	own.thread[thread].tls = block;
	if (likely(!program.tls.bytes))
		return;
	if (!thread && program.tls.first) {
		memcpy(block, program.tls.first, program.tls.bytes);
		return;
	}
	memcpy(block, program.tls.image, program.tls.file_bytes);
	memset(block + program.tls.file_bytes, 0, program.tls.bytes - program.tls.file_bytes);
}

size_t own_tls_bytes(void)
{
	return program.tls.bytes;
}

/* --- loading --- */

/* What of the program @header is a part of. Context: @info is the program's. */
static void note_part(const struct dl_phdr_info *info, const ElfW(Phdr) * header)
{
	uintptr_t low = info->dlpi_addr + header->p_vaddr, end = low + header->p_memsz;

	if (header->p_type == PT_TLS) {
		program.tls.image = (const char *)low;
		program.tls.file_bytes = header->p_filesz;
		program.tls.bytes = header->p_memsz;
	}
	if (header->p_type != PT_LOAD)
		return;
	if (!own.text_low || low < own.text_low)
		own.text_low = low;
	if (header->p_flags & PF_X && end > own.text_end)
		own.text_end = end;
	if (header->p_flags & PF_W) {
		own.data_low = low & ~(uintptr_t)15;
		own.data_end = (end + 15) & ~(uintptr_t)15;
	}
}

/* Nothing else is linked for that address. */
static int look_at_object(struct dl_phdr_info *info, size_t size, void *found)
{
	(void)size;
	for (uint16_t i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD) {
			if (info->dlpi_addr + info->dlpi_phdr[i].p_vaddr != OWN_TEXT_BASE)
				return 0;
			break;
		}
	program.tls.module = info->dlpi_tls_modid;
	*(bool *)found = info->dlpi_addr == 0;
	return 1;
}

static bool is_there(void)
{
	static bool found;

	if (found)
		return true;
	dl_iterate_phdr(look_at_object, &found);
	if (found)
		own_tls_begin(0);
	return found;
}

static const char *refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	return reason;
}

/* Memory at @address, which the program's own addresses depend on. */
static bool map(uintptr_t address, size_t bytes)
{
	void *wanted = (void *)address;

	return mmap(wanted, bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
		    0) == wanted;
}

/*
 * Constructors run within dlopen(), and what they call has to know by then where the program is:
 * its file says that.
 */
static const char *read_headers(const char *path)
{
	struct dl_phdr_info info = {0};
	ElfW(Ehdr) head;
	ElfW(Phdr) header[32];
	FILE *file = fopen(path, "rb");
	const char *why = NULL;

	if (!file)
		return refuse("\"%s\" cannot be read: %s", path, strerror(errno));
	if (fread(&head, sizeof(head), 1, file) != 1 || memcmp(head.e_ident, ELFMAG, SELFMAG) ||
	    head.e_phentsize != sizeof(header[0]) || head.e_phnum > 32 ||
	    fseek(file, (long)head.e_phoff, SEEK_SET) ||
	    fread(header, sizeof(header[0]), head.e_phnum, file) != head.e_phnum)
		why = refuse("\"%s\" is not a shared object of this machine", path);
	fclose(file);
	for (uint16_t i = 0; i < head.e_phnum && !why; i++)
		note_part(&info, &header[i]);
	if (!why && own.text_low != OWN_TEXT_BASE)
		why = refuse("\"%s\" is not linked for %#llx", path,
			     (unsigned long long)OWN_TEXT_BASE);
	if (!why && program.tls.bytes > OWN_TLS_BYTES)
		why = refuse("The program has %zu bytes of thread-local memory; there are at most "
			     "%zu",
			     program.tls.bytes, (size_t)OWN_TLS_BYTES);
	return why;
}

/* main()'s thread-local memory is as constructors left it. */
static void keep_tls(void)
{
	if (!program.tls.bytes)
		return;
	program.tls.first = mmap(NULL, program.tls.bytes, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (program.tls.first == MAP_FAILED)
		machine_bug("no memory for thread-local memory");
	memcpy(program.tls.first, (const void *)OWN_TLS_BASE, program.tls.bytes);
}

/* Everything but the constructors. Returns a sentence, or NULL. */
static const char *make_room(const char *path)
{
	if (!map(OWN_TLS_BASE, OWN_THREADS * OWN_TLS_BYTES + STEP))
		return refuse("The addresses from %#llx on are taken: %s",
			      (unsigned long long)OWN_TLS_BASE, strerror(errno));
	own.hot = mmap(NULL, own.text_end - own.text_low, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (own.hot == MAP_FAILED || !own_sites_begin() || !own_signals_begin())
		return refuse("There is no memory to load the program");
	own_headers_begin(path);
	own_library.errno_at = &errno;
	return NULL;
}

static void *open_program(const char *path)
{
	void *object;

	own.loading = true;
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	own.loading = false;
	return object;
}

const char *own_load(const char *path)
{
	const char *why = read_headers(path);
	uint64_t *(*globals)(void);
	void *object;

	if (!why)
		why = make_room(path);
	if (why)
		return why;
	if (_setjmp(own_process.out_of_loading)) {
		own.loading = false;
		return refuse("before main(): %s", own_before.message);
	}
	object = open_program(path);
	if (!object)
		return refuse("\"%s\" cannot be loaded: %s", path, dlerror());
	if (!is_there())
		return refuse("\"%s\" could not be loaded where it was linked for", path);
	program.main = (int (*)(int, char **, char **))(uintptr_t)dlsym(object, "main");
	if (!program.main)
		return refuse("The program has no main()");
	own_process.main_at = (uintptr_t)program.main;
	globals = (uint64_t * (*)(void))(uintptr_t)dlsym(object, "__cxa_get_globals");
	own_library.exceptions = globals ? globals() : NULL;
	own_cxx_begin(object);
	/* The C library set it when it began, since this process has one thread. */
	__libc_single_threaded = 0;
	own_data_keep();
	keep_tls();
	own_locals_keep();
	own_heap_keep();
	return NULL;
}

/* --- executions --- */

void own_put_back(void)
{
	own.inside = false;
	if (unlikely(!++own.execution))
		own.execution = 1;
	own.writes = 0;
	own.quiet = own.quiet_from;
	own_data_put_back();
	own_heap_reset();
	own_shadow_reset();
	own_libc_reset();
	own_loops_reset();
	own_threads_reset();
}

int own_call_main(void)
{
	/* Where the program sees them, the same in every process. */
	static const char name[] = "program";
	char *page = (char *)OWN_TLS_BASE + OWN_THREADS * OWN_TLS_BYTES;
	char **vector = (char **)(page + sizeof(name) + 8);

	memcpy(page, name, sizeof(name));
	vector[0] = page;
	vector[1] = vector[2] = NULL;
	return program.main(1, vector, vector + 2);
}
