# Sets the options of a target that consists of test code: those of the style guide, without
# optimisation. An optimised build of the tests takes three times as long to compile and finds nothing
# more; the libraries and programs that they test are optimised all the same.
function(rescuestream_configure_test_target target)
  rescuestream_configure_target(${target})
  if(NOT RESCUESTREAM_FUZZ)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release,RelWithDebInfo>:-O0>)
  endif()
endfunction()

# rescuestream_add_test_program(<name> SOURCES … [LIBRARIES …]): adds a doctest program. The caller
# adds its tests with add_test; exit code 77 means that a test was skipped for the printed reason.
function(rescuestream_add_test_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  rescuestream_configure_test_target(${name})
  target_link_libraries(${name} PRIVATE rescuestream_test_support ${ARG_LIBRARIES})
endfunction()

# Adds the Python tests of the current directory as the test NAME: slow, and skipped (77) without pytest.
#   rescuestream_add_pytest(NAME TIMEOUT SECONDS [WORKERS N] [ENVIRONMENT NAME=VALUE…])
# WORKERS: so many files are tested at the same time (needs pytest-xdist; one by one without it).
function(rescuestream_add_pytest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT;WORKERS" "ENVIRONMENT")
  # Debian's pytest, also when another Python is first in PATH.
  find_program(RESCUESTREAM_PYTEST NAMES pytest-3 pytest)
  set(options -p no:cacheprovider -q -rs)
  if(RESCUESTREAM_PYTEST AND arg_WORKERS)
    set(workers -n ${arg_WORKERS} --dist loadfile)
    execute_process(COMMAND "${RESCUESTREAM_PYTEST}" ${workers} --version RESULT_VARIABLE failed
                    OUTPUT_QUIET ERROR_QUIET)
    if(NOT failed)
      list(APPEND options ${workers})
    endif()
  endif()
  if(RESCUESTREAM_PYTEST)
    add_test(NAME ${name} COMMAND "${RESCUESTREAM_PYTEST}" ${options} "${CMAKE_CURRENT_SOURCE_DIR}")
  else()
    add_test(NAME ${name} COMMAND sh -c "echo 'skipped: pytest is not installed'; exit 77")
  endif()
  set_tests_properties(
    ${name} PROPERTIES ENVIRONMENT "${arg_ENVIRONMENT};PYTHONDONTWRITEBYTECODE=1" SKIP_RETURN_CODE 77
                       LABELS slow TIMEOUT ${arg_TIMEOUT})
endfunction()
