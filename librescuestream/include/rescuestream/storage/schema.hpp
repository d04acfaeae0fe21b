#pragma once

#include <optional>

#include "rescuestream/result.hpp"
#include "rescuestream/schema_status.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that tells and changes the version of its schema.
///
/// What holds for every method (atomicity, errors, thread-safety) is said at `Storage`.
class SchemaStorage {
public:
    virtual Result<SchemaStatus> schema_status() = 0;

    /// Applies (or reverts) migrations until `target` is the newest one; empty: the latest.
    /// Safe when several programs do it at once: one works, the others wait; kUnavailable, with
    /// nothing done, when that takes too long. kConflict when an applied migration differs from the
    /// one that this program knows (checksum), or when the schema is newer than this program.
    virtual Result<SchemaStatus> migrate(std::optional<int> target, Timestamp now) = 0;

protected:
    ~SchemaStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
