#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream {
struct Settings;
}

namespace rescuestream::settings {

/// Checks a secret that protects an interface of this program: it must be one line, not blank, and
/// at least 8 characters long, because shorter ones can be guessed. Returns an empty optional if
/// `text` is valid, else the end of a sentence that begins with `name`, the name of the setting,
/// and explains how to create a good secret.
std::optional<std::string> check_secret(std::string_view name, const std::string& text);

/// Returns a sentence for each secret in force that is permitted but short (below 16 characters) or
/// that cannot be sent in a header.
std::vector<std::string> warnings_about_secrets(const Settings& settings);

/// Returns a sentence if programs on other machines may call media-facing routes without a
/// credential; it says how to end that.
std::optional<std::string> warning_about_media_callers(const Settings& settings);

}  // namespace rescuestream::settings
