/* SPDX-License-Identifier: MIT */
/* What load.c, threads.c, model.c, points.c and signals.c share, and a host asks of them. */
#ifndef DMTORTURE_OWN_PROCESS_H
#define DMTORTURE_OWN_PROCESS_H

#include <setjmp.h>

#include "own.h"

/* What the C library keeps once for an OS thread, and where the program is. */
struct own_process {
	jmp_buf out_of_loading; /* while own.loading */
	uintptr_t main_at;	/* main() of the program */
};
extern struct own_process own_process;

#define OWN_SENTENCE_MAX 256

/* A fault before main(), of a constructor. */
struct own_before {
	bool met;
	enum fault_kind kind;
	uintptr_t pc;
	char message[OWN_SENTENCE_MAX];
};
extern struct own_before own_before;

/* --- site.c --- */

/* The program's text is known: have room for its sites. Returns whether there was memory. */
bool own_sites_begin(void);

/* --- frames.c --- */

/*
 * The address in the program that leads to where this is called, by the unwinder. @from: the return
 * address of the call that a library made; 0: what else is in between does not matter.
 */
uintptr_t own_unwind(uintptr_t from);

/* --- headers.c --- */

/* Read which code of @object, a path, is of headers of the system. */
void own_headers_begin(const char *object);
/* Whether @pc, a return address, leads back to such code. */
bool own_is_of_headers(uintptr_t pc);

/* --- threads.c --- */

/* What a program knows thread @number by. */
#define OWN_HANDLE(number) ((uintptr_t)(number) + 1)

/* What thread @number does, from its begin to its end. Context: its fiber. */
void own_thread_run(uint32_t number);
/* own_spawn(); @handle, which may be NULL, is set before the thread begins. */
uint32_t own_spawn_as(void *(*function)(void *), void *argument, uintptr_t pc, bool detached,
		      uintptr_t *handle);
/* Whether thread @number has begun in this execution. */
bool own_has_begun(uint32_t number);
/* own_thread_exit(), at @pc. */
_Noreturn void own_thread_end(void *result, uintptr_t pc);
/* own_exit_process() behind the program's own handlers. */
_Noreturn void own_end_process(uintptr_t pc);

/* --- locals.c: what each thread has, and what is to be done at ends --- */

/* What constructors registered, made and set stays. */
void own_locals_keep(void);
/* An execution begins; a thread does. */
void own_locals_reset(void);
void own_locals_begin(uint32_t thread);
/* The current thread ends: destructors of what it has. */
void own_locals_end(uint32_t thread);
/* Have @look see what threads have under keys. */
void own_locals_look(void (*look)(uintptr_t value));

/* --- load.c --- */

/* Give @thread its thread-local memory, as the object has it. */
void own_tls_begin(uint32_t thread);

/* --- data.c --- */

/* What the program's data holds now is what every execution begins with. */
void own_data_keep(void);
void own_data_put_back(void);
/* A write to @address failed. Whether it can be made now, since that is the first to its page. */
bool own_data_touched(uintptr_t address);

/* --- waiting.c --- */

extern const char own_end_of_thread[]; /* what the thread that joins it waits for, by its number */

/*
 * None of the threads in @running (a mask) can go on: have @fault be what that is, a livelock if
 * one of them goes round. Returns false where it is none: one of them waits on purpose.
 */
bool own_stuck(uint32_t running, struct fiber_fault *fault);
/*
 * What @thread waits for, as a sentence: "thread 2 waits for a mutex that thread 1 holds". Returns
 * false where it waits for nothing. Context: as the execution ended.
 */
bool own_wait_text(uint32_t thread, char *text, size_t size);

/* --- signals.c --- */

/* From now on what the program does wrong is a fault. Returns whether there was memory. */
bool own_signals_begin(void);
/*
 * Where the program was when a signal came: there, or where it called the library that was. As a
 * return address. @machine: the ucontext_t that the handler was given.
 */
uintptr_t own_program_at(const void *machine);

#endif
