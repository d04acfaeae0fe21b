# The files that `cmake --install` installs for developers: library, headers, the CMake package
# `rescuestream` with the Find modules that it needs, and rescuestream.pc.
include(CMakePackageConfigHelpers)

set(RESCUESTREAM_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/rescuestream")

set_target_properties(
  rescuestream
  PROPERTIES VERSION ${PROJECT_VERSION}
             # Before 1.0 a minor release may change the API.
             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

install(TARGETS rescuestream EXPORT rescuestreamTargets)
install(DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/include/rescuestream"
                  "${CMAKE_CURRENT_BINARY_DIR}/include/rescuestream"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.hpp")
install(EXPORT rescuestreamTargets NAMESPACE rescuestream:: DESTINATION "${RESCUESTREAM_CMAKE_DIR}")

# A program that uses a static library must link the library's own dependencies.
get_target_property(library_type rescuestream TYPE)
if(library_type STREQUAL "STATIC_LIBRARY")
  set(RESCUESTREAM_IS_STATIC TRUE)
  set(RESCUESTREAM_PC_REQUIRES "libssl libcrypto sqlite3 fmt cpp-httplib libpqxx libpq")
  set(RESCUESTREAM_PC_LIBS "-lrescuestream -pthread")
else()
  set(RESCUESTREAM_IS_STATIC FALSE)
  set(RESCUESTREAM_PC_REQUIRES "")
  set(RESCUESTREAM_PC_LIBS "-lrescuestream")
endif()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/rescuestreamConfig.cmake.in"
  "${CMAKE_CURRENT_BINARY_DIR}/rescuestreamConfig.cmake"
  INSTALL_DESTINATION "${RESCUESTREAM_CMAKE_DIR}"
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/rescuestreamConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/rescuestreamConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/rescuestreamConfigVersion.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/FindCppHttplib.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/FindLibpqxx.cmake"
        DESTINATION "${RESCUESTREAM_CMAKE_DIR}")

# The file finds its prefix relative to itself, so that the tree may be moved or staged.
set(RESCUESTREAM_PC_DIR "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(RESCUESTREAM_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
  set(RESCUESTREAM_PC_LIBDIR "${CMAKE_INSTALL_LIBDIR}")
else()
  file(RELATIVE_PATH up "/${RESCUESTREAM_PC_DIR}" "/")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(RESCUESTREAM_PC_PREFIX "\${pcfiledir}/${up}")
  set(RESCUESTREAM_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(RESCUESTREAM_PC_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}")
else()
  set(RESCUESTREAM_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/rescuestream.pc.in"
               "${CMAKE_CURRENT_BINARY_DIR}/rescuestream.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/rescuestream.pc" DESTINATION "${RESCUESTREAM_PC_DIR}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
              "${PROJECT_SOURCE_DIR}/CHANGELOG.md" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
