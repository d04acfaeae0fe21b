#pragma once

#include <map>
#include <string>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream::server {

/// A value of the settings file as text, with the place where it stands ("line 3 of /etc/x.toml").
struct FileValue {
    std::string text;
    std::string place;
};

struct SettingsFile {
    std::map<std::string, FileValue, std::less<>> values;  ///< By the key as it is written.
    std::vector<FieldError> problems;  ///< Keys whose value cannot be a setting.
};

/// Reads a file of NAME = value lines.
///
/// A file whose name ends in `.ini`, `.conf` or `.env` is read line by line: the value is all that
/// follows the `=`, without the quotes that may enclose it; a line that begins with `#` or `;` is a
/// comment. Any other file is TOML 1.0 (https://toml.io/en/v1.0.0): a setting is a string, a
/// number, a boolean, or an array of those.
///
/// kInvalidArgument with the pointer CONFIG_FILE: the file cannot be read, is malformed (the detail
/// gives line and column), or gives a key twice.
Result<SettingsFile> read_settings_file(const std::string& path);

}  // namespace rescuestream::server
