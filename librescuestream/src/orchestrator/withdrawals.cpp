#include "orchestrator/withdrawals.hpp"

#include <string>
#include <utility>

#include "orchestrator/key_follower.hpp"
#include "orchestrator/nodes.hpp"
#include "rescuestream/logger.hpp"

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

void Withdrawals::start() {
    is_running_ = true;
}

void Withdrawals::stop() {
    if (!is_running_.exchange(false) || d_.unwritten.empty()) return;
    d_.logger.error(
        "this server stops and loses changes that it could not write to the database: repeat them",
        {{"changes", d_.unwritten.size()}});
}

bool Withdrawals::outlasts(const Error& error) const {
    switch (error.code) {
        case ErrorCode::kStorageFull:
        // Whether it was written is unknown, and whoever waited so long may not repeat the request.
        case ErrorCode::kTimeout:
            return true;
        case ErrorCode::kUnavailable:
        case ErrorCode::kUnauthorized:
            // Otherwise the caller can simply repeat the request.
            return d_.keys.is_cut_off();
        case ErrorCode::kInvalidArgument:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kForbidden:
        case ErrorCode::kChangedMeanwhile:
        case ErrorCode::kUnsupported:
        case ErrorCode::kInternal:
            return false;
    }
    return false;
}

Error Withdrawals::refuse_unwritten(const Error& why, UnwrittenRefusals::Entry entry) {
    if (!is_running_ || !outlasts(why)) return why;
    const auto refused_keys = entry.keys;
    const std::string change = entry.action + " " + entry.subject;
    d_.keys.await(refused_keys);
    if (!d_.unwritten.add(std::move(entry))) return why;
    const CutoffReport removed = d_.nodes.remove_refused(refused_keys);
    d_.logger.warning(
        "a change applies only in this server until it can be written to the database",
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

}  // namespace rescuestream
