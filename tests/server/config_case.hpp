#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config.hpp"
#include "support/temporary_directory.hpp"

namespace rescuestream::server::testing {

using Variables = std::map<std::string, std::string, std::less<>>;

/// Reads these arguments and environment variables as the program does.
inline Result<CommandLine> read(std::vector<std::string> arguments,
                                const Variables& variables = {}) {
    arguments.insert(arguments.begin(), "rescuestream-server");
    std::vector<const char*> argv;
    for (const auto& argument : arguments) argv.push_back(argument.c_str());
    return read_command_line(
        static_cast<int>(argv.size()), argv.data(), [&](std::string_view name) {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        });
}

/// Writes a settings file with this content; returns its path.
inline std::string write_file(const rescuestream::testing::TemporaryDirectory& directory,
                              const std::string& text) {
    const std::string path = directory.path() / "settings.toml";
    std::ofstream(path) << text;
    return path;
}

/// Returns the names of the settings that were refused.
inline std::vector<std::string> wrong(const Result<CommandLine>& result) {
    REQUIRE_FALSE(result.has_value());
    std::vector<std::string> names;
    for (const auto& field : result.error().fields) names.push_back(field.pointer);
    return names;
}

}  // namespace rescuestream::server::testing
