#pragma once

#include <optional>
#include <string>
#include <string_view>

/// A rule for texts that are the value of a setting or one element of a list.
namespace rescuestream::settings {

/// The error as the end of a sentence that begins with the setting's name. Empty: the text is
/// valid.
using Problem = std::optional<std::string>;

struct TextRule {
    /// For the documentation: "rtmp://HOST[:PORT]".
    std::string_view expected;
    /// Checks `text`, and normalizes it if it is valid.
    Problem (*check)(std::string& text);
    /// A valid text, for messages.
    std::string_view example = {};
};

extern const TextRule kName;  ///< On one line, at most 255 bytes.
/// The same without a colon, which ends the user name in HTTP Basic authentication.
extern const TextRule kUserName;
/// An address to listen at (see is_listen_host), or `*`. `[::]` becomes `::`.
extern const TextRule kListenHost;
extern const TextRule kFile;
extern const TextRule kDirectory;
extern const TextRule kSampleRate;  ///< 0 to 1.
extern const TextRule kDatabaseAddress;
extern const TextRule kPostgresAddress;
extern const TextRule kServerOrigin;    ///< See parse_origin.
extern const TextRule kMediaServerApi;  ///< The same, or `memory:`.
/// The address at which encoders and viewers reach a media server; see check_public_address.
/// Without a slash at the end.
extern const TextRule kHttpAddress;
extern const TextRule kRtspAddress;
extern const TextRule kRtmpAddress;
extern const TextRule kSrtAddress;
/// An origin as browsers write it, or `*`.
extern const TextRule kBrowserOrigin;
/// The name of a client that signs requests.
extern const TextRule kKeyName;
/// A pattern of path names; see rules/path_pattern.hpp.
extern const TextRule kPathPattern;

/// Returns the text with ASCII letters in lower case.
std::string lower(std::string text);
/// Without blanks, tabs and line ends at both ends.
std::string trimmed(const std::string& text);
/// Trimmed, and without quotes that enclose the whole text, which some programs leave in place
/// (`docker run --env-file`).
std::string without_quotes(const std::string& text);
/// Returns an address with its scheme in lower case.
std::string with_lower_scheme(std::string text);

}  // namespace rescuestream::settings
