#include "media/mediamtx/rtsp_removal.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include "support/url.hpp"

namespace rescuestream::mediamtx {
namespace {

using std::chrono::milliseconds;

// This value of a setting that only applies to pulled sources distinguishes a barrier from other
// entries: 3,607 s in MediaMTX's format. Recording is off for it, because the path may be a key
// value.
constexpr std::string_view kMark = "1h0m7s";
constexpr const char* kBarrier =
    R"({"source":"publisher","runOnInit":"","record":false,"sourceOnDemandStartTimeout":"3607s"})";

constexpr milliseconds kRetryInterval{5};
constexpr milliseconds kPatience{500};

std::string target(const std::string& action, const std::string& path) {
    return "/v3/config/paths/" + action + "/" + percent_encode(path, "/");
}

// Returns whether the outcome of a request is unknown because its answer may still be in flight.
bool is_no_answer(const Error& error) noexcept {
    return error.code == ErrorCode::kTimeout || error.code == ErrorCode::kUnavailable;
}

Result<void> done(const Result<HttpReply>& reply) {
    if (!reply) return reply.error();
    return {};
}

}  // namespace

bool is_barrier(const PathEntry& entry) {
    return entry.source_on_demand_start_timeout == kMark && entry.entry.source == "publisher" &&
           !is_reserved_path_name(entry.entry.name);
}

Result<void> RtspRemoval::remove(const std::string& list, const Uuid& session) {
    if (auto lifted = lift_barriers(); !lifted) return lifted;
    const auto found = find(list, session);
    if (!found) return found.error();
    // A reader can be kicked safely, because its packets come from the path and not from the
    // session; so can a session that was announced and has no stream yet. (To close its path would
    // end the stream of another session.)
    if (found->state != ConnectionState::kPublishing || found->path.empty())
        return kick(list, session);
    // The entry of such a name applies to all other paths: a change of it would end all their
    // streams.
    if (is_reserved_path_name(found->path)) return kick(list, session);
    const auto closed = close_path(found->path);
    if (!closed) {
        if (is_no_answer(closed.error())) return closed;
        return kick(list, session);  // removed in spite of the risk
    }
    auto gone = wait_until_gone(list, session);
    auto lifted = lift_barriers();
    return gone ? lifted : gone;
}

Result<void> RtspRemoval::remove_leftovers(const std::vector<PathEntry>& entries) {
    for (const auto& entry : entries) {
        if (is_barrier(entry)) barriers_.insert(entry.entry.name);
    }
    return lift_barriers();
}

Result<void> RtspRemoval::kick(const std::string& list, const Uuid& session) {
    return done(ask_("POST", "/v3/" + list + "/kick/" + session.to_string(), {}));
}

Result<MediaConnection> RtspRemoval::find(const std::string& list, const Uuid& session) {
    const auto reply = ask_("GET", "/v3/" + list + "/get/" + session.to_string(), {});
    if (!reply) return reply.error();
    return read_connection(reply->body, ConnectionKind::kRtsp);
}

Result<void> RtspRemoval::close_path(const std::string& path) {
    barriers_.insert(path);
    auto added = done(ask_("POST", target("add", path), kBarrier));
    if (added || is_no_answer(added.error())) return added;
    barriers_.erase(path);
    return added.error().code == ErrorCode::kConflict ? change_entry(path) : added;
}

Result<void> RtspRemoval::change_entry(const std::string& path) {
    const auto reply = ask_("GET", target("get", path), {});
    if (!reply) return reply.error();
    const auto entry = read_path_entry(reply->body);
    if (!entry) return entry.error();
    if (entry->entry.name != path || is_reserved_path_name(entry->entry.name)) {
        return Error{ErrorCode::kConflict, "The path's entry also applies to other paths.", {}, {}};
    }
    // Another setting that only applies to pulled sources.
    const char* other = entry->source_on_demand_close_after == "10s"
                            ? R"({"sourceOnDemandCloseAfter":"11s"})"
                            : R"({"sourceOnDemandCloseAfter":"10s"})";
    return done(ask_("PATCH", target("patch", path), other));
}

Result<void> RtspRemoval::wait_until_gone(const std::string& list, const Uuid& session) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (true) {
        const auto found = find(list, session);
        if (!found) {
            if (found.error().code == ErrorCode::kNotFound) return {};
            return found.error();
        }
        // A session that does not publish any more cannot begin again, because the path's entry has
        // changed since. So it has no stream, and a kick is safe.
        const bool is_waiting = found->state != ConnectionState::kPublishing;
        if (is_waiting || std::chrono::steady_clock::now() >= until) return kick(list, session);
        std::this_thread::sleep_for(kRetryInterval);
    }
}

Result<void> RtspRemoval::lift_barriers() {
    while (!barriers_.empty()) {
        const auto lifted = done(ask_("DELETE", target("delete", *barriers_.begin()), {}));
        if (!lifted && lifted.error().code != ErrorCode::kNotFound) return lifted;
        barriers_.erase(barriers_.begin());
    }
    return {};
}

}  // namespace rescuestream::mediamtx
