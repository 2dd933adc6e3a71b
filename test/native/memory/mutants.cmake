# Memory models with one mistake each: the table, the random programs, or the twins have to see it.
# See ../explore/mutants.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/../mutate.cmake)

# @program: a test below test/native, without "_test.c"; @test: of its tests the one that fails.
function(add_memory_mutant name program test where from to)
  mutate(sources memory_${name} "explore/${where}" "${from}" "${to}")
  if(NOT sources)
    return()
  endif()
  # The linker takes what the mutant defines from it, and the rest from the library.
  add_executable(mutant_memory_${name} ../${program}_test.c ${sources})
  target_compile_options(mutant_memory_${name} PRIVATE -w)
  target_link_libraries(mutant_memory_${name} PRIVATE memory_checks)
  add_test(NAME mutant_memory_${name} COMMAND mutant_memory_${name} ${test})
  set_tests_properties(mutant_memory_${name} PROPERTIES TIMEOUT 600
    PASS_REGULAR_EXPRESSION "FAIL ${test}\n")
endfunction()

set(TABLE memory/memory_table)
set(FUZZ memory/memory_fuzz)
set(TWINS memory/memory_twins)
set(SYNC explore/explore_sync)

# Where a write lands, and what a read may see.
add_memory_mutant(append_only ${TABLE} "under rc11" memory/messages.c
  "message = least = floor_of(m, cpu, op);"
  "message = least = op->kind == OP_STORE ? newest_of(m, op->location) : floor_of(m, cpu, op);")
add_memory_mutant(append_only_hides_bugs ${TWINS} "mutants are caught" memory/messages.c
  "message = least = floor_of(m, cpu, op);"
  "message = least = op->kind == OP_STORE ? newest_of(m, op->location) : floor_of(m, cpu, op);")
add_memory_mutant(place_before_rmw ${FUZZ} "random programs" memory/messages.c
  "/* Nothing goes between a message and its read-modify-write. */\n\t\treturn !m->link[message].next;"
  "return true;")
add_memory_mutant(rmw_reads_what_another_took ${TABLE} "under rc11" memory/messages.c
  "return true;\n\t\treturn !m->link[message].next;" "return true;\n\t\treturn true;")
add_memory_mutant(cas_reads_the_newest ${FUZZ} "random programs" memory/messages.c
  "if (op->expects && m->message[message].value != op->value)\n\t\t\treturn true;"
  "if (op->expects)\n\t\t\treturn message == newest_of(m, op->location);")
add_memory_mutant(own_write_forgotten ${TABLE} "under rc11" memory/messages.c
  "at_of(m, now)[location] = id;" ";")
add_memory_mutant(own_read_forgotten ${TABLE} "under rc11" memory/messages.c
  "*at = later(m, *at, message);" ";")

# What happens before what.
add_memory_mutant(no_release_sequence ${TABLE} "under rc11" memory/messages.c
  "view_join(m, view_of_message(m, id), view_of_message(m, from));" ";")
add_memory_mutant(c11_sequence_forgotten ${TABLE} "release sequences" memory/messages.c
  "view_join(m, view_of_message(m, id), view_of_message(m, *last));" ";")
add_memory_mutant(c11_sequence_of_what_was_read ${TABLE} "remembered programs" memory/messages.c
  "*last = from ? keep_view(m, t, location) : id;" "*last = id;")
add_memory_mutant(relaxed_releases ${TABLE} "under rc11" memory/messages.c
  "order_releases(order) ? now : view_of(m, cpu, VIEW_RELEASED)" "now")
add_memory_mutant(acquire_fence_is_nothing ${TABLE} "under rc11" memory/messages.c
  "view_join(m, view_of(m, cpu, VIEW_NOW), view_of(m, cpu, VIEW_ACQUIRED));" ";")
add_memory_mutant(release_fence_is_nothing ${TABLE} "under rc11" memory/messages.c
  "view_copy(m, view_of(m, cpu, VIEW_RELEASED), view_of(m, cpu, VIEW_NOW));" ";")
add_memory_mutant(locks_acquire_nothing ${SYNC} "a wait orders" memory/rc11.c
  "if (op->kind != OP_UNLOCK)\n\t\tread_message(m, cpu, last, ORDER_ACQUIRE);" ";")

# The one order of seq_cst.
add_memory_mutant(sc_order_happens_before ${TWINS} "mutants are caught" memory/messages.c
  "view_join_order(m, scv_of(m), now);"
  "view_join(m, now, scv_of(m)), view_join(m, scv_of(m), now);")
add_memory_mutant(hw_is_at ${TABLE} "under rc11" memory/messages.c
  "hw_of(m, scv_of(m))[op->location]" "at_of(m, scv_of(m))[op->location]")
add_memory_mutant(sc_loads_forget_sc_stores ${TABLE} "under rc11" memory/messages.c
  "least = later(m, least, l->sc);" ";")
add_memory_mutant(sc_fences_forget_sc_stores ${TABLE} "under rc11" memory/messages.c
  "later(m, later(m, at[l], order[l]), m->location[l].sc)" "later(m, at[l], order[l])")
add_memory_mutant(sc_fences_forget_fences ${TABLE} "under rc11" memory/messages.c
  "later(m, later(m, at[l], order[l]), m->location[l].sc)" "later(m, at[l], m->location[l].sc)")
add_memory_mutant(sc_fence_releases_nothing ${TABLE} "under rc11" memory/messages.c
  "view_copy(m, view_of(m, cpu, VIEW_RELEASED), now);" ";")
add_memory_mutant(sc_fence_acquires_nothing ${FUZZ} "random programs" memory/messages.c
  "view_join(m, now, view_of(m, cpu, VIEW_ACQUIRED));" ";")
add_memory_mutant(fence_of_a_plan_keeps_its_order ${TWINS} "mutants are caught" memory/rc11.c
  "if (op->order == ORDER_SEQ_CST)\n\t\t\tseq_cst_fence" "if (true)\n\t\t\tseq_cst_fence")

# What a search leaves out.
add_memory_mutant(sleepers_miss_messages ${TABLE} "under rc11" memory/weak_states.c
  "if (mask_of(states, next) & (frame->asleep[u] | frame->vain[u]))"
  "if (frame->asleep[u] || mask_of(states, next) & frame->vain[u])")
add_memory_mutant(sc_steps_commute ${TABLE} "under rc11" memory/rc11_search.c
  "return both || same;" "return false;")
add_memory_mutant(sc_fences_commute ${FUZZ} "random programs" memory/rc11_search.c
  "return both || same;" "return same;")
add_memory_mutant(states_without_views ${FUZZ} "random programs" memory/state.c
  "told = hash_of_view(facts, view_of_message(m, i));" "told = 1;")
add_memory_mutant(states_without_what_was_taken ${TABLE} "remembered programs" memory/state.c
  "m->link[i].next != 0" "0")
add_memory_mutant(states_without_what_is_loaded ${TABLE} "remembered programs" memory/state.c
  "!m->memory.uses.loads && !m->is_loaded[location]" "!m->memory.uses.loads")
add_memory_mutant(states_without_released ${TABLE} "remembered programs" memory/state.c
  "hash = fold(hash, hash_of_view(facts, view_of(m, cpu, VIEW_RELEASED)));" ";")
add_memory_mutant(states_without_acquired ${TABLE} "remembered programs" memory/state.c
  "hash = fold(hash, hash_of_view(facts, all));" ";")
add_memory_mutant(states_without_the_order_of_fences ${TABLE} "remembered programs" memory/state.c
  "hash += fibers_mix(hash_of_order(m, scv_of(m)), 1);" ";")
add_memory_mutant(graphs_without_order ${TABLE} "graphs" memory/state.c
  "order = fibers_mix(order, event_of(" "order = fibers_mix(0, event_of(")
add_memory_mutant(graphs_with_plain_writes ${TABLE} "graphs of plain writes" memory/state.c
  "if (m->message[i].order != ORDER_NONE)" "if (true)")
add_memory_mutant(graphs_number_plain_writes ${TABLE} "graphs of plain writes" memory/messages.c
  "if (order != ORDER_NONE)\n\t\tm->message[id].number" "if (true)\n\t\tm->message[id].number")
add_memory_mutant(option_of_the_step_before ${TWINS} "mutants are caught" memory/weak_path.c
  "states->m->is_told = false;" ";")
add_memory_mutant(option_where_there_is_no_choice ${TWINS} "mutants are caught" schedule.c
  "f->asks_always = f->hot.weakly;" "f->asks_always = false;")

# Data races.
add_memory_mutant(plain_reads_do_not_race ${FUZZ} "plain accesses" memory/plain.c
  "after_all(&look, p->read, p->read_site);\n\t\tif (m->memory.uses.tracks)"
  "if (m->memory.uses.tracks)")
add_memory_mutant(plain_writes_release ${FUZZ} "plain accesses" memory/rc11.c
  "plain ? ORDER_NONE : ORDER_RELEASE" "ORDER_RELEASE")
add_memory_mutant(atomic_stores_do_not_race ${FUZZ} "plain accesses" memory/plain.c
  "after_all(&look, p->stored, p->read_site);" ";")

# x86-TSO.
add_memory_mutant(tso_has_no_buffers ${TABLE} "under tso" memory
  "(op->kind == OP_STORE && op->order != ORDER_SEQ_CST)" "false")
add_memory_mutant(tso_buffers_seq_cst ${TABLE} "under tso" memory
  "op->kind == OP_STORE && op->order != ORDER_SEQ_CST" "op->kind == OP_STORE")
add_memory_mutant(tso_rmw_passes_the_buffer ${FUZZ} "random programs" memory/tso.c
  "\tdrain(m, t);\n}\n\nstatic bool store" "\tif (op->kind != OP_RMW) drain(m, t);\n}\n\nstatic bool store")
add_memory_mutant(tso_fence_leaves_the_buffer ${TABLE} "under tso" memory/tso.c
  "\tdrain(m, t);\n}\n\nstatic bool store" "\tif (op->kind != OP_FENCE) drain(m, t);\n}\n\nstatic bool store")
add_memory_mutant(tso_loads_pass_by_the_buffer ${TABLE} "under tso" memory/tso.c
  "lend(m, w, seen_by(m, cpu, w));" ";")
add_memory_mutant(tso_takes_the_newest_first ${TABLE} "under tso" memory/tso.c
  "b->entry[0];\n\n\tmemmove(b->entry, b->entry + 1, --b->count * sizeof(b->entry[0]));"
  "b->entry[--b->count];")
add_memory_mutant(tso_loads_see_the_oldest ${FUZZ} "random programs" memory/tso.c
  "for (uint32_t i = b->count; i-- > 0;)\n\t\tif (b->entry[i].word == w)"
  "for (uint32_t i = 0; i < b->count; i++)\n\t\tif (b->entry[i].word == w)")
add_memory_mutant(tso_states_without_buffers ${TABLE} "under tso" memory/tso_search.c
  "hash = fibers_mix(hash, b->count);" "continue;")
add_memory_mutant(tso_flush_is_no_line explore/explore_flush "a flush is a line of the story" memory/tso.c
  "f->executed(f->executed_context, &f->trace[f->length - 1]);" ";")
