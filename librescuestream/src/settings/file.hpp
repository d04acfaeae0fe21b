#pragma once

#include <map>
#include <string>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream::settings {

/// A value of the settings file as text, with the place where it stands ("line 3, column 1 of
/// /etc/x.toml").
struct FileValue {
    std::string text;
    std::string place;
};

struct SettingsFile {
    std::map<std::string, FileValue, std::less<>> values;  ///< By the key as written in the file.
    /// Keys whose value cannot be a setting. With the pointer CONFIG_FILE: the file cannot be read,
    /// is malformed, or gives a key twice; then `values` is empty.
    std::vector<FieldError> problems;
    bool is_open_to_everybody = false;  ///< Every user of the machine can read it.
};

/// Reads a file of NAME = value lines. Never fails: errors are in `problems`, with their line and,
/// in TOML, their column.
///
/// A file whose name ends in `.ini`, `.conf` or `.env` is read line by line: the value is all that
/// follows the `=`, without the quotes that may enclose it; a line that begins with `#` or `;` is a
/// comment. Any other file is TOML 1.0 (https://toml.io/en/v1.0.0): a setting is a string, a
/// number, a boolean, or an array of those.
SettingsFile read_settings_file(const std::string& path);

}  // namespace rescuestream::settings
