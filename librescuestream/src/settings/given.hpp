#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream {

/// Returns the value of an environment variable; empty: it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// Reads the environment of this process.
std::optional<std::string> process_environment(std::string_view name);

}  // namespace rescuestream

namespace rescuestream::settings {

/// The text that was given for a setting, and its source.
struct Given {
    std::string text;
    std::string from;         ///< "in the environment".
    bool names_file = false;  ///< `text` is the path of a file that holds the secret.
    /// The value came from a file that every user of the machine can read.
    bool in_open_file = false;
    /// NAME and NAME_FILE are given in one place.
    bool is_given_twice = false;
};

/// All given texts before they are checked.
struct GivenSettings {
    std::map<std::string, Given, std::less<>> by_name;  ///< By the name of the row.
    std::vector<FieldError>
        problems;  ///< Errors of the file itself, and keys that are not settings.
};

/// Collects the settings of the file `config_file` (empty: there is none), the environment and the
/// command line; later sources have precedence. A secret may be given as NAME_FILE, the path of a
/// file that contains it. An empty variable counts as not set. Blanks and quotes around a value are
/// removed, except for secrets.
GivenSettings collect_given(const std::string& config_file, const Environment& environment,
                            std::map<std::string, std::string, std::less<>> on_command_line);

}  // namespace rescuestream::settings
