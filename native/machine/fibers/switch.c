/* SPDX-License-Identifier: MIT */
#include "switch.h"

#include "watched_memory.h"

#include <stdint.h>
#include <string.h>

#ifdef DMTORTURE_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#ifdef DMTORTURE_UCONTEXT
#include <ucontext.h>

static void enter(unsigned int entry_high, unsigned int entry_low, unsigned int high,
		  unsigned int low)
{
	uint64_t entry = (uint64_t)entry_high << 32 | entry_low;
	uint64_t argument = (uint64_t)high << 32 | low;

	((void (*)(void *))(uintptr_t)entry)((void *)(uintptr_t)argument);
}

/* The context stands at the end of the stack; a stopped one stands on the stack itself. */
void stack_begin(struct stack *s, void (*entry)(void *argument), void *argument)
{
	uintptr_t end = ((uintptr_t)s->low + s->bytes - sizeof(ucontext_t)) & ~(uintptr_t)63;
	ucontext_t *context = (ucontext_t *)end;
	uint64_t e = (uintptr_t)entry, a = (uintptr_t)argument;

	getcontext(context);
	context->uc_stack.ss_sp = s->low;
	context->uc_stack.ss_size = (size_t)(end - (uintptr_t)s->low);
	context->uc_link = NULL;
	makecontext(context, (void (*)(void))enter, 4, (unsigned int)(e >> 32), (unsigned int)e,
		    (unsigned int)(a >> 32), (unsigned int)a);
	s->at = context;
}

static void stack_switch_raw(void **from, void *to)
{
	ucontext_t here;

	*from = &here;
	swapcontext(&here, to);
}
#else
void stack_switch_raw(void **from, void *to);

#if defined(__x86_64__)
__asm__(".text\n"
	".p2align 4\n"
	".globl stack_switch_raw\n"
	".hidden stack_switch_raw\n"
	".type stack_switch_raw,@function\n"
	"stack_switch_raw:\n"
	"	push %rbp\n"
	"	push %rbx\n"
	"	push %r12\n"
	"	push %r13\n"
	"	push %r14\n"
	"	push %r15\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rsi, %rsp\n"
	"	pop %r15\n"
	"	pop %r14\n"
	"	pop %r13\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	pop %rbp\n"
	"	pop %rcx\n"
	"	jmp *%rcx\n"
	".size stack_switch_raw, .-stack_switch_raw\n"
	".globl stack_enter\n"
	".hidden stack_enter\n"
	".type stack_enter,@function\n"
	"stack_enter:\n"
	"	mov %r12, %rdi\n"
	"	call *%r13\n"
	"	ud2\n"
	".size stack_enter, .-stack_enter\n");

void stack_enter(void) __attribute__((visibility("hidden")));

void stack_begin(struct stack *s, void (*entry)(void *argument), void *argument)
{
	uintptr_t *top = (uintptr_t *)(((uintptr_t)s->low + s->bytes) & ~(uintptr_t)15);

	top -= 2; /* stack_enter() calls with an aligned stack */
	top[0] = top[1] = 0;
	*--top = (uintptr_t)stack_enter;
	*--top = 0; /* rbp */
	*--top = 0; /* rbx */
	*--top = (uintptr_t)argument;
	*--top = (uintptr_t)entry;
	*--top = 0; /* r14 */
	*--top = 0; /* r15 */
	s->at = top;
}
#else
__asm__(".text\n"
	".p2align 4\n"
	".globl stack_switch_raw\n"
	".hidden stack_switch_raw\n"
	".type stack_switch_raw,%function\n"
	"stack_switch_raw:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n"
	"	br x30\n"
	".size stack_switch_raw, .-stack_switch_raw\n"
	".globl stack_enter\n"
	".hidden stack_enter\n"
	".type stack_enter,%function\n"
	"stack_enter:\n"
	"	mov x0, x19\n"
	"	blr x20\n"
	"	brk #0\n"
	".size stack_enter, .-stack_enter\n");

void stack_enter(void) __attribute__((visibility("hidden")));

void stack_begin(struct stack *s, void (*entry)(void *argument), void *argument)
{
	uintptr_t *top = (uintptr_t *)(((uintptr_t)s->low + s->bytes) & ~(uintptr_t)15);

	top -= 20;
	memset(top, 0, 20 * sizeof(*top));
	top[0] = (uintptr_t)argument;	  /* x19 */
	top[1] = (uintptr_t)entry;	  /* x20 */
	top[11] = (uintptr_t)stack_enter; /* x30 */
	s->at = top;
}
#endif
#endif

#ifdef DMTORTURE_ASAN
__attribute__((no_sanitize("address"))) void stack_switch(struct stack *from, struct stack *to)
{
	const void *low;
	size_t bytes;

	__sanitizer_start_switch_fiber(&from->fake, to->low, to->bytes);
	stack_switch_raw(&from->at, to->at);
	__sanitizer_finish_switch_fiber(from->fake, &low, &bytes);
}

void stack_entered(struct stack *engine)
{
	const void *low;
	size_t bytes;

	__sanitizer_finish_switch_fiber(NULL, &low, &bytes);
	if (engine->bytes)
		return;
	engine->low = (char *)low;
	engine->bytes = bytes;
}

__attribute__((no_sanitize("address"))) void stack_copy(void *to, const void *from, size_t bytes)
{
	volatile uint64_t *out = to;
	const volatile uint64_t *in = from;

	for (size_t i = 0; i < bytes / sizeof(*out); i++)
		out[i] = in[i];
}

void stack_forget_frames(struct stack *s)
{
	__asan_unpoison_memory_region(s->low, s->bytes);
}
#else
#ifdef DMTORTURE_UCONTEXT
void stack_switch(struct stack *from, struct stack *to)
{
	stack_switch_raw(&from->at, to->at);
}
#endif

void stack_entered(struct stack *engine)
{
	(void)engine;
}

void stack_copy(void *to, const void *from, size_t bytes)
{
	memcpy(to, from, bytes);
}

bool stack_is_watched;

/* Once, since it is asked for whenever an execution begins. */
__attribute__((constructor)) static void look_for_valgrind(void)
{
	stack_is_watched = watched_memory();
}

void stack_forget_watched(struct stack *s)
{
	watched_memory_reuse(s->low, s->bytes);
}
#endif
