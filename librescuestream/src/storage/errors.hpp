#pragma once

#include <string>
#include <utility>

#include "rescuestream/result.hpp"
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
    return Error{ErrorCode::kConflict,
                 kPathTaken,
                 {},
                 {{"/playback_path", "is taken by another stream key"}}};
}

/// The error for a defect of a caller, for example an id or a digest that exists already.
inline Error defect(std::string detail) {
    return Error{
        ErrorCode::kInternal, "The storage refused an inconsistent write.", std::move(detail), {}};
}

}  // namespace rescuestream
