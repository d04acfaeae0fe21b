#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream {
struct Settings;
}

namespace rescuestream::settings {

/// What every secret that guards something of ours must be: one line, not blank, and at least 8
/// characters long, since shorter ones can be guessed. Empty when `text` is good; else the end of a
/// sentence that begins with `name`, the setting, and says how to make a good one.
std::optional<std::string> check_secret(std::string_view name, const std::string& text);

/// A sentence for each secret in force that is allowed and still short (below 16 characters), or
/// that no header can carry.
std::vector<std::string> warnings_about_secrets(const Settings& settings);

}  // namespace rescuestream::settings
