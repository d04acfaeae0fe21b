#pragma once

#include <string>

#include "rescuestream/result.hpp"

namespace rescuestream::sql {

/// A failure of a database, independent of its library. It is thrown below the roles of a storage;
/// Access turns it into an Error. Each backend translates its library's errors to it in one place.
struct Failure {
    enum class Kind {
        kUnavailable,   ///< Unreachable or overloaded.
        kTimeout,       ///< No answer within the deadline; the outcome is unknown.
        kFull,          ///< The disk is full, or a quota is used up; nothing was done.
        kReadOnly,      ///< The disk is read-only; nothing was done.
        kUnauthorized,  ///< The program is refused until somebody changes something.
        kLocked,      ///< A lock of another transaction was not released in time; nothing was done.
        kMigrating,   ///< The same for the lock of a migration.
        kNoSchema,    ///< A table is missing: the schema is not migrated.
        kBadText,     ///< A text that the backend cannot store completely.
        kUnique,      ///< A unique index rejected a row; `detail` contains its name or its columns.
        kRefused,     ///< The schema itself refuses the change; `message` says why.
        kSuperseded,  ///< The reservation of the change belongs to another request by now.
        kDefect,
    };

    Kind kind = Kind::kDefect;
    std::string detail;  ///< The library's own text, for logs.
    /// What is wrong, as one sentence for clients. Empty: the sentence of the kind.
    std::string message = {};
    /// Of a row that cannot be read: the position of the value in the result. -1: none is known.
    int column = -1;

    Error error() const;
    /// Returns true if one of several callers that share a step may be the cause, so that the
    /// others may succeed without it.
    bool may_concern_one() const noexcept;
};

}  // namespace rescuestream::sql
