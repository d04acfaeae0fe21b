# Embeds migrations/<dialect>/NNNN_name.{up,down}.sql into a target as C++ string literals: the
# definition of rescuestream::embedded_migration_files (storage/migrations.hpp).
#
# Run as a script (cmake -P), this file writes that definition.

set(RESCUESTREAM_MIGRATIONS_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(rescuestream_embed_migrations target)
  set(directory "${PROJECT_SOURCE_DIR}/migrations")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_migrations.cpp")
  file(GLOB files CONFIGURE_DEPENDS "${directory}/sqlite/*.sql" "${directory}/postgresql/*.sql")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DDIRECTORY=${directory}" "-DOUTPUT=${output}" -P
            "${RESCUESTREAM_MIGRATIONS_SCRIPT}"
    DEPENDS ${files} "${RESCUESTREAM_MIGRATIONS_SCRIPT}"
    COMMENT "Embedding the migrations"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  set(entries "")
  foreach(dialect postgresql sqlite)
    file(GLOB files RELATIVE "${DIRECTORY}/${dialect}" "${DIRECTORY}/${dialect}/*.sql")
    list(SORT files)
    foreach(file IN LISTS files)
      file(READ "${DIRECTORY}/${dialect}/${file}" text)
      string(APPEND entries "    {\"${dialect}\", \"${file}\", R\"~sql~(${text})~sql~\"},\n")
    endforeach()
  endforeach()
  file(WRITE "${OUTPUT}"
       "// Generated from migrations/. Do not edit.\n"
       "#include \"storage/migrations.hpp\"\n\n"
       "namespace rescuestream {\n"
       "namespace {\n\n"
       "constexpr EmbeddedMigrationFile kFiles[] = {\n"
       "${entries}"
       "};\n\n"
       "}  // namespace\n\n"
       "std::span<const EmbeddedMigrationFile> embedded_migration_files() noexcept {\n"
       "    return kFiles;\n"
       "}\n\n"
       "}  // namespace rescuestream\n")
endif()
