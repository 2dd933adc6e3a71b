# Reader-writer locks with one mistake each. See ../mutate.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/../mutate.cmake)

# The last argument: the test that has to fail, in place of the first one.
function(add_rwlock_mutant name from to)
  mutate(sources rwlock_${name} rwlocks "${from}" "${to}")
  if(NOT sources)
    return()
  endif()
  add_executable(mutant_rwlock_${name} rwlocks_test.c ${VERIFY_KIT} ${sources})
  target_include_directories(mutant_rwlock_${name} PRIVATE .. ../verify)
  target_compile_options(mutant_rwlock_${name} PRIVATE -w)
  target_link_libraries(mutant_rwlock_${name} PRIVATE dmtorture_verify)
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
# It excludes all that it has to, and more: no run of it is wrong.
add_rwlock_mutant(qrwlock_readers_go_alone
  "qrw_read_lock(lock, me);\n}\n\nstatic inline bool qrwlock_read_unlock(void *lock, struct locker *me)\n{\n\tqrw_read_unlock(lock, me);"
  "qrw_write_lock(lock, me);\n}\n\nstatic inline bool qrwlock_read_unlock(void *lock, struct locker *me)\n{\n\tqrw_write_unlock(lock, me);"
  "readers share every reader-writer lock")
