/* SPDX-License-Identifier: MIT */
/*
 * Where a thread stops, for state.c: its stack from there on, and the registers that a call keeps,
 * are all that it has of its own when it goes on. Part of own.h.
 */
#ifndef DMTORTURE_OWN_NOTED_H
#define DMTORTURE_OWN_NOTED_H

#if defined(__x86_64__)
#define OWN_NOTED_REGISTERS 8
#elif defined(__aarch64__)
#define OWN_NOTED_REGISTERS 13
#endif

/* Registers: the stack pointer, those that a call keeps, where it goes on. */
struct own_noted {
	uint64_t registers[OWN_NOTED_REGISTERS];
};
extern struct own_noted own_stops[OWN_THREADS];

/*
 * Fill *@noted. What a caller has in registers that a call does not keep is lost at the point that
 * follows, so that the compiler has to have it elsewhere by here.
 */
static __always_inline void own_note_stack(struct own_noted *noted)
{
#if defined(__x86_64__)
	__asm__ volatile("movq %%rsp, (%%rdi)\n\t"
			 "movq %%rbx, 8(%%rdi)\n\t"
			 "movq %%rbp, 16(%%rdi)\n\t"
			 "movq %%r12, 24(%%rdi)\n\t"
			 "movq %%r13, 32(%%rdi)\n\t"
			 "movq %%r14, 40(%%rdi)\n\t"
			 "movq %%r15, 48(%%rdi)\n\t"
			 "leaq 0f(%%rip), %%rax\n\t"
			 "0: movq %%rax, 56(%%rdi)"
			 :
			 : "D"(noted)
			 : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "xmm0", "xmm1",
			   "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
			   "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory");
#elif defined(__aarch64__)
	register struct own_noted *to __asm__("x0") = noted;

	__asm__ volatile("mov x9, sp\n\t"
			 "adr x10, 0f\n"
			 "0:\tstp x9, x10, [%0]\n\t"
			 "stp x19, x20, [%0, 16]\n\t"
			 "stp x21, x22, [%0, 32]\n\t"
			 "stp x23, x24, [%0, 48]\n\t"
			 "stp x25, x26, [%0, 64]\n\t"
			 "stp x27, x28, [%0, 80]\n\t"
			 "str x29, [%0, 96]"
			 :
			 : "r"(to)
			 : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
			   "x12", "x13", "x14", "x15", "x16", "x17", "cc", "memory");
#endif
}

#define OWN_WIPED 256
#define OWN_WIPED_MORE 4096
/* Leave zeroes below the stack of the caller; see state.c. */
void own_wipe(void);
/* The same where a thread begins: what is there is of executions before. */
void own_wipe_more(void);

#endif
