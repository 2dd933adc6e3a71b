/* SPDX-License-Identifier: MIT */
/*
 * How the child dies. The first thread that comes here writes down what it knows, and dies of it;
 * the others wait for that.
 */
#define _GNU_SOURCE
#include "oops.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "park.h"

#define SIGNAL_STACK (64u << 10)

_Thread_local struct player *own_player;

/* A page that stands for the module's text: nobody gets in. */
static void *unloaded_text;

/* What the recorder knew before it made the thread die. */
static _Thread_local struct {
	const struct fault_event *event;
	enum death_by end;
} cause;

/* Of the threads that die, the first. The others never come back. */
static void only_the_first(enum death_by end)
{
	uint32_t none = DEATH_NONE;

	if (atomic_compare_exchange_strong(&shared->death.end, &none, end))
		return;
	for (;;)
		pause();
}

static void write_down_doing(struct death *death)
{
	const struct player *p = own_player;

	death->at_ns = clock_ns() - shared->began_ns;
	death->round = rounds_number(p);
	death->doing = (struct doing){.cpu = p->task.common.cpu, .op = p->op, .minor = p->minor};
	death->touch = (struct touch){
		.site = last_touch.site, .object = last_touch.object, .offset = last_touch.offset};
}

/* Which thread freed the object at @address, if one was there. Returns whether it is free. */
static bool write_down_freed(struct death *death, uintptr_t address)
{
	const struct slab *slab = rounds_slab(address);
	const struct page_note *note;
	uintptr_t object;

	note = slab ? pages_note(slab, address, &object) : NULL;
	if (!note || atomic_load(&note->state) != PAGE_FREED)
		return false;
	memcpy(&death->freed, note, sizeof(*note));
	death->class = note->class;
	death->offset = address - object;
	death->knows_freed = true;
	return true;
}

static void write_down_event(struct death *death, const struct fault_event *event)
{
	death->kind = event->kind;
	death->site = event->site;
	strncpy(death->message, event->message, sizeof(death->message) - 1);
}

/* --- a touch: the processor says so --- */

/* Where code was, and the frame that it ran in. */
struct registers {
	uintptr_t pc, frame, caller;
	bool writes, says_writes;
};

#if defined(__x86_64__)
#define PAGE_FAULT_WRITES 2

static struct registers registers_of(const ucontext_t *context)
{
	const greg_t *r = context->uc_mcontext.gregs;

	return (struct registers){
		.pc = (uintptr_t)r[REG_RIP],
		.frame = (uintptr_t)r[REG_RBP],
		/* Of code that is not there: the call has left where it came from. */
		.caller = *(const uintptr_t *)r[REG_RSP],
		.writes = r[REG_ERR] & PAGE_FAULT_WRITES,
		.says_writes = true,
	};
}
#elif defined(__aarch64__)
static struct registers registers_of(const ucontext_t *context)
{
	const mcontext_t *r = &context->uc_mcontext;

	return (struct registers){.pc = r->pc, .frame = r->regs[29], .caller = r->regs[30]};
}
#else
static struct registers registers_of(const ucontext_t *context)
{
	(void)context;
	return (struct registers){0};
}
#endif

static void write_down_stack(struct death *death, const struct registers *r)
{
	if (cause.end != DEATH_UNLOADED) {
		death->frames = walk_from(r->pc, r->frame, death->frame, FRAMES_MAX);
		return;
	}
	death->frame[0] = r->pc;
	death->frames = 1 + walk_from(r->caller, r->frame, death->frame + 1, FRAMES_MAX - 1);
}

/* The signal again, now without a handler: that is what the parent sees. */
static void die_of(int signal)
{
	struct sigaction plain = {.sa_handler = SIG_DFL};

	sigaction(signal, &plain, NULL);
	raise(signal);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	struct death *death = &shared->death;
	struct registers r = registers_of(context);

	only_the_first(own_player ? DEATH_WILD : DEATH_STRAY);
	death->signal = signal;
	death->code = info->si_code;
	death->address = (uintptr_t)info->si_addr;
	/* A processor that refuses an address for its form does not say which it was. */
	death->has_address = info->si_code == SEGV_MAPERR || info->si_code == SEGV_ACCERR;
	death->writes = r.writes;
	death->says_writes = r.says_writes && death->has_address;
	if (own_player) {
		write_down_doing(death);
		if (cause.end != DEATH_NONE) {
			write_down_event(death, cause.event);
			atomic_store(&death->end, cause.end);
		} else if (write_down_freed(death, (uintptr_t)info->si_addr)) {
			atomic_store(&death->end, DEATH_FREED);
		}
	}
	write_down_stack(death, &r);
	die_of(signal);
}

/* --- a BUG, a free() that cannot be --- */

__attribute__((noinline)) static void die_of_bug(const struct fault_event *event, enum death_by end)
{
	struct death *death = &shared->death;

	only_the_first(end);
	death->signal = SIGABRT;
	write_down_doing(death);
	write_down_event(death, event);
	if (end == DEATH_DOUBLE_FREE)
		write_down_freed(death, last_touch.object);
	death->frames = walk_here(death->frame, FRAMES_MAX);
	die_of(SIGABRT);
}

/* The code of a function is gone, and somebody calls it. */
static void call_unloaded(const struct fault_event *event)
{
	void (*function)(void);

	cause.event = event;
	cause.end = DEATH_UNLOADED;
	memcpy(&function, &unloaded_text, sizeof(function));
	function();
}

/*
 * What the core finds by itself, without a ledger that looks. A kernel has a BUG_ON() for some; of
 * the others it does not die there.
 */
void death_record(void *context, struct task *t, const struct fault_event *event)
{
	(void)context;
	(void)t;
	switch (event->kind) {
	case FAULT_POOL_OUTSTANDING:
	case FAULT_PUT_ON_FREEING:
	case FAULT_GET_ON_FREEING:
		die_of_bug(event, DEATH_BUG);
		break;
	case FAULT_DOUBLE_FREE:
		die_of_bug(event, DEATH_DOUBLE_FREE);
		break;
	case FAULT_MODULE_UNLOADED_IN_USE:
		call_unloaded(event);
		break;
	default:
		atomic_fetch_add(&shared->lived[event->kind], 1);
	}
}

int death_stack(void)
{
	stack_t stack = {.ss_size = SIGNAL_STACK};

	stack.ss_sp = mmap(NULL, SIGNAL_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	if (stack.ss_sp == MAP_FAILED)
		return -ENOMEM;
	return sigaltstack(&stack, NULL) ? -errno : 0;
}

int death_watch(void)
{
	static const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	unloaded_text = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (unloaded_text == MAP_FAILED)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		if (sigaction(deadly[i], &action, NULL))
			return -errno;
	return 0;
}
