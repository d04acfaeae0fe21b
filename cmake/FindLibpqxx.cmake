# Finds libpqxx through its pkg-config file (Debian ships no CMake package) and defines
# Libpqxx::Libpqxx.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(Libpqxx_PC QUIET IMPORTED_TARGET libpqxx)
  pkg_check_modules(Libpqxx_PQ QUIET IMPORTED_TARGET libpq)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  Libpqxx
  REQUIRED_VARS Libpqxx_PC_LINK_LIBRARIES Libpqxx_PQ_LINK_LIBRARIES
  VERSION_VAR Libpqxx_PC_VERSION)
if(Libpqxx_FOUND AND NOT TARGET Libpqxx::Libpqxx)
  add_library(Libpqxx::Libpqxx INTERFACE IMPORTED)
  target_link_libraries(Libpqxx::Libpqxx INTERFACE PkgConfig::Libpqxx_PC PkgConfig::Libpqxx_PQ)
endif()
