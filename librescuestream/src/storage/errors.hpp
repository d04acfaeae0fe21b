#pragma once

#include <string>
#include <utility>

#include "rescuestream/result.hpp"
#include "rules/path.hpp"
#include "storage/messages.hpp"

namespace rescuestream {

inline Error not_found(std::string message) {
    return Error{ErrorCode::kNotFound, std::move(message), {}, {}};
}

inline Error conflict(std::string message) {
    return Error{ErrorCode::kConflict, std::move(message), {}, {}};
}

/// The error for a key whose playback path another key has.
inline Error path_taken() {
    return Error{ErrorCode::kConflict, kPathTaken, {}, {{"/playback_path", rules::kTakenPath}}};
}

/// The error for a key that may not share the path of another one.
inline Error may_not_share(rules::Sharing sharing) {
    switch (sharing) {
        case rules::Sharing::kPermitted:
        case rules::Sharing::kOtherBroadcaster:
            break;
        case rules::Sharing::kMemberHasNone:
            return Error{
                ErrorCode::kConflict, kMemberHasNone, {}, {{"/playback_path", rules::kTakenAlone}}};
        case rules::Sharing::kNewcomerHasNone:
            return Error{ErrorCode::kConflict,
                         kNewcomerHasNone,
                         {},
                         {{"/priority", "is required: keys with a priority have the path"}}};
    }
    return path_taken();
}

/// The error for a key that would lose its priority while it shares its path.
inline Error priority_needed() {
    return Error{ErrorCode::kConflict,
                 kPriorityNeeded,
                 {},
                 {{"/reset", "must not contain priority while other keys share the path"}}};
}

/// The error for a defect of a caller, for example an id or a digest that exists already.
inline Error defect(std::string detail) {
    return Error{
        ErrorCode::kInternal, "The storage refused an inconsistent write.", std::move(detail), {}};
}

}  // namespace rescuestream
