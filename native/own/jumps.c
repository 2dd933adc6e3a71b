/* SPDX-License-Identifier: MIT */
/*
 * longjmp(). It goes back within the stack of its own thread; to go to that of another one is
 * undefined, and on our stacks it would seem to work: the thread would go on as the other one.
 */
#include <setjmp.h>

#include "own.h"
#include "own_memory.h"

OWN_EXPORT _Noreturn void own_longjmp(struct __jmp_buf_tag to[1], int value);
OWN_EXPORT _Noreturn void own__longjmp(struct __jmp_buf_tag to[1], int value);
OWN_EXPORT _Noreturn void own_siglongjmp(struct __jmp_buf_tag to[1], int value);
OWN_EXPORT _Noreturn void own___longjmp_chk(struct __jmp_buf_tag to[1], int value);

/*
 * The top of the stack that @to goes back to. The C library keeps it disguised by a secret of the
 * process; a jump from here has the same disguise, and its top of the stack is known.
 */
static __attribute__((noinline)) uintptr_t stack_of(const struct __jmp_buf_tag *to)
{
	jmp_buf here;
	uintptr_t top, differs;

	(void)_setjmp(here);
#if defined(__x86_64__)
	__asm__ volatile("mov %%rsp, %0" : "=r"(top));
	differs = (uintptr_t)(to->__jmpbuf[6] ^ here->__jmpbuf[6]);
	return top ^ (differs >> 17 | differs << 47);
#elif defined(__aarch64__)
	__asm__ volatile("mov %0, sp" : "=r"(top));
	differs = (uintptr_t)(to->__jmpbuf[13] ^ here->__jmpbuf[13]);
	return top ^ differs;
#endif
}

static _Noreturn void jump(struct __jmp_buf_tag *to, int value, uintptr_t pc)
{
	uintptr_t top = own.inside ? stack_of(to) : 0, low, end;

	for (uint32_t i = 0; top && i < own.count; i++)
		if (i != own.current && own_stack_of(i, &low, &end) && top - low < end - low)
			own_fault(
				FAULT_CRASH, pc,
				"%s jumps into a function of thread %u: longjmp() goes back within "
				"its own thread alone",
				own_name(own.current), i + 1);
	siglongjmp(to, value);
}

void own_longjmp(struct __jmp_buf_tag to[1], int value)
{
	jump(to, value, OWN_PC());
}

void own__longjmp(struct __jmp_buf_tag to[1], int value)
{
	jump(to, value, OWN_PC());
}

void own_siglongjmp(struct __jmp_buf_tag to[1], int value)
{
	jump(to, value, OWN_PC());
}

void own___longjmp_chk(struct __jmp_buf_tag to[1], int value)
{
	jump(to, value, OWN_PC());
}
