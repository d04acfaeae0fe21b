# Everything that we build on, all of it from Debian bookworm.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(SQLite3 REQUIRED)
find_package(fmt 9 CONFIG REQUIRED)
find_package(RapidJSON REQUIRED)
find_package(CppHttplib REQUIRED)
find_package(Libpqxx REQUIRED)
if(RESCUESTREAM_BUILD_SERVER)
  find_package(spdlog CONFIG REQUIRED)
endif()
if(RESCUESTREAM_BUILD_SERVER OR RESCUESTREAM_BUILD_CLI)
  find_package(CLI11 CONFIG REQUIRED)
endif()
if(RESCUESTREAM_BUILD_TESTS)
  find_package(doctest CONFIG REQUIRED)
endif()

# RapidJSON's Debian package declares variables only.
if(NOT TARGET RapidJSON::RapidJSON)
  add_library(RapidJSON::RapidJSON INTERFACE IMPORTED)
  target_include_directories(RapidJSON::RapidJSON SYSTEM INTERFACE "${RapidJSON_INCLUDE_DIRS}"
                                                                   "${RAPIDJSON_INCLUDE_DIRS}")
endif()
