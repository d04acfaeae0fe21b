#include "rescuestream/result.hpp"

namespace rescuestream {

const char* to_string(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kInvalidArgument:
            return "invalid-argument";
        case ErrorCode::kNotFound:
            return "not-found";
        case ErrorCode::kForbidden:
            return "forbidden";
        case ErrorCode::kConflict:
            return "conflict";
        case ErrorCode::kChangedMeanwhile:
            return "changed-meanwhile";
        case ErrorCode::kUnavailable:
            return "unavailable";
        case ErrorCode::kTimeout:
            return "timeout";
        case ErrorCode::kStorageFull:
            return "storage-full";
        case ErrorCode::kUnauthorized:
            return "unauthorized";
        case ErrorCode::kUnsupported:
            return "unsupported";
        case ErrorCode::kInternal:
            return "internal";
    }
    return "unknown";
}

}  // namespace rescuestream
