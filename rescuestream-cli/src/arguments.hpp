#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "admin/admin_api.hpp"
#include "exit_code.hpp"
#include "host.hpp"

namespace rescuestream::cli {

/// Returns the error for a wrong value on the command line; `message` names the option.
Error usage_error(std::string message);

/// Reads a duration: seconds, or with units as 90s, 45m, 1h30m, 12h, 30d, 2w. It is not negative.
Result<std::chrono::seconds> parse_length(std::string_view text, std::string_view option);

Result<JsonObject> parse_metadata(std::string_view text);

/// Returns the page that `cursor`, printed by an earlier list, begins.
Result<PageRequest> page_request(std::size_t limit, const std::string& cursor);

// Find the record that `text` names: by id, or by a name that only one record has. Return kNotFound
// when there is none, and kInvalidArgument, which lists the candidates, when several have the name.

/// By id or display name.
Result<BroadcasterId> resolve_broadcaster(AdminApi& admin, const std::string& text);
/// By id, label or playback path. If several match, keys that are not revoked take precedence.
Result<StreamKeyId> resolve_stream_key(AdminApi& admin, const std::string& text);
/// By id, or by the path of a stream that has not ended: the one at which it is published, or the
/// one at which viewers find it.
Result<StreamId> resolve_stream(AdminApi& admin, const std::string& text);
/// Does the same; if each stream at the path has ended, returns the newest one, also if its key or
/// its broadcaster was removed since (then only the latest 10,000 streams are searched).
Result<StreamId> resolve_past_stream(AdminApi& admin, const std::string& text);

/// By id, name or reference. If several match, open incidents take precedence.
Result<IncidentId> resolve_incident(AdminApi& admin, const std::string& text);

/// By id, or by label. If several match, open links take precedence.
Result<GuestLinkId> resolve_guest_link(AdminApi& admin, const std::string& text);

/// Asks `question` on a terminal unless `yes`. Returns kOk to continue, or kDeclined when the
/// answer was "no". kInvalidArgument: there is no terminal to ask on, so `--yes` is required.
Result<ExitCode> confirm(Host& host, bool yes, const std::string& question);

}  // namespace rescuestream::cli
