#include "exit_code.hpp"

namespace rescuestream::cli {

ExitCode exit_code_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kInvalidArgument:
            return ExitCode::kInvalid;
        case ErrorCode::kNotFound:
            return ExitCode::kNotFound;
        case ErrorCode::kConflict:
        case ErrorCode::kChangedMeanwhile:
            return ExitCode::kConflict;
        case ErrorCode::kUnavailable:
            return ExitCode::kUnavailable;
        case ErrorCode::kTimeout:
            return ExitCode::kTimeout;
        case ErrorCode::kStorageFull:
            return ExitCode::kStorageFull;
        case ErrorCode::kForbidden:
        case ErrorCode::kUnauthorized:
            return ExitCode::kUnauthorized;
        case ErrorCode::kUnsupported:
            return ExitCode::kUnsupported;
        case ErrorCode::kInternal:
            return ExitCode::kUnexpected;
    }
    return ExitCode::kUnexpected;
}

}  // namespace rescuestream::cli
