#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "admin/admin_api.hpp"
#include "exit_code.hpp"
#include "host.hpp"

namespace rescuestream::cli {

/// An error of a value on the command line: `message` names the option.
Error usage_error(std::string message);

/// A moment: RFC 3339, or a distance into the future such as 90s, 45m, 12h, 30d, 2w.
Result<Timestamp> parse_expiry(std::string_view text, Timestamp now);
/// A moment: RFC 3339, or a distance into the past.
Result<Timestamp> parse_past(std::string_view text, std::string_view option, Timestamp now);

/// A length of time: seconds, or as 90s, 45m, 12h, 30d, 2w. Not negative.
Result<std::chrono::seconds> parse_length(std::string_view text, std::string_view option);

Result<JsonObject> parse_metadata(std::string_view text);

/// The place that an earlier page named as the next.
Result<PageRequest> page_request(std::size_t limit, const std::string& cursor);

// What a person means by `text`: an id, or a name that one thing alone has. kNotFound; and
// kInvalidArgument listing the candidates when several have it.

/// By id or display name.
Result<BroadcasterId> resolve_broadcaster(AdminApi& admin, const std::string& text);
/// By id, label or playback path. Of several, those that are not revoked count first.
Result<StreamKeyId> resolve_stream_key(AdminApi& admin, const std::string& text);
/// By id, or by the path of a stream that has not ended.
Result<StreamId> resolve_stream(AdminApi& admin, const std::string& text);
/// The same, and the newest one that has ended where none has not.
Result<StreamId> resolve_past_stream(AdminApi& admin, const std::string& text);

/// Asks `question` on a terminal unless `yes`. kOk: go on. kDeclined: it was answered with "no".
/// kInvalidArgument: there is no terminal to ask on, so that `--yes` has to say it.
Result<ExitCode> confirm(Host& host, bool yes, const std::string& question);

}  // namespace rescuestream::cli
