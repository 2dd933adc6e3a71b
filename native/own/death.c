/* SPDX-License-Identifier: MIT */
/*
 * The host's two processes. The program runs in the child, which may die of it, or never come back;
 * the parent waits, prints, and ends what stands still. Where the child is gone, the schedule that
 * it followed is in memory that both share.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "host.h"
#include "process.h"

#define LOOK_EVERY_MS 50
#define GRACE_MS 700	   /* behind the limit of time; then the child is ended */
#define STOP_MS 500	   /* for a child that was asked to end; others may have the processor */
#define ANSWER_S 2	   /* for its last word: others may have the processor */
#define STILL_CPU_MS 10000 /* the child's processor time without a step: it hangs */
#define STILL_MS 30000	   /* the same in time that passes, for one that sleeps */
#define REPLAY_SHORTER 5   /* of one schedule, whose steps take no time */
#define HANG_SHORTER 20	   /* ... and that did not end before */
#define NEWS_CPU_MS 500	   /* its processor time without a step, when its time is up: it hangs */
#define NEWS_MS 10000	   /* the same in time that passes, for one that sleeps */
#define STATUS_DIED 3

struct host_shared *host;

/* What the parent knows of the child's progress. */
struct vigil {
	pid_t child;
	uint64_t began_ns, changed_ns, changed_cpu_ns;
	uint64_t stops_ns; /* when it is ended, where it was asked to end */
	uint64_t seen;	   /* a hash of what changes while it comes on */
	bool ended;	   /* the parent ended it */
	bool late;	   /* ... because its time was up, and it did not hang */
	uint64_t still_ms; /* its processor time without a step until then */
};

_Noreturn void host_end_child(void)
{
	_exit(0);
}

void own_refuse(uintptr_t pc, const char *format, ...)
{
	va_list arguments;

	/* All is reported, and the program was run again for more. */
	if (host->phase == HOST_DONE)
		_exit(0);
	own.inside = false;
	va_start(arguments, format);
	vsnprintf(host->refused, sizeof(host->refused), format, arguments);
	va_end(arguments);
	host->refused_at = host_offset(pc);
	host->phase = HOST_REFUSED;
	_exit(0);
}

void own_died(int signal, uintptr_t pc, bool stack_used_up)
{
	host->stack_used_up = stack_used_up;
	host->signal = signal;
	host->signal_at = host_offset(pc);
	_exit(STATUS_DIED);
}

/* The parent asks where the child is, before it ends it. */
static void say_where(int signal, siginfo_t *info, void *context)
{
	(void)info;
	own_died(signal, own_program_at(context), false);
}

/* What the program reads and writes is nobody's: reports go to the parent's stdout alone. */
static void close_streams(void)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0)
		return;
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
#ifndef __SANITIZE_ADDRESS__
	dup2(nothing, STDERR_FILENO);
#endif
}

_Noreturn static void be_child(pid_t parent, void (*work)(void))
{
	struct sigaction asked = {.sa_sigaction = say_where, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have died before. */
	if (getppid() != parent)
		_exit(STATUS_DIED);
	sigaction(SIGUSR2, &asked, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close_streams();
	work();
	host->phase = HOST_DONE;
	host_end_child();
}

static uint64_t cpu_ns(pid_t child)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(child, &clock) || clock_gettime(clock, &time))
		return 0;
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Of what changes with every step of the child. */
static uint64_t look(void)
{
	uint64_t hash = host->beat;

	for (uint32_t step = 0; step < STEPS_MAX && host->schedule[step]; step++)
		hash = fibers_mix(hash, host->schedule[step]);
	return fibers_mix(hash, host->phase);
}

/* How many times sooner than that of a search its stillness is one without an end. */
static uint64_t shorter(void)
{
	if (!host_options.replay)
		return 1;
	return host_options.kind == FAULT_HANG ? HANG_SHORTER : REPLAY_SHORTER;
}

/* Whether the child has to be ended now: late, or without progress. */
static bool has_to_end(struct vigil *vigil)
{
	uint64_t now = monotonic_ns(), seen = look(), cpu = cpu_ns(vigil->child);
	uint64_t limit_ms = host_options.time_ms, still_ms;

	if (seen != vigil->seen) {
		vigil->seen = seen;
		vigil->changed_ns = now;
		vigil->changed_cpu_ns = cpu;
	}
	still_ms = (now - vigil->changed_ns) / 1000000;
	vigil->still_ms = cpu > vigil->changed_cpu_ns ? (cpu - vigil->changed_cpu_ns) / 1000000 : 0;
	vigil->late = vigil->still_ms < NEWS_CPU_MS && still_ms < NEWS_MS;
	if (limit_ms && now - vigil->began_ns > (limit_ms + GRACE_MS) * 1000000)
		return true;
	return still_ms > STILL_MS / shorter() || vigil->still_ms > STILL_CPU_MS / shorter();
}

/*
 * Ask it where it is; whatever it answers, it ends. Time passes by sigtimedwait(): nanosleep() is
 * the program's here.
 */
static void end_child(struct vigil *vigil)
{
	struct timespec patience = {.tv_sec = ANSWER_S};
	sigset_t its_end;

	vigil->ended = true;
	sigemptyset(&its_end);
	sigaddset(&its_end, SIGCHLD);
	kill(vigil->child, SIGUSR2);
	sigtimedwait(&its_end, NULL, &patience);
	kill(vigil->child, SIGKILL);
}

static uint64_t executions(void)
{
	return host->executions + host->running;
}

/*
 * The host is asked to end. A search says what it has found, for which its child has a moment. A
 * replay has nothing to say: its child goes first, so that nothing stays behind.
 */
static void stop(struct vigil *vigil, int signal_number)
{
	if (!host_options.replay) {
		vigil->stops_ns = monotonic_ns() + STOP_MS * 1000000;
		host->stopping = true;
		return;
	}
	kill(vigil->child, SIGKILL);
	waitpid(vigil->child, NULL, 0);
	_exit(128 + signal_number);
}

/* Wait for the child, and say how it goes. Returns its status as waitpid() has it. */
static int wait_for(struct vigil *vigil, const sigset_t *children)
{
	struct timespec moment = {.tv_nsec = LOOK_EVERY_MS * 1000000};
	uint64_t told = 0;
	int status = 0, came;

	for (;;) {
		if (waitpid(vigil->child, &status, vigil->ended ? 0 : WNOHANG) == vigil->child)
			return status;
		came = sigtimedwait(children, NULL, &moment);
		if (came == SIGTERM || came == SIGINT)
			stop(vigil, came);
		if (host->stopping && monotonic_ns() >= vigil->stops_ns) {
			vigil->ended = true;
			kill(vigil->child, SIGKILL);
		} else if (has_to_end(vigil)) {
			end_child(vigil);
		}
		if (executions() != told && !host_options.replay)
			host_print_progress(monotonic_ns() - vigil->began_ns);
		told = executions();
	}
}

static void say_death(const struct vigil *vigil, int signal, int status, char *text, size_t size)
{
	const char *when = host->phase == HOST_LOADING ? " before main()" : "";

	if (vigil->ended && vigil->still_ms)
		snprintf(text, size,
			 "the program does not come to an end%s: it ran for %" PRIu64 ".%" PRIu64
			 " s without a step, and was ended",
			 when, vigil->still_ms / 1000, vigil->still_ms / 100 % 10);
	else if (vigil->ended)
		snprintf(text, size,
			 "the program does not come to an end%s: it sleeps, and was ended", when);
	else if (host->stack_used_up)
		snprintf(text, size, OWN_STACK_USED_UP, OWN_STACK_BYTES >> 10);
	else if (signal)
		snprintf(text, size, "the program ended the process that runs it%s: %s", when,
			 strsignal(signal));
	else
		snprintf(text, size, "the program ended the process that runs it%s, with status %d",
			 when, status);
}

static void take_death(const struct vigil *vigil, int signal, int status, struct host_fault *fault)
{
	*fault = (struct host_fault){.kind = vigil->ended ? FAULT_HANG : FAULT_CRASH,
				     .at = host->signal_at,
				     .count = 1,
				     .execution = host->executions + host->running + 1,
				     .facts = host->facts,
				     .reuse = host->reuse};
	host_take_schedule(fault);
	say_death(vigil, signal, status, fault->message, sizeof(fault->message));
}

/* The search died of the program: that is a fault, with the schedule so far. */
static void take_death_of_search(const struct vigil *vigil, int signal, int status)
{
	uint32_t number = host->faults < HOST_FAULTS_MAX ? host->faults++ : HOST_FAULTS_MAX - 1;
	struct host_fault *fault = &host->fault[number];

	take_death(vigil, signal, status, fault);
	if (!number)
		host->found_by = host->strategy;
	host->exhausted = false;
	host->limit = LIMIT_FAULT;
	host->search[host->reuse] = (struct host_search){.begun = true, .limit = LIMIT_FAULT};
	host->executions = fault->execution;
	host_print_death(fault, vigil->ended ? 0 : signal, status);
}

/* A fault that was known took the process along when it came again. Returns whether to go on. */
static bool take_death_of_finishing(const struct vigil *vigil, int signal, int status)
{
	struct host_fault *fault = &host->fault[host->finishing - 1];

	if (!fault->message[0])
		say_death(vigil, signal, status, fault->message, sizeof(fault->message));
	return host->finishing < host->faults && !vigil->ended;
}

/* A replay died as the search did: its story goes up to the step before. */
static bool take_death_of_replay(const struct vigil *vigil, int signal, int status)
{
	struct host_story *story = &host->story;

	if (host->cut_at)
		return false;
	take_death(vigil, signal, status, &host->death);
	story->fault = host->death;
	story->faulted = true;
	story->reproduced = host->death.deviations == host_options.deviations;
	story->met =
		host_options.kind == EXPLORE_ANY_FAULT || host_options.kind == host->death.kind;
	story->steps = host->death.steps;
	story->preemptions = host->death.preemptions;
	host->cut_at = host->death.steps > 1 ? host->death.steps - 1 : 0;
	return host->cut_at != 0;
}

/* The child is gone before it came to its end. Returns whether another one has something to do. */
static bool look_at_death(const struct vigil *vigil, int wstatus)
{
	int signal = host->signal ? host->signal : WIFSIGNALED(wstatus) ? WTERMSIG(wstatus) : 0;
	int status = WIFEXITED(wstatus) && !host->signal ? WEXITSTATUS(wstatus) : 0;

	if (host_options.replay)
		return take_death_of_replay(vigil, signal, status);
	if (host->stopping && vigil->ended) {
		host->exhausted = false;
		if (!host->finishing)
			host->limit = LIMIT_STOPPED;
		return false;
	}
	if (host->finishing)
		return take_death_of_finishing(vigil, signal, status);
	if (vigil->ended && vigil->late) {
		host->exhausted = false;
		host->limit = LIMIT_TIME;
		return false;
	}
	take_death_of_search(vigil, signal, status);
	return false;
}

static int report(void)
{
	if (host->phase == HOST_REFUSED) {
		host_print_refused(host->refused, host->refused_at);
		return 2;
	}
	if (host_options.replay)
		host_print_replayed();
	else
		host_print_finished();
	return 0;
}

/* Have @work done in a child. Returns whether another one has something left to do. */
static bool work_apart(void (*work)(void), uint64_t began_ns, const sigset_t *children)
{
	struct vigil vigil = {.began_ns = began_ns, .changed_ns = monotonic_ns()};
	pid_t parent = getpid();
	int status;

	host->phase = HOST_LOADING;
	host->signal = 0;
	host->signal_at = 0;
	host->stack_used_up = false;
	memset(host->schedule, 0, sizeof(host->schedule));
	vigil.child = fork();
	if (!vigil.child)
		be_child(parent, work);
	if (vigil.child < 0) {
		snprintf(host->refused, sizeof(host->refused), "No child process: %s",
			 strerror(errno));
		host->phase = HOST_REFUSED;
		return false;
	}
	status = wait_for(&vigil, children);
	host->elapsed_ns = monotonic_ns() - began_ns;
	if (host->phase == HOST_REFUSED || host->phase == HOST_DONE)
		return false;
	return look_at_death(&vigil, status);
}

int host_supervise(void (*work)(void))
{
	uint64_t began_ns = monotonic_ns();
	sigset_t children;

	host = mmap(NULL, sizeof(*host), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (host == MAP_FAILED) {
		fprintf(stderr, "dmtorture-own: no memory\n");
		return 3;
	}
	host->facts = host_options.facts;
	memcpy(host->fact, host_options.fact, host->facts * sizeof(host->fact[0]));
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigaddset(&children, SIGTERM);
	sigaddset(&children, SIGINT);
	sigprocmask(SIG_BLOCK, &children, NULL);
	while (work_apart(work, began_ns, &children))
		;
	return report();
}
