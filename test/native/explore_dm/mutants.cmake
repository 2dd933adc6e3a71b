# Device mappers with one mistake each, in a turn of the history: a test has to see it.

include(${CMAKE_CURRENT_LIST_DIR}/../mutate.cmake)

set(DM ${PROJECT_SOURCE_DIR}/native/core/dm)
file(GLOB_RECURSE DM_FILES RELATIVE ${DM} CONFIGURE_DEPENDS ${DM}/*.[ch])

# @from in native/core/dm, where it stands once, becomes @to: DM_TEST of DM_JUDGE sees it.
function(add_dm_mutant name from to)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/mutants/${name})
  set(sources)
  set(found 0)
  foreach(file IN LISTS DM_FILES)
    file(READ ${DM}/${file} text)
    string(FIND "${text}" "${from}" first)
    string(FIND "${text}" "${from}" last REVERSE)
    if(NOT first EQUAL -1)
      math(EXPR found "${found} + 1")
      if(NOT first EQUAL last)
        set(found 2)
      endif()
      string(REPLACE "${from}" "${to}" text "${text}")
    endif()
    write_changed(${folder}/${file} "${text}")
    if(file MATCHES "\\.c$")
      list(APPEND sources ${folder}/${file})
    endif()
  endforeach()
  if(NOT found EQUAL 1)
    message(WARNING "mutant ${name}: in native/core/dm has to stand once:\n${from}")
    add_test(NAME mutant_${name} COMMAND ${CMAKE_COMMAND} -E echo "its text is gone")
    set_tests_properties(mutant_${name} PROPERTIES WILL_FAIL ON)
    return()
  endif()
  add_executable(mutant_${name} ${DM_JUDGE} ${sources})
  # Of many files, one at a time: what takes time is reading headers.
  set_target_properties(mutant_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  target_compile_options(mutant_${name} PRIVATE -w -O0)
  target_include_directories(mutant_${name} BEFORE PRIVATE ${folder})
  target_link_libraries(mutant_${name} PRIVATE explore_dm_checks)
  if(NOT DMTORTURE_SANITIZE MATCHES thread)
    add_test(NAME mutant_${name} COMMAND mutant_${name} ${DM_TEST})
    set_tests_properties(mutant_${name} PROPERTIES TIMEOUT 600
      PASS_REGULAR_EXPRESSION "FAIL ${DM_TEST}\n")
  endif()
endfunction()

# By the rows, each before and after.
set(DM_JUDGE explore_history_test.c)
set(DM_TEST "each row shows its fault, and not when it is over")
add_dm_mutant(p1_finds_by_number "if (dm->rules.stores_constant)\n\t\treturn NO_NUMBERS;" "")
add_dm_mutant(p2_reads_outside "return dm->rules.reads_inside ? BY_READ_INSIDE : BY_BARE_READ;"
  "return BY_BARE_READ;")
add_dm_mutant(p3_frees_late "return dm->rules.frees_number_first;" "return false;")
add_dm_mutant(p3_frees_early "return dm->rules.frees_number_first;" "return true;")
add_dm_mutant(r0_takes_none "if (dm->rules.holds_for_read)" "if (false)")
add_dm_mutant(r2_forgets "return dm->rules.frees_number_of_queue;" "return false;")
add_dm_mutant(r2_always "return dm->rules.frees_number_of_queue;" "return true;")
add_dm_mutant(r1_never_busy "if (get_field_once(t, md, opens)) {" "if (false) {")
add_dm_mutant(r9_put_is_the_old_one "if (unlikely(destroys_apart(dm))) {\n\t\tref_put(t, md, holders);\n\t\treturn;\n\t}" "")
add_dm_mutant(r9_waits_for_nobody "if (wait)\n\t\twait_field(t, md, holders, 0);" "if (wait)\n\t\t;")
add_dm_mutant(r9_marks_nothing "or_field(t, md, flags, DMF_FREEING);\n\tminor_unlock(t, dm);\n\tnote(t, FREEING_SET);"
  "minor_unlock(t, dm);")
add_dm_mutant(r10_shows_what_is_deleted "(dm->rules.hides_deleting ? DMF_DELETING : 0)" "0")
add_dm_mutant(r8_never_relocks "return dm->rules.relocks_between_devices;" "return false;")
add_dm_mutant(r8_always_relocks "return dm->rules.relocks_between_devices;" "return true;")
add_dm_mutant(p4_sends_nothing "if (!names_under_hash_lock(dm) || !swap_field(t, md, events, 0))" "if (true)")
add_dm_mutant(r12w_never_waits "return dm->rules.waits_for_kobject;" "return false;")
add_dm_mutant(r12w_always_waits "return dm->rules.waits_for_kobject;" "return true;")
add_dm_mutant(r12l_never_locks "if (!dm->rules.locks_kobject_get)" "if (true)")
add_dm_mutant(r12l_always_locks "if (!dm->rules.locks_kobject_get)" "if (false)")
add_dm_mutant(r16_flushes_nothing "return dm->rules.defers_removal;" "return false;")
add_dm_mutant(r16_forgets_at_close "queue_removal(t, dm);" ";")
add_dm_mutant(r16q_has_no_queue "dm->rules.has_own_queue ? &dm->own_queue : &dm->shared_queue" "&dm->shared_queue")
add_dm_mutant(r15_never_locks "if (!dm->rules.locks_end_hooks)" "if (true)")
add_dm_mutant(r15o_never_first "return dm->rules.locks_before_section ? LOCK_BEFORE_SECTION : LOCK_IN_SECTION;"
  "return LOCK_IN_SECTION;")
add_dm_mutant(r15o_always_first "return dm->rules.locks_before_section ? LOCK_BEFORE_SECTION : LOCK_IN_SECTION;"
  "return LOCK_BEFORE_SECTION;")
add_dm_mutant(r22_never_stops "return dm->rules.stops_timer;" "return false;")
add_dm_mutant(r22_always_stops "return dm->rules.stops_timer;" "return true;")
add_dm_mutant(p5_never_late "return dm->rules.types_queue_late;" "return false;")
add_dm_mutant(p6_never_late "return dm->rules.names_bdi_late;" "return false;")
add_dm_mutant(p7_never_peeks "(dm->rules.peeks_at_queue || (map & MAP_BOUND))" "(map & MAP_BOUND)")
add_dm_mutant(p7_always_peeks "(dm->rules.peeks_at_queue || (map & MAP_BOUND))" "true")
add_dm_mutant(p8_always_first "return dm->rules.ends_pending_first || !destroys_apart(dm);" "return true;")
add_dm_mutant(p8_never_first "return dm->rules.ends_pending_first || !destroys_apart(dm);" "return false;")
add_dm_mutant(r13_never_refuses "if (!dm->rules.refuses_hold)" "if (true)")
add_dm_mutant(p9_never_follows "if (!dm->rules.follows_disk_error)" "if (true)")
add_dm_mutant(r24_never_locks "return dm->rules.locks_deps;" "return false;")
add_dm_mutant(r24_always_locks "return dm->rules.locks_deps;" "return true;")

# By the formulas of all scenarios under all sets: turns that ask in another order, turns of 2006.
set(DM_JUDGE explore_turns_test.c)
set(DM_TEST "each turn is what the formulas say")
add_dm_mutant(lookup_p1_is_asked_last "if (dm->rules.stores_constant)\n\t\treturn NO_NUMBERS;"
  "if (dm->rules.stores_constant && !lookups_return_references(dm))\n\t\treturn NO_NUMBERS;")
add_dm_mutant(lookup_r0_is_asked_first "if (lookups_return_references(dm))\n\t\treturn BY_REFERENCE;"
  "if (lookups_return_references(dm) && !dm->rules.holds_for_read)\n\t\treturn BY_REFERENCE;")
add_dm_mutant(lookup_p2_is_asked_first "if (dm->rules.holds_for_read)"
  "if (dm->rules.holds_for_read && !dm->rules.reads_inside)")
add_dm_mutant(lookup_has_get_md_in_p2 "return by_number(dm) != NO_NUMBERS && by_number(dm) != BY_READ_INSIDE;"
  "return by_number(dm) != NO_NUMBERS;")
add_dm_mutant(lookup_finds_placeholders "(dm->rules.publishes_placeholder && found == MINOR_ALLOCED)"
  "false")
add_dm_mutant(lookup_shows_what_is_freed "return (dm->rules.marks_freeing ? DMF_FREEING : 0) |\n"
  "return 0 |\n")
add_dm_mutant(06_gets_after_the_lock "return dm->rules.gets_under_minor_lock;" "return false;")
add_dm_mutant(06_gets_always "return dm->rules.gets_under_minor_lock;" "return true;")
add_dm_mutant(06m_returns_none "return dm->rules.gets_under_minor_lock || dm->rules.returns_references;"
  "return dm->rules.gets_under_minor_lock;")
add_dm_mutant(r3_never_puts "return dm->rules.puts_unfound;" "return false;")
add_dm_mutant(r3_always_puts "return dm->rules.puts_unfound;" "return true;")
add_dm_mutant(04_takes_no_spinlock [=[spin_lock_at(t, &dm->minor_spin, SITE("spin_lock(&_minor_lock)"));]=]
  ";")
add_dm_mutant(before_04_takes_no_mutex [=[mutex_lock_at(t, &dm->minor_mutex, SITE("mutex_lock(&_minor_lock)"));]=]
  ";")
add_dm_mutant(04_drops_then_locks "if (!ref_put_locked_at(t, md, holders, &dm->minor_spin, site))\n\t\t\treturn DROPPED;"
  "if (!ref_put(t, md, holders))\n\t\t\treturn DROPPED;\n\t\tminor_lock(t, dm);")
add_dm_mutant(before_04_drops_locked "if (!ref_put(t, md, holders))\n\t\t\treturn DROPPED;\n\t\tnote(t, LAST_PUT_UNLOCKED);\n\t\tif (!rules->publishes_placeholder && !rules->marks_freeing)\n\t\t\treturn DROPPED_LAST;\n\t\tminor_lock(t, dm);"
  "minor_lock(t, dm);\n\t\tif (!ref_put(t, md, holders)) {\n\t\t\tminor_unlock(t, dm);\n\t\t\treturn DROPPED;\n\t\t}")
add_dm_mutant(02_hides_nothing "if (rules->publishes_placeholder)\n\t\thide(t, dm, md);" "")
add_dm_mutant(05_marks_nothing "if (rules->marks_freeing)\n\t\tor_field(t, md, flags, DMF_FREEING);"
  "")
add_dm_mutant(r9_hides_nothing "if (dm->rules.publishes_placeholder)\n\t\thide(t, dm, md);" "")
add_dm_mutant(r9_lets_get_on_freeing [=[oops(t, GET_ON_FREEING, site, "dm_get() on a device that is being destroyed");]=]
  ";")
add_dm_mutant(01_in_two_walks "if (dm->rules.replaces_in_one_walk)\n\t\tr = publish_by_replace"
  "if (false)\n\t\tr = publish_by_replace")
add_dm_mutant(01_always_in_one_walk "if (dm->rules.replaces_in_one_walk)\n\t\tr = publish_by_replace"
  "if (true)\n\t\tr = publish_by_replace")
add_dm_mutant(02_takes_no_placeholder "return dm->rules.stores_constant || dm->rules.publishes_placeholder ? MINOR_ALLOCED"
  "return dm->rules.stores_constant ? MINOR_ALLOCED")
add_dm_mutant(02_publishes_nothing "if (!dm->rules.publishes_placeholder || dm->rules.stores_constant)"
  "if (true)")
add_dm_mutant(03_preloads_under_the_lock "if (!dm->rules.preloads_unlocked &&\n" "if (")
add_dm_mutant(before_03_preloads_before "if (!dm->rules.preloads_unlocked &&\n" "if (false &&")
add_dm_mutant(08_never_first "return dm->rules.inits_before_announce;" "return false;")
add_dm_mutant(08_always_first "return dm->rules.inits_before_announce;" "return true;")
add_dm_mutant(05_opens_what_is_freed "if (!md || is_going(t, md, closed_flags(dm))) {" "if (!md) {")
add_dm_mutant(05_leaves_private_data "if (!dm->rules.marks_freeing)\n\t\treturn;\n\tminor_lock(t, dm);\n\tset_field"
  "if (true)\n\t\treturn;\n\tminor_lock(t, dm);\n\tset_field")
add_dm_mutant(r1_counts_nothing "return dm->rules.counts_opens;" "return false;")
add_dm_mutant(r1_opens_what_goes "(counts_opens(dm) ? DMF_DELETING : 0);" "0;")
add_dm_mutant(r16_marks_nothing "or_field(t, md, flags, DMF_DEFERRED);" ";")
add_dm_mutant(07_never_pins "return !dm->rules.pins_module || try_module_get(t, &dm->module);"
  "return true;")
add_dm_mutant(07_always_pins "return !dm->rules.pins_module || try_module_get(t, &dm->module);"
  "return try_module_get(t, &dm->module);")
add_dm_mutant(p4_always_sends "return dm->rules.names_under_hash_lock;" "return true;")
add_dm_mutant(p5_always_late "return dm->rules.types_queue_late;" "return true;")
add_dm_mutant(p6_always_late "return dm->rules.names_bdi_late;" "return true;")
add_dm_mutant(p8_swaps_never "return dm->rules.ends_pending_first || destroys_apart(dm);"
  "return false;")
add_dm_mutant(r12_has_no_sysfs "return dm->rules.has_sysfs;" "return false;")
add_dm_mutant(r12_has_sysfs_always "return dm->rules.has_sysfs;" "return true;")
add_dm_mutant(r13_always_refuses "if (!dm->rules.refuses_hold)" "if (false)")
add_dm_mutant(r13_has_no_origins "return destroys_apart(dm);" "return false;")
add_dm_mutant(p9_always_follows "if (!dm->rules.follows_disk_error)" "if (false)")
add_dm_mutant(r9_destroys_never "return dm->rules.destroys_apart;" "return false;")
add_dm_mutant(r15_always_locks "if (!dm->rules.locks_end_hooks)" "if (false)")
