// The withdrawal of a right applies at once, even if it cannot be stored yet.

#include "orchestrator/impl.hpp"

namespace rescuestream {
namespace {

std::string removed_text(const CutoffReport& report) {
    if (report.pending > 0) {
        return "Of its connections " + std::to_string(report.kicked) +
               " are removed; the others are, as soon as their media server allows it. ";
    }
    if (report.kicked == 0) return "It has no connection. ";
    return report.kicked == 1
               ? "Its connection is removed. "
               : "Its " + std::to_string(report.kicked) + " connections are removed. ";
}

}  // namespace

bool StreamOrchestrator::Impl::outlasts(const Error& error) const {
    switch (error.code) {
        case ErrorCode::kStorageFull:
            return true;
        case ErrorCode::kUnavailable:
        case ErrorCode::kTimeout:
            // Otherwise the caller can simply repeat the request.
            return keys.is_cut_off();
        case ErrorCode::kInvalidArgument:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kUnauthorized:
        case ErrorCode::kUnsupported:
        case ErrorCode::kInternal:
            return false;
    }
    return false;
}

Error StreamOrchestrator::Impl::refuse_unwritten(const Error& why, UnwrittenRefusals::Entry entry) {
    if (!is_running || !outlasts(why)) return why;
    const auto refused_keys = entry.keys;
    const std::string change = entry.action + " " + entry.subject;
    if (!unwritten.add(std::move(entry))) return why;
    const CutoffReport removed = nodes.remove_refused(refused_keys);
    logger.warning("a change applies only in this server until it can be written to the database",
                   {{"change", change},
                    {"error", why.message},
                    {"kicked", removed.kicked},
                    {"pending", removed.pending}});
    Error error = why;
    const bool is_full = why.code == ErrorCode::kStorageFull;
    error.message = is_full
                        ? "The disk of the database is full or read-only, so this change is not "
                          "written yet. "
                        : "The database cannot be reached, so this change is not written yet. ";
    error.message += refused_keys.empty() ? "" : "This server refuses the key from now on. ";
    error.message += removed_text(removed);
    error.message += is_full ? "The change is written as soon as there is space; "
                             : "The change is written as soon as the database answers; ";
    error.message +=
        "until then other servers do not apply it, and a restart of this server loses it.";
    return error;
}

Result<std::vector<StreamKeyId>> StreamOrchestrator::Impl::keys_of(BroadcasterId id) {
    StreamKeyFilter filter;
    filter.broadcaster_id = id;
    const auto found = storage->list_stream_keys(filter, {});
    if (!found) return found.error();
    std::vector<StreamKeyId> ids;
    for (const auto& key : found->items) {
        // Keys that are revoked already need nothing more, and there may be many of them.
        if (!key.revoked_at) ids.push_back(key.id);
    }
    return ids;
}

}  // namespace rescuestream
