# Finds cpp-httplib through its pkg-config file (Debian ships no CMake package) and defines
# CppHttplib::CppHttplib with the compile definitions that the installed library was built with:
# without them the class layouts differ and memory is corrupted silently.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(CppHttplib_PC QUIET IMPORTED_TARGET cpp-httplib)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  CppHttplib
  REQUIRED_VARS CppHttplib_PC_LINK_LIBRARIES
  VERSION_VAR CppHttplib_PC_VERSION)
if(CppHttplib_FOUND AND NOT TARGET CppHttplib::CppHttplib)
  find_package(Threads REQUIRED)
  add_library(CppHttplib::CppHttplib INTERFACE IMPORTED)
  target_link_libraries(CppHttplib::CppHttplib INTERFACE PkgConfig::CppHttplib_PC Threads::Threads)
endif()
