# Memory models with one mistake each: the table, the random programs, or the twins have to see it.
# See ../explore/mutants.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/../mutate.cmake)

# @program: table, fuzz, twins; @test: of its tests the one that fails.
function(add_memory_mutant name program test where from to)
  mutate(sources memory_${name} "${where}" "${from}" "${to}")
  if(NOT sources)
    return()
  endif()
  # The linker takes what the mutant defines from it, and the rest from the library.
  add_executable(mutant_memory_${name} memory_${program}_test.c ${sources})
  target_compile_options(mutant_memory_${name} PRIVATE -w)
  target_link_libraries(mutant_memory_${name} PRIVATE memory_checks)
  add_test(NAME mutant_memory_${name} COMMAND mutant_memory_${name} ${test})
  set_tests_properties(mutant_memory_${name} PROPERTIES TIMEOUT 600
    PASS_REGULAR_EXPRESSION "FAIL ${test}\n")
endfunction()
