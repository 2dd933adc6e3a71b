# Explorers with one mistake each. A mutant is an ordinary source file in which one text stands in
# place of another; the judge, linked with it, has to see by the detector that is named that
# something is wrong. The judge without a mutant has to see nothing.

include(${CMAKE_CURRENT_LIST_DIR}/../mutate.cmake)

# A mutant of the explorer. @detector: what of judge.c sees it: counts, disagree, faults, ends, parts,
# states.
function(add_mutant name detector where from to)
  mutate(sources ${name} "${where}" "${from}" "${to}")
  if(NOT sources)
    return()
  endif()
  # The linker takes what the mutant defines from it, and the rest from the library.
  add_executable(mutant_${name} judge.c ${sources})
  target_include_directories(mutant_${name} PRIVATE ${PROJECT_SOURCE_DIR}/native/explore/strategies)
  target_compile_options(mutant_${name} PRIVATE -w)
  target_link_libraries(mutant_${name} PRIVATE explore_checks)
  judge(mutant_${name} ${detector})
endfunction()

# A mutant that a test program sees: @test of @program, a file below test/native.
function(add_tested_mutant name program test where from to)
  mutate(sources ${name} "${where}" "${from}" "${to}")
  if(NOT sources)
    return()
  endif()
  add_executable(mutant_${name} ${PROJECT_SOURCE_DIR}/test/native/${program} ${sources})
  target_include_directories(mutant_${name} PRIVATE ${PROJECT_SOURCE_DIR}/native/explore/strategies)
  target_compile_options(mutant_${name} PRIVATE -w)
  target_link_libraries(mutant_${name} PRIVATE explore_dm_checks)
  add_test(NAME mutant_${name} COMMAND mutant_${name} ${test})
  set_tests_properties(mutant_${name} PROPERTIES TIMEOUT 600 PASS_REGULAR_EXPRESSION "FAIL ${test}\n")
endfunction()

function(judge name verdict)
  add_test(NAME ${name} COMMAND ${name} ${verdict})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()

add_executable(judge judge.c)
target_link_libraries(judge PRIVATE explore_checks)
judge(judge sound)

# A dropped backtrack point: all of them, some of them, those of waits, those of pending accesses.
set(BACKTRACK [=[try_all(dpor, node, could >> cpu & 1 ? 1u << cpu : could & -could);]=])
add_mutant(backtracks_never disagree explore/strategies/dpor.c "${BACKTRACK}" "{}")
add_mutant(backtracks_sometimes disagree explore/strategies/dpor.c "${BACKTRACK}"
  "{ static int turn; if (turn++ % 8) ${BACKTRACK} }")
add_mutant(backtracks_not_for_waits disagree explore/strategies/dpor.c
  "if (access_waits(later)) {\n\t\ttry_all(dpor, node, node->enabled);" "if (access_waits(later)) {")
add_mutant(backtracks_not_for_pending disagree explore/strategies/dpor.c "~fibers_enabled(f) : ~0u" "0u : 0u")
add_mutant(backtracks_a_step_late counts explore/strategies/dpor.c "dpor->replay - 1 : 0" "dpor->replay : 0")
# A sequence that is not tried; one that begins with what sleeps, and is; one that ends with its
# first step.
add_mutant(reverses_never disagree explore/strategies/reversals.c "reverse(dpor, &dpor->reversal[i]);" "{}")
add_mutant(reverses_twice counts explore/strategies/reversals.c "for (; seen; seen &= seen - 1)" "for (seen = 0; seen; seen &= seen - 1)")
add_mutant(sequences_of_one counts explore/strategies/wakeup.c "for (uint32_t i = 0; i < count; i++) {\n\t\t*end" "for (uint32_t i = 0; i < 1; i++) {\n\t\t*end")
# A fault that came with a lock or an await was a stop, before the races were looked for.
add_mutant(faults_stop_too_early faults explore/clocks.c "event->clock = order(c, &a, a.cpu, ends,"
  "if (ends) a.kind = POINT_STOP; event->clock = order(c, &a, a.cpu, false,")
add_mutant(faults_race_with_the_last counts explore/clocks.c
  "for (uint32_t i = c->count; i--;)\n\t\t\tif (c->event[i].access.kind != ACCESS_QUEUE ||\n\t\t\t    c->event[i].access.place == a->place)\n\t\t\t\tadd(all, (int32_t)i);"
  "for (uint32_t t = 0; t < c->threads; t++)\n\t\t\tadd(all, c->last[t]);")
add_mutant(sleeps_too_long disagree explore/strategies/dpor.c
  "return still_asleep((before->sleep | before->done) & ~(1u << before->chosen), before->next,\n\t\t\t    did);"
  "return did ? (before->sleep | before->done) & ~(1u << before->chosen) : 0;")
add_mutant(nobody_wakes states explore "if (accesses_depend(&next[cpu], did))" "if (false)")
add_mutant(never_sleeps counts explore/strategies/dpor.c "return still_asleep(" "return 0 & still_asleep(")

# Searches in parts: a way that is not tried, one that all take for theirs, one in two parts.
add_mutant(parts_try_less parts explore/strategies/dpor.c "node->backtrack = (uint16_t)enabled;" "")
add_mutant(parts_share_short_ways parts explore/search.c
  "if (unlikely(!split_owns(&s->split)))\n\t\t\ts->redundant = true;" "")
add_mutant(parts_overlap parts explore/split.c "== split->index;" "!= split->index;")

# What depends on what.
add_mutant(failed_cas_writes counts machine/fibers
  "f->trace[f->length - 1].kind = POINT_READ;" "f->trace[f->length - 1].kind = POINT_RMW;")
add_mutant(reads_conflict counts explore/clocks.c "writes && t < c->threads" "t < c->threads")
add_mutant(reads_forgotten disagree explore/clocks.c "writes && t < c->threads" "0")

add_mutant(queueing_conflicts_with_nobody disagree explore
  "return a->kind == ACCESS_LOCK_SHARED || b->kind == ACCESS_LOCK_SHARED;" "return false;")
add_mutant(queueing_is_forgotten disagree explore/clocks.c
  "touch(c, a->place)->queued = true;" "")

# Wrong wake-ups: who waits stays where it is, or goes on where it may not.
set(READERS "value <= RWSEM_READERS")
set(WRITER "!(value & (RWSEM_READERS | RWSEM_WRITER))")
set(AWAITED "word_peek(w) != f->fiber[cpu].await_old")
add_mutant(lock_wakes_nobody faults machine/fibers "${WRITER}" "false")
add_mutant(lock_lets_in faults machine/fibers "${WRITER}" "true")
add_mutant(readers_wake_nobody faults machine/fibers "${READERS}" "false")
add_mutant(readers_let_in faults machine/fibers "${READERS}" "true")
add_mutant(readers_keep_out faults machine/fibers "${READERS}" "${WRITER}")
add_mutant(readers_pass_writers faults machine/fibers "${READERS}" "!(value & RWSEM_WRITER)")
add_mutant(writers_do_not_queue faults machine/fibers "word_add(t, state, RWSEM_WAITING);" "")
add_mutant(await_wakes_nobody faults machine/fibers "return ${AWAITED};" "return false;")
add_mutant(await_goes_on faults machine/fibers "return ${AWAITED};" "return true;")
add_mutant(await_never_gives_up faults machine/fibers "awaiting(f) == f->running" "false")

# The same on random walks, which keep account of who waits in their own way.
add_mutant(walk_wakes_nobody faults machine/fibers
  "if (lock_is_free(f->next[cpu].kind, f->next_word[cpu]))" "if (false)")
add_mutant(walk_lets_in faults machine/fibers "\t\tblock_others(f, kind, w);" "\t\t;")
add_mutant(walk_lets_readers_pass faults machine/fibers
  "block_others(t->fibers, POINT_LOCK, w);" ";")
add_mutant(walk_keeps_readers_out faults machine/fibers
  "(kind != ACCESS_LOCK_SHARED || f->next[cpu].kind != ACCESS_LOCK_SHARED)" "true")

# States.
add_mutant(states_all_one faults explore/strategies/stateful.c
  "return fibers_mix(0, hash);" "return 1;")
add_mutant(states_without_past faults explore/strategies/stateful.c
  "hash += fibers_mix(cpu + 1, fiber_task(&f->fiber[cpu])->history);" ";")
add_mutant(states_without_memory disagree explore/strategies/stateful.c
  "fibers_mix(f->hot.memory_hash," "fibers_mix(0,")
add_mutant(states_hashed_wrong disagree explore/strategies/stateful.c
  "f->hot.memory_hash = frame->memory_hash;" ";")
add_mutant(states_sleep_too_long disagree explore/strategies/stateful.c
  "still_asleep(from->asleep, f->next, &f->trace[from->length])" "from->asleep")
add_mutant(states_never_sleep states explore/strategies/stateful.c
  "from->asleep |= 1u << from->cpu;" ";")
add_mutant(states_miss_the_first faults explore/strategies/stateful.c
  "if (!frame->enabled) {\n\t\tr = end_path(s);" "if (false) {\n\t\tr = 0;")
add_mutant(states_sleep_through_ends states explore/strategies/stateful.c
  "if (likely(!f->ended)) {" "if (true) {")

# A schedule that is known is made no shorter; longer ones are taken for shorter ones.
set(SHORTEN_TEST explore/explore_shorten_test.c)
add_tested_mutant(shortens_never ${SHORTEN_TEST} "fewer preemptions where not all are tried" explore/shorten.c
  "while (r > 0)" "while (false)")
add_tested_mutant(shortens_to_more ${SHORTEN_TEST} "fewer preemptions where not all are tried" explore/shorten.c
  "!quest_is_less(&found, best)" "quest_is_less(&found, best)")

add_tested_mutant(all_are_few ${SHORTEN_TEST} "two of many threads" explore/few_threads.c
  "s->few = few" "s->few = 0")
add_tested_mutant(pairs_never ${SHORTEN_TEST} "two that the first waits for" explore/few_threads.c
  "if (at_fault == FIRST)" "if (false)")
add_tested_mutant(others_preempt ${SHORTEN_TEST} "two of many threads" explore/strategies/dfs.c
  "return s->few >> s->stage.fibers->current & 1 ? few : 0;" "return enabled;")

# Tickets: a sum that is not compared, other texts of one ticket, rows that no set holds.
set(TICKET_TEST explore_dm/explore_ticket_test.c)
add_tested_mutant(ticket_sum_is_not_compared ${TICKET_TEST} "damage is seen" explore/story/seal.c
  "return crc == crc32(b->data, b->length) ? SEAL_WHOLE : SEAL_BROKEN;" "return SEAL_WHOLE;")
add_tested_mutant(ticket_range_of_no_rows ${TICKET_TEST} "one ticket has one text" explore_dm/ticket.c
  "if (!on || (i && !off)) {" "if (0) {")
add_tested_mutant(ticket_ends_early ${TICKET_TEST} "one ticket has one text" explore_dm/ticket.c
  "b->failed || b->at != b->length || run_on > 1" "b->failed || run_on > 1")
add_tested_mutant(ticket_rows_are_lost ${TICKET_TEST} "rows beyond the set" explore_dm/ticket.c
  "return unknown ? TICKET_NEWER : TICKET_FINE;" "return TICKET_FINE;")
add_tested_mutant(ticket_version_is_not_compared ${TICKET_TEST} "version one" explore_dm/ticket.c
  "if (ticket->version != version)" "if (0)")

# Limits: minimising with all of the time again, and after its end; bounds that were cut off.
set(LIMITS_TEST explore_dm/explore_limits_test.c)
add_tested_mutant(minimising_has_the_whole_time ${LIMITS_TEST} "one deadline is for all"
  explore_dm/stories.c "(e->deadline_ns - now) / 1000000 / kinds" "e->input.time_ms_max")
add_tested_mutant(minimising_after_the_end ${LIMITS_TEST} "time that is up minimises nothing"
  explore_dm/stories.c "if (now < e->deadline_ns)" "")
add_tested_mutant(one_execution_too_many ${LIMITS_TEST} "executions are counted exactly"
  explore/search.c "s->report->executions < s->executions_max" "s->report->executions <= s->executions_max")
add_tested_mutant(cut_off_bound_is_proven ${LIMITS_TEST} "stopped at the next bound proves nothing"
  explore/minimise.c "if (r || search_over(s)) {\n\t\t\t*proven = false;" "if (r || search_over(s)) {")

# The fewest preemptions that show each row of the history.
add_tested_mutant(minimising_has_no_bound explore_dm/explore_history_test.c
  "each row shows its fault, and not when it is over" explore/minimise.c
  "mine.preemptions_max = mine.memory == EXPLORE_SC ? NO_BOUND - 1 : 0;" "mine.preemptions_max = UINT32_MAX;")

# The watch for loops without points: it has to see that the search goes on.
add_tested_mutant(watch_sees_no_progress explore/explore_check_hang_test.c
  "what goes on is not reported" explore/watch.c "if (!is_same(now, seen)) {"
  "if (!is_same(now, seen) && (said = false)) {")

# Threads that others begin: whose clock and history they begin with, and from which step on they are there.
set(SPAWN_TEST explore/explore_spawn_test.c)
add_tested_mutant(spawned_in_a_prelude_by_another ${SPAWN_TEST} "a grandchild born in a prelude"
  machine/fibers "parent = f->birth[parent].parent;" ";")
add_tested_mutant(spawned_by_the_first ${SPAWN_TEST} "every search on random programs"
  machine/fibers "f->birth[cpu].parent = parent;" "f->birth[cpu].parent = 0;")
add_tested_mutant(spawned_without_a_clock ${SPAWN_TEST} "a grandchild born in a prelude"
  explore/clocks.c "c->thread[cpu] = c->thread[f->birth[cpu].parent];" ";")
add_tested_mutant(spawned_a_step_late ${SPAWN_TEST} "every search on known programs"
  explore/clocks.c "if (f->birth[cpu].length > at)" "if (f->birth[cpu].length >= at)")
add_tested_mutant(spawned_without_a_past ${SPAWN_TEST} "what a parent hands on"
  machine/fibers "child->history = fibers_mix(child->history, t->history);" ";")
add_tested_mutant(spawned_unordered ${SPAWN_TEST} "data races with what a parent does"
  machine/fibers "t->listener->spawned(t->listener, child->listener);" ";")
add_tested_mutant(spawned_for_ever ${SPAWN_TEST} "every search on known programs"
  explore/strategies/stateful.c "if (unlikely(f->born != frame->born))" "if (false)")
