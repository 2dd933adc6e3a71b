/* SPDX-License-Identifier: MIT */
/*
 * Switching stacks. On x86-64 and aarch64 by hand: callee-saved registers and an indirect jump,
 * which predicts better than a return. Elsewhere, or with -DDMTORTURE_UCONTEXT, by ucontext.
 */
#ifndef DMTORTURE_SWITCH_H
#define DMTORTURE_SWITCH_H

#include <stdbool.h>
#include <stddef.h>

#if !defined(DMTORTURE_UCONTEXT) && !defined(__x86_64__) && !defined(__aarch64__)
#define DMTORTURE_UCONTEXT
#endif

#if defined(__SANITIZE_ADDRESS__)
#define DMTORTURE_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DMTORTURE_ASAN
#endif
#endif

/* A stack and where on it its owner stopped. */
struct stack {
	void *at; /* valid while its owner does not run */
	char *low;
	size_t bytes;
#ifdef DMTORTURE_ASAN
	void *fake;
#endif
};

#define STACK_GUARD (64u << 10) /* below each stack, at least; touching it ends the process */

/* Stacks that the process keeps for searches to come, some 130 KiB of address space each. */
#define STACKS_KEPT 32

/* The mapping that a stack is in. Zero: none. */
struct stack_memory {
	void *block;
	size_t bytes;
	void *wanted;		 /* where it is to be; NULL: anywhere, and it may be kept */
	unsigned int registered; /* valgrind's number of the stack */
};

/*
 * Give @s @bytes of stack, with @above bytes of zero above them and a guard below. @number: of
 * stacks that are used by turns, each has another. What is on the stack is undefined. Returns
 * whether there was memory. Any thread may call these.
 */
bool stack_new(struct stack *s, struct stack_memory *m, size_t bytes, size_t above,
	       unsigned int number);
/* The same, and its mapping begins at @at, where nothing is mapped; NULL: anywhere. */
bool stack_new_at(void *at, struct stack *s, struct stack_memory *m, size_t bytes, size_t above,
		  unsigned int number);
void stack_delete(struct stack *s, struct stack_memory *m);

/*
 * Make @s, whose low and bytes are set, begin with @entry(@argument) when it is switched to.
 * @entry must not return.
 */
void stack_begin(struct stack *s, void (*entry)(void *argument), void *argument);
/* Stop here, keeping this place in @from, and go on where @to stopped. */
void stack_switch(struct stack *from, struct stack *to);

/* First thing on a stack that was switched to for the first time. @engine: the first to switch. */
void stack_entered(struct stack *engine);

/* Plain copies that no sanitizer looks at: stacks hold what a sanitizer poisons. */
void stack_copy(void *to, const void *from, size_t bytes);
/* Frames of @s are gone or came back without having been entered: forget what was poisoned. */
#ifdef DMTORTURE_ASAN
void stack_forget_frames(struct stack *s);
#else
extern bool stack_is_watched; /* by valgrind */
void stack_forget_watched(struct stack *s);

static inline void stack_forget_frames(struct stack *s)
{
	if (__builtin_expect(stack_is_watched, false))
		stack_forget_watched(s);
}
#endif

#if !defined(DMTORTURE_ASAN) && !defined(DMTORTURE_UCONTEXT)
void stack_switch_raw(void **from, void *to);
#define stack_switch(from, to) stack_switch_raw(&(from)->at, (to)->at)
#endif

/*
 * stack_switch(), inline: a call that does not come back leaves the predictor of returns one call
 * behind, so that all returns up to main() are predicted wrong. What it leaves on the stack is what
 * stack_switch() leaves there. Of an asm compilers do not know that it uses the stack, whose next
 * 128 bytes may be in use.
 */
#if defined(__x86_64__) && !defined(DMTORTURE_ASAN) && !defined(DMTORTURE_UCONTEXT)
static inline __attribute__((always_inline)) void stack_switch_here(struct stack *from,
								    const struct stack *to)
{
	void **at = &from->at;
	void *next = to->at;

	__asm__ volatile("lea -128(%%rsp), %%rsp\n"
			 "	lea 1f(%%rip), %%rcx\n"
			 "	push %%rcx\n"
			 "	push %%rbp\n"
			 "	lea -40(%%rsp), %%rsp\n"
			 "	mov %%rsp, (%0)\n"
			 "	mov %1, %%rsp\n"
			 "	pop %%r15\n"
			 "	pop %%r14\n"
			 "	pop %%r13\n"
			 "	pop %%r12\n"
			 "	pop %%rbx\n"
			 "	pop %%rbp\n"
			 "	pop %%rcx\n"
			 "	jmp *%%rcx\n"
			 "1:\n"
			 "	lea 128(%%rsp), %%rsp\n"
			 : "+D"(at), "+S"(next)
			 :
			 : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13",
			   "r14", "r15", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
			   "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
			   "xmm13", "xmm14", "xmm15");
}
#else
#define stack_switch_here(from, to) stack_switch(from, to)
#endif

#endif
