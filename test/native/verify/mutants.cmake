# Locks with one mistake each, most of them the trap that its paper or its port is known for: rows
# of the verification have to see it. See ../mutate.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/../mutate.cmake)

# @lock: of native/locks, which the mutant takes the place of; @test: of verify_rows_test.
function(add_lock_mutant name lock from to)
  mutate(sources lock_${name} "locks/${lock}.c" "${from}" "${to}")
  if(NOT sources)
    return()
  endif()
  add_executable(mutant_lock_${name} verify_rows_test.c kit.c ../check.c ${sources})
  target_include_directories(mutant_lock_${name} PRIVATE . .. ${PROJECT_SOURCE_DIR}/native/locks)
  target_compile_options(mutant_lock_${name} PRIVATE -w)
  target_link_libraries(mutant_lock_${name} PRIVATE dmtorture_verify)
  set(test "all locks at the default sizes")
  add_test(NAME mutant_lock_${name} COMMAND mutant_lock_${name} ${test})
  set_tests_properties(mutant_lock_${name} PROPERTIES PASS_REGULAR_EXPRESSION "FAIL ${test}\n")
endfunction()

add_lock_mutant(twa_reads_the_slot_late twa
  "uint32_t seen = atom_load(me, slot), now;\n\n\t\tif (mine - atom_load_relaxed(me, &l->called) <= NEAR)\n\t\t\treturn;"
  "uint32_t seen, now;\n\n\t\tif (mine - atom_load(me, &l->called) <= NEAR)\n\t\t\treturn;\n\t\tseen = atom_load(me, slot);")
add_lock_mutant(k42_clears_the_head_late k42
  "link_store_relaxed(me, &l->head, NULL);\n\t\tif (link_cas_release(me, &l->tail, mine, &l->head) == (void *)mine)\n\t\t\treturn;"
  "if (link_cas_release(me, &l->tail, mine, &l->head) == (void *)mine) {\n\t\t\tlink_store_relaxed(me, &l->head, NULL);\n\t\t\treturn;\n\t\t}")
add_lock_mutant(cna_leaves_the_second_queue cna
  "if (likely(!second))\n\t\treturn" "if (likely(!second) || true)\n\t\treturn")
add_lock_mutant(cohort_leaves_it_with_nobody cohort
  " && atom_load_relaxed(me, &node->next) != called" "")
add_lock_mutant(futex_handoff_waits_for_a_free_lock futex_handoff
  "if (!(found & HELD))\n\t\t\tbreak;\n\t\tif (bits & ~found & ASKED)"
  "if (!(found & HELD) && !(bits & ~found & ASKED))\n\t\t\tbreak;\n\t\tif (bits & ~found & ASKED)")
add_lock_mutant(futex_handoff_clears_the_bit_late futex_handoff
  "atom_and_relaxed(me, &l->state, ~ASKED);\n\tatom_store(me, &l->token, 1);"
  "atom_store(me, &l->token, 1);\n\tatom_and_relaxed(me, &l->state, ~ASKED);")
