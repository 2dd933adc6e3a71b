# Reader-writer locks with one mistake each. See ../mutate.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/../mutate.cmake)

# The last argument: the test that has to fail, in place of the first one.
function(add_rwlock_mutant name from to)
  mutate(sources rwlock_${name} rwlocks "${from}" "${to}")
  if(NOT sources)
    return()
  endif()
  add_executable(mutant_rwlock_${name} rwlocks_test.c ../check.c ${sources})
  target_include_directories(mutant_rwlock_${name} PRIVATE ..)
  target_compile_options(mutant_rwlock_${name} PRIVATE -w)
  target_link_libraries(mutant_rwlock_${name} PRIVATE explore_rwlocks)
  set(test "reader-writer locks hold with two threads")
  if(ARGN)
    set(test ${ARGN})
  endif()
  add_test(NAME mutant_rwlock_${name} COMMAND mutant_rwlock_${name} ${test})
  set_tests_properties(mutant_rwlock_${name} PROPERTIES PASS_REGULAR_EXPRESSION "FAIL ${test}\n")
endfunction()

set(MORE "reader-writer locks hold in two rounds, and with four threads")

# Store buffering between a reader's word and the writer's.
add_rwlock_mutant(percpu_reader_does_not_wait_for_its_store
  "atom_store_full(me, inside, 1);" "atom_store(me, inside, 1);")
add_rwlock_mutant(percpu_writer_does_not_wait_for_its_store
  "atom_store_full(me, &l->writer, 1);" "atom_store(me, &l->writer, 1);")
add_rwlock_mutant(bravo_does_not_look_again
  "if (likely(atom_load_full(me, &l->bias)))" "if (true)")
add_rwlock_mutant(bravo_forgets_its_slot
  "if (likely(me->slot))" "if (likely(atom_load_relaxed(me, &l->bias)))")
add_rwlock_mutant(bravo_looks_at_no_slot
  "if (atom_load_relaxed(me, &l->bias))\n\t\tend_bias(l, me);" "atom_store_full(me, &l->bias, 0);")
add_rwlock_mutant(qrwlock_reader_stays_counted
  "atom_add_relaxed(me, &l->word, -QRW_READER);\n\tline_up" "line_up")
add_rwlock_mutant(qrwlock_reader_releases_nothing
  "atom_add_release(me, &l->word, -QRW_READER)" "atom_add_relaxed(me, &l->word, -QRW_READER)")
add_rwlock_mutant(seqlock_reader_without_its_fence
  "atom_fence(me, ORDER_ACQUIRE);" ";")
add_rwlock_mutant(seqlock_writer_without_its_fence
  "atom_fence(me, ORDER_RELEASE);" ";")
# It takes a writer, a slow reader that sets the bias, and one that sees it.
add_rwlock_mutant(bravo_sets_the_bias_relaxed
  "atom_store(me, &l->bias, 1);" "atom_store_relaxed(me, &l->bias, 1);" ${MORE})
