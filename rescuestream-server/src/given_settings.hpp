#pragma once

#include <map>
#include <string>
#include <vector>

#include "config.hpp"

namespace rescuestream::server {

/// What somebody wrote for a setting, and where: "in the environment".
struct Given {
    std::string text;
    std::string from;
};
using GivenByName = std::map<std::string, Given, std::less<>>;

/// Joins what is given by the file `config_file` (empty: there is none), by the environment and by
/// the command line, the later of them first. A secret may be given as NAME_FILE, which names a
/// file that holds it. Blanks around a value do not count, but for secrets. Keys of the file that
/// are no settings, and secret files that cannot be used, go into `problems`. kInvalidArgument: the
/// file cannot be read or is malformed.
Result<GivenByName> collect_given(const std::string& config_file, const Environment& environment,
                                  GivenByName on_command_line, std::vector<FieldError>& problems);

}  // namespace rescuestream::server
