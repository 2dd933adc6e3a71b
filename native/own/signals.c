/* SPDX-License-Identifier: MIT */
/*
 * What the program does wrong and the processor notices: a fault of the thread that runs, and the
 * explorer goes on with the next execution. Handlers run on a stack of their own, since a thread's
 * may be used up, and never come back: they leave for the explorer's.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "process.h"

#define HANDLER_STACK (64u << 10)
#define TICK_US 250000
#define TICKS_OF_A_HANG 4 /* a second of processor time */
#define SAME_LOOP 512	  /* bytes of code, at most, from one turn to another */

static uintptr_t address_of(const ucontext_t *context)
{
#if defined(__x86_64__)
	return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return (uintptr_t)context->uc_mcontext.pc;
#endif
}

/* Where a function returns to that has not begun to use its stack, or that is not there at all. */
static uintptr_t return_of(const ucontext_t *context)
{
	uintptr_t low, end, to = 0;
#if defined(__x86_64__)
	uintptr_t stack = (uintptr_t)context->uc_mcontext.gregs[REG_RSP];

	if (own_stack_of(own.current, &low, &end) && stack >= low && stack + sizeof(to) <= end)
		memcpy(&to, (const void *)stack, sizeof(to));
#elif defined(__aarch64__)
	(void)low;
	(void)end;
	to = (uintptr_t)context->uc_mcontext.regs[30];
#endif
	return own_is_code(to) ? to : 0;
}

static bool unwinding;

/*
 * Of a fault in the C library, own_site() would find the line, too. It takes a line of a header as
 * it is, though; a tick and a death have no site.
 */
uintptr_t own_program_at(const void *machine)
{
	const ucontext_t *context = machine;
	uintptr_t pc = address_of(context) + 1, found = 0;

	if ((own_is_code(pc) && !own_is_of_headers(pc)) || unwinding)
		return pc;
	/* Of a stack that is not what it was, this may fail, too. */
	unwinding = true;
	found = own_unwind(0);
	unwinding = false;
	if (!found)
		found = return_of(context);
	return found ? found : pc;
}

/* Of the first of the signals that end an execution: unwinding may bring another one. */
static bool stack_used_up;

static bool is_overflow(uintptr_t address)
{
	uintptr_t low, end;

	return own_stack_of(own.current, &low, &end) && address < low &&
	       address >= low - STACK_GUARD - 0x1000;
}

static _Noreturn void crash(int number, const siginfo_t *info, uintptr_t pc)
{
	uintptr_t address = (uintptr_t)info->si_addr;

	/* What stands there is not what it was about to write. */
	own_me()->pending.word = NULL;
	unwinding = false;
	if (stack_used_up) {
		stack_used_up = false;
		own_fault(FAULT_CRASH, pc, OWN_STACK_USED_UP, OWN_STACK_BYTES >> 10);
	}
	switch (number) {
	case SIGSEGV:
		own_fault(FAULT_CRASH, pc,
			  address < 4096 ? "a null pointer is used: address %#lx"
					 : "address %#lx is not mapped or may not be written",
			  (unsigned long)address);
	case SIGBUS:
		own_fault(FAULT_CRASH, pc, "bus error at address %#lx", (unsigned long)address);
	case SIGFPE:
		own_fault(FAULT_CRASH, pc, "%s",
			  info->si_code == FPE_INTDIV ? "a division by zero"
						      : "an arithmetic operation without a result");
	case SIGILL:
		own_fault(FAULT_CRASH, pc,
			  "an instruction that there is not, as of "
			  "__builtin_trap()");
	case SIGABRT:
		own_fault(FAULT_ABORT, pc, "abort()");
	default:
		own_fault(FAULT_CRASH, pc, "a trap, as of __builtin_trap()");
	}
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	uintptr_t pc;

	if (number == SIGSEGV && own_data_touched((uintptr_t)info->si_addr))
		return;
	if (number == SIGSEGV && is_overflow((uintptr_t)info->si_addr))
		stack_used_up = true;
	pc = own_program_at(context);
	if (!own.inside && !own.loading)
		own_died(number, pc, stack_used_up);
	crash(number, info, pc);
}

/* The timer counts the processor time of the process, which is that of the program. */
static void on_tick(int number, siginfo_t *info, void *context)
{
	static uint64_t then;
	static uint32_t execution, ticks;
	static uintptr_t loop;
	uintptr_t pc = own_program_at(context);

	(void)number;
	(void)info;
	if (!(own.inside || own.loading) || own.callbacks != then || own.execution != execution) {
		then = own.callbacks;
		execution = own.execution;
		ticks = 0;
		return;
	}
	/* A loop that did not end does not end when it is run again. */
	if (pc - loop > SAME_LOOP && loop - pc > SAME_LOOP) {
		if (++ticks < TICKS_OF_A_HANG)
			return;
		loop = pc;
	}
	/* Where in its loop the tick came is chance: it is one fault, where it was met first. */
	pc = loop;
	ticks = 0;
	own_me()->pending.word = NULL;
	own_fault(FAULT_HANG, pc, "%s runs for a second, and touches nothing that is shared",
		  own_name(own.current));
}

bool own_signals_begin(void)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
	struct sigaction action = {.sa_sigaction = on_signal,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	struct itimerval ticks = {.it_interval = {.tv_usec = TICK_US},
				  .it_value = {.tv_usec = TICK_US}};
	stack_t stack = {.ss_size = HANDLER_STACK};

	stack.ss_sp = mmap(NULL, HANDLER_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL))
		return false;
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &action, NULL);
	action.sa_sigaction = on_tick;
	action.sa_flags |= SA_RESTART;
	sigaction(SIGPROF, &action, NULL);
	return !setitimer(ITIMER_PROF, &ticks, NULL);
}
