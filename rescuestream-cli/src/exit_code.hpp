#pragma once

#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The exit codes of the program, which docs/cli.md and `--help` document.
enum class ExitCode : int {
    kOk = 0,
    kUnexpected = 1,  ///< A defect, or a malformed answer.
    kInvalid = 2,     ///< Wrong usage or wrong input: correct the command.
    kNotFound = 3,    ///< Nothing has that id or name.
    kConflict = 4,    ///< The current state does not permit it.
    kUnauthorized =
        5,  ///< A credential was refused or lacks a right, or the database refuses this program.
    kUnavailable = 6,   ///< A database or server cannot be reached: try again.
    kTimeout = 7,       ///< No answer in time: the result is unknown.
    kUnsupported = 8,   ///< The server, database or media server cannot do this.
    kDeclined = 9,      ///< The question was answered with "no": nothing changed.
    kStorageFull = 10,  ///< The disk of the database, or of a file, is full: free some space.
};

ExitCode exit_code_of(ErrorCode code) noexcept;

constexpr int to_int(ExitCode code) noexcept {
    return static_cast<int>(code);
}

}  // namespace rescuestream::cli
