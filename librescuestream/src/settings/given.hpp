#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream {

/// The value of an environment variable; empty when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// That of this process.
std::optional<std::string> process_environment(std::string_view name);

}  // namespace rescuestream

namespace rescuestream::settings {

/// What somebody wrote for a setting, and where.
struct Given {
    std::string text;
    std::string from;         ///< "in the environment".
    bool names_file = false;  ///< `text` is the path of a file that holds the secret.
    /// The value came from a file that every user of the machine can read.
    bool in_open_file = false;
    /// NAME and NAME_FILE are given in one place.
    bool is_given_twice = false;
};

/// All that was written, before it is judged.
struct GivenSettings {
    std::map<std::string, Given, std::less<>> by_name;  ///< By the name of the row.
    std::vector<FieldError> problems;  ///< About the file itself, and keys that are no settings.
};

/// Joins what is given by the file `config_file` (empty: there is none), by the environment and by
/// the command line, the later of them first. A secret may be given as NAME_FILE, which names a
/// file that holds it. An empty variable counts as not set. Blanks around a value do not count, but
/// for secrets.
GivenSettings collect_given(const std::string& config_file, const Environment& environment,
                            std::map<std::string, std::string, std::less<>> on_command_line);

}  // namespace rescuestream::settings
