# Each of what design and peers call a trap of replacing a program's locks.

# A signal between a waiter's letting go and its being in the list.
add_preload_mutant(signal_without_gate mcs_park conditions conditions.c
  "static void pass_gate(const pthread_cond_t *c)
{"
  "static void pass_gate(const pthread_cond_t *c)
{
	if (c)
		return;")
# The real mutex is taken in the wait alone.
add_preload_mutant(wait_without_gate futex3_spin conditions conditions.c
  "	real()->pthread_mutex_lock(w->gate);
	verbs->unlock(w->mutex);"
  "	verbs->unlock(w->mutex);
	sched_yield();
	real()->pthread_mutex_lock(w->gate);")
# A cancelled wait goes on without the mutex.
add_preload_mutant(cancelled_without_mutex futex3 conditions conditions.c
  "	verbs->lock(w->mutex, w->from);"
  "	if (w->from)
		return;")
# The functions of the layout that pthread_cond_t had before.
add_preload_mutant(old_conditions futex3 conditions reals.c
  "\"GLIBC_2.3.2\""
  "\"GLIBC_2.2.5\"")
# Those that waited in the parent have their turn in the child.
add_preload_mutant(waiters_of_the_parent mcs_park forks self.c
  "		forget_waiters(&me->slots);"
  "		;")
add_preload_mutant(numbers_of_the_parent ticket forks self.c
  "		fork_epoch++;"
  "	;")
add_preload_mutant(askers_of_the_parent futex_handoff forks self.c
  "		fork_epoch++;"
  "	;")
# Those of the child are there.
add_preload_mutant(waiters_of_the_child ticket forks self.c
  "	if (atomic_load(&in_use) > (me != NULL))"
  "	if (1)")
add_preload_mutant(destroyed_while_held futex3 mutexes mutexes.c
  "	if (!verbs->room_try(&o->room))
		return EBUSY;"
  "	if (!verbs->room_try(&o->room))
		return 0;")
add_preload_mutant(recursive_is_plain futex3 mutexes mutexes.c
  "	o->depth++;
	return 0;"
  "	return EBUSY;")
add_preload_mutant(errno_is_changed futex3 mutexes park.c
  "	syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
	errno = error;"
  "	syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
	errno = error + 1;")
add_preload_mutant(nodes_end mcs_park mutexes self.c
  "		if (!slots->more)"
  "		if (slots)
			return &slots->slot[0];
		if (!slots->more)")
# A writer that waits keeps a reader out that reads a second time.
add_preload_mutant(writers_go_first futex3 rwlocks rwlocks.c
  "	while (!(state & RW_WRITER) && (state & RW_READERS) != RW_READERS)"
  "	while (!(state & (RW_WRITER | RW_SLEEPERS)) && (state & RW_READERS) != RW_READERS)")
add_preload_mutant(sleeping_writers futex3 rwlocks rwlocks.c
  "	if (!left && state & RW_SLEEPERS)"
  "	if (!left && state & RW_SLEEPERS && !state)")
