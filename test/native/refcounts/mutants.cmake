# Reference counts with one mistake each. See ../mutate.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/../mutate.cmake)

# The last argument: the test that has to fail, in place of the first one.
function(add_refcount_mutant name from to)
  mutate(sources refcount_${name} refcounts "${from}" "${to}")
  if(NOT sources)
    return()
  endif()
  add_executable(mutant_refcount_${name} refcounts_test.c ${VERIFY_KIT} ${sources})
  target_include_directories(mutant_refcount_${name} PRIVATE .. ../verify)
  target_compile_options(mutant_refcount_${name} PRIVATE -w)
  target_link_libraries(mutant_refcount_${name} PRIVATE dmtorture_verify)
  set(test "reference counts hold with one user")
  if(ARGN)
    set(test ${ARGN})
  endif()
  add_test(NAME mutant_refcount_${name} COMMAND mutant_refcount_${name} ${test})
  set_tests_properties(mutant_refcount_${name} PROPERTIES PASS_REGULAR_EXPRESSION "FAIL ${test}\n")
endfunction()

add_refcount_mutant(refcount_t_does_not_saturate
  "atom_store_relaxed(me, &object->count, SATURATED);" ";" "refcount_t saturates")
add_refcount_mutant(refcount_t_put_releases_nothing
  "atom_add_release(me, &object->count, -1u);\n\n\tif (before == 1)"
  "atom_add_relaxed(me, &object->count, -1u);\n\n\tif (before == 1)")
add_refcount_mutant(last_put_acquires_nothing
  "(void)atom_load(me, &object->count);\n\trefs->free" "refs->free")
# The sum has to wait until no count moves.
add_refcount_mutant(percpu_ref_has_no_grace_period
  "while ((inside = atom_load_full(me, &user->inside)))\n\t\t\trelax(me, &user->inside, inside);"
  "(void)inside;")
add_refcount_mutant(percpu_ref_has_no_bias
  "#define BIAS 0x40000000u" "#define BIAS 0u")
add_refcount_mutant(percpu_ref_does_not_wait_for_its_store
  "atom_store_full(me, &user->inside, 1);" "atom_store(me, &user->inside, 1);")
# Others drop what the owner took: it has to visit its queue, and others do that when it has left.
add_refcount_mutant(biased_owner_leaves_its_queue
  "visit_queue(refs, CLOSED, me);" "link_store(me, &user_of(refs, me->index)->queue, CLOSED);")
add_refcount_mutant(biased_owner_leaves_and_nobody_merges
  "visit_queue(refs, CLOSED, me);" "visit_queue(refs, NULL, me);")
# It takes one that drops its own while the other leaves two to the first thread.
add_refcount_mutant(biased_frees_what_is_queued
  "return count == MERGED;" "return (count & ~QUEUED) == MERGED;" "reference counts hold with two users")
add_refcount_mutant(hazard_does_not_look_again
  "object = link_load(me, place);\n\t\tif (likely(object == named))" "object = named;\n\t\tif (true)")
add_refcount_mutant(hazard_reader_without_its_fence
  "link_store(me, hazard, named);\n\t\tatom_fence(me, ORDER_SEQ_CST);" "link_store(me, hazard, named);")
add_refcount_mutant(epoch_waits_for_one_epoch
  "#define EPOCHS_TO_WAIT 2u" "#define EPOCHS_TO_WAIT 1u")
add_refcount_mutant(epoch_enters_without_its_fence
  "/* Before any look at a place. */\n\tatom_fence(me, ORDER_SEQ_CST);" "")
add_refcount_mutant(rcu_takes_what_is_gone
  "while (before) {" "for (;;) {")
add_refcount_mutant(biased_owner_does_not_merge_at_zero
  "atom_or(me, &object->count, MERGED) | MERGED" "atom_load(me, &object->count) | MERGED")
# The count itself is memory of the object, and a look-up looks at it without a reference.
add_refcount_mutant(rcu_frees_without_a_grace_period
  "epoch_retire(refs, object, me);\n}" "refs->free(refs, object, me);\n}")
# What another thread finds has to be written before.
add_refcount_mutant(hazard_puts_in_its_place_relaxed
  "link_store(me, place, next);\n\tkeep_retired" "link_store_relaxed(me, place, next);\n\tkeep_retired")
