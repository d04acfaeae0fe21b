#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/logger.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/storage/cutoffs.hpp"
#include "rescuestream/storage/directory.hpp"
#include "rescuestream/storage/keys.hpp"
#include "rescuestream/storage/nodes.hpp"
#include "rescuestream/storage/publishing.hpp"
#include "rescuestream/storage/record.hpp"
#include "rescuestream/storage/schema.hpp"
#include "rescuestream/storage/sessions.hpp"

namespace rescuestream {

/// Room on the file system that a storage writes to.
struct DiskSpace {
    std::uint64_t free_bytes = 0;  ///< For this program: what is reserved for root is not in it.
    std::uint64_t total_bytes = 0;

    bool operator==(const DiskSpace&) const = default;
};

/// Where everything that must outlive the program is kept. Composed of one interface for each
/// subject, so that a part of a program can ask for no more than it uses.
///
/// Each method is one atomic step: it happens whole or not at all, also when the program or the
/// backend is killed meanwhile. After a success nothing is lost, with one exception that `claim`
/// names. Storage reads no clock and makes no ids: both come with the call. Time stamps have
/// microseconds, on all backends. All backends give the same answers; the suite in
/// tests/conformance/storage says which.
///
/// Every method may also answer kUnavailable or kTimeout (backend unreachable, overloaded, too
/// slow) and kInternal (a defect); one that writes, kStorageFull, with nothing changed.
///
/// Texts are valid UTF-8 without NUL; that is the caller's duty (a backend may answer
/// kInvalidArgument, but never stores a shortened text).
///
/// Thread-safety: all methods may be called from any thread at any time.
class Storage : public SchemaStorage,
                public DirectoryStorage,
                public KeyStorage,
                public PublishingStorage,
                public SessionStorage,
                public CutoffStorage,
                public NodeStorage,
                public RecordStorage {
public:
    virtual ~Storage() = default;

    /// "memory", "sqlite" or "postgresql".
    virtual std::string_view backend() const noexcept = 0;

    /// Where it is, without a credential: for logs.
    virtual std::string description() const = 0;

    /// Success when the backend answers and its schema is the one that this program needs.
    /// kStorageFull: it does, but a step found no room to write; a probe that writes a little finds
    /// out when there is room again.
    virtual Result<void> ping() = 0;

    /// Empty: not known, as for a database server on another machine.
    virtual std::optional<DiskSpace> disk_space() { return std::nullopt; }

    /// `listener` is called, on a thread of the storage, soon after another program may have
    /// written a cut-off, or changed a node or a key; it may also be called without need. An empty
    /// `listener` ends that; when the call returns, no call of the former one is in flight. A
    /// storage that cannot tell does nothing, so a listener has to poll as well.
    virtual void watch_changes(std::function<void()> listener) = 0;
};

/// How `open_storage` behaves.
struct StorageOptions {
    Logger* logger = nullptr;     ///< Must outlive the storage. Empty: silent.
    std::size_t connections = 8;  ///< PostgreSQL: connections for claims; a few more for the rest.
    std::chrono::milliseconds deadline{2'000};  ///< Longest wait of one call for the backend.
    /// PostgreSQL: longest wait of `migrate` for other programs that do the same. After two seconds
    /// (half of it, if that is less) the log says what is waited for.
    std::chrono::milliseconds migration_wait{60'000};
};

/// Opens the storage that `uri` names: `memory:`, `sqlite:PATH`, `postgresql://…` (or
/// `postgres://…`; libpq's connection URI). Does not migrate. kInvalidArgument: no such scheme, or
/// a malformed rest; kUnavailable: the backend does not answer (an SQLite file that cannot be
/// made). A PostgreSQL server that is down is no error here: every call tries again.
Result<std::unique_ptr<Storage>> open_storage(std::string_view uri,
                                              const StorageOptions& options = {});

}  // namespace rescuestream
