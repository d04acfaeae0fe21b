# rescuestream_add_test_program(<name> SOURCES … [LIBRARIES …]): adds a doctest program. The caller
# adds its tests with add_test; exit code 77 means that a test was skipped for the printed reason.
function(rescuestream_add_test_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  rescuestream_configure_target(${name})
  target_link_libraries(${name} PRIVATE rescuestream_test_support ${ARG_LIBRARIES})
endfunction()
