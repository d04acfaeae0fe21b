#pragma once

#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// What the program ends with; documented in docs/cli.md and in `--help`.
enum class ExitCode : int {
    kOk = 0,
    kUnexpected = 1,    ///< A defect, or an answer that makes no sense.
    kInvalid = 2,       ///< Wrong usage or wrong input: correct the command.
    kNotFound = 3,      ///< Nothing has that id or name.
    kConflict = 4,      ///< The present state forbids it.
    kUnauthorized = 5,  ///< A credential was refused.
    kUnavailable = 6,   ///< A database or server cannot be reached: try again.
    kTimeout = 7,       ///< No answer in time: the outcome is unknown.
    kUnsupported = 8,   ///< The other side cannot do this.
    kDeclined = 9,      ///< The question was answered with "no": nothing changed.
    kStorageFull = 10,  ///< The disk of the database, or of a file, is full: make room.
};

ExitCode exit_code_of(ErrorCode code) noexcept;

constexpr int to_int(ExitCode code) noexcept {
    return static_cast<int>(code);
}

}  // namespace rescuestream::cli
