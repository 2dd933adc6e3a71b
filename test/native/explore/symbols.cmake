# What a library must know nothing of: its objects neither define nor want a function whose name
# begins as one of ${STEMS}, which are split by "|". ${WHAT}: those functions, in words. ${FREE}:
# libraries and programs that must be free of them; ${BOUND}: one that must not be, so that this
# check is known to see them. Lists are split by ",".
function(symbols_of library result)
  execute_process(COMMAND ${NM} ${library} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[TtU] (${STEMS})[a-z_]*" found "${text}")
  list(REMOVE_DUPLICATES found)
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

string(REPLACE "," ";" FREE "${FREE}")
foreach(library IN LISTS FREE)
  symbols_of(${library} found)
  if(found)
    message(FATAL_ERROR "${library} has symbols of ${WHAT}: ${found}")
  endif()
  message("${library}: none")
endforeach()
symbols_of(${BOUND} found)
list(LENGTH found count)
if(count LESS 20)
  message(FATAL_ERROR "${BOUND} is made of ${WHAT}, and the check sees ${count} symbols")
endif()
message("${BOUND}: ${count}, as it should")
