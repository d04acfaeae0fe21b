#pragma once

#include <optional>

#include "rescuestream/result.hpp"
#include "rescuestream/schema_status.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that reports and changes the version of its schema.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class SchemaStorage {
public:
    virtual Result<SchemaStatus> schema_status() = 0;

    /// Applies (or reverts) migrations until `target` is the newest one; empty: the latest. Several
    /// programs may call it at once: one migrates, the others wait. kUnavailable: that took too
    /// long; nothing was done. kConflict: the checksum of an applied migration differs from the one
    /// that this program knows, or the schema is newer than this program.
    virtual Result<SchemaStatus> migrate(std::optional<int> target, Timestamp now) = 0;

protected:
    ~SchemaStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
