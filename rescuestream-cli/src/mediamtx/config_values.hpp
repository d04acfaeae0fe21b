#pragma once

#include <string>
#include <string_view>

#include "mediamtx/config.hpp"

/// Values that stand both in a generated mediamtx.yml and in an owner's.
namespace rescuestream::cli {

inline constexpr MediaMtxVersion kReadyRenamed{1, 19, 3};
inline constexpr MediaMtxVersion kMoqKnown{1, 19, 0};
/// The entry that keeps devices that publish to their key from being recorded under it.
inline constexpr std::string_view kSecretPathEntry = "~^(.+/)?sk_[0-9A-Za-z_-]{43}$";

/// Returns a quoted YAML string; no character of `text` can end it.
std::string yaml_quoted(std::string_view text);
/// Returns the value of authHTTPAddress, with the media secret if there is one.
std::string auth_address(const MediaMtxConfig& config);
/// Returns the command of the hook for `event`. kInvalidArgument: MediaMTX would change a word of
/// it.
Result<std::string> hook_command(const MediaMtxConfig& config, std::string_view event);

}  // namespace rescuestream::cli
