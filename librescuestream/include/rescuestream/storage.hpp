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
#include "rescuestream/pooler.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/storage/audit_chain.hpp"
#include "rescuestream/storage/credentials.hpp"
#include "rescuestream/storage/cutoffs.hpp"
#include "rescuestream/storage/directory.hpp"
#include "rescuestream/storage/guest_links.hpp"
#include "rescuestream/storage/incidents.hpp"
#include "rescuestream/storage/keys.hpp"
#include "rescuestream/storage/nodes.hpp"
#include "rescuestream/storage/playback.hpp"
#include "rescuestream/storage/publishing.hpp"
#include "rescuestream/storage/record.hpp"
#include "rescuestream/storage/refusals.hpp"
#include "rescuestream/storage/reservations.hpp"
#include "rescuestream/storage/schema.hpp"
#include "rescuestream/storage/sessions.hpp"
#include "rescuestream/storage/viewers.hpp"
#include "rescuestream/storage_figures.hpp"

namespace rescuestream {

/// Free space on the file system that a storage writes to.
struct DiskSpace {
    std::uint64_t free_bytes =
        0;  ///< Available to this program; space that is reserved for root does not count.
    std::uint64_t total_bytes = 0;

    bool operator==(const DiskSpace&) const = default;
};

/// Keeps everything that must outlive the program. It consists of one interface for each subject,
/// so that a part of a program can depend on just what it uses.
///
/// Each method is one atomic step: it takes effect completely or not at all, even if the program or
/// the backend is killed meanwhile. A change that was reported as a success is durable, with one
/// exception that is described at `claim`. A storage reads no clock and generates no ids: both are
/// arguments. Time stamps have a resolution of one microsecond on all backends. All backends return
/// the same results; tests/conformance/storage checks this.
///
/// Every method may also return kUnavailable or kTimeout (the backend is unreachable, overloaded or
/// too slow), kUnauthorized (PostgreSQL refuses the role or has no usable database) and kInternal
/// (a defect). A method that writes may return kStorageFull; then nothing was changed.
///
/// Callers must pass texts that are valid UTF-8 without NUL. (For other texts a backend may return
/// kInvalidArgument; it never stores a truncated text.)
///
/// Thread-safety: all methods may be called from any thread at any time.
class Storage : public virtual SchemaStorage,
                public virtual DirectoryStorage,
                public virtual KeyStorage,
                public virtual PublishingStorage,
                public virtual SessionStorage,
                public virtual CutoffStorage,
                public virtual NodeStorage,
                public virtual RecordStorage,
                public virtual RefusalStorage,
                public virtual PlaybackStorage,
                public virtual CredentialStorage,
                public virtual ViewerStorage,
                public virtual IncidentStorage,
                public virtual GuestLinkStorage,
                public virtual ReservationStorage,
                public virtual AuditChainStorage {
public:
    virtual ~Storage() = default;

    /// "memory", "sqlite" or "postgresql".
    virtual std::string_view backend() const noexcept = 0;

    /// Returns its address without a credential, for logs.
    virtual std::string description() const = 0;

    /// Succeeds when the backend answers and its schema is the one that this program needs.
    /// kStorageFull: it does, but a step could not write for lack of space; small trial writes find
    /// out when there is space again.
    virtual Result<void> ping() = 0;

    /// Returns an empty optional if this is unknown, as for a database server on another machine.
    virtual std::optional<DiskSpace> disk_space() { return std::nullopt; }

    /// Returns what the backend measures about itself. Does not wait for the backend.
    virtual StorageFigures figures() { return {}; }

    /// Calls `listener` on a thread of the storage soon after another program may have written a
    /// cut-off or changed a node or a key. It may also be called without such a change. An empty
    /// `listener` ends the calls; when this method returns, no call of the previous listener is in
    /// flight. A backend that cannot detect such changes ignores `listener`, so callers must also
    /// poll.
    virtual void watch_changes(std::function<void()> listener) = 0;
};

/// How `open_storage` behaves.
struct StorageOptions {
    Logger* logger = nullptr;  ///< Must outlive the storage. Empty: silent.
    std::size_t connections =
        8;  ///< PostgreSQL: connections for claims. Other calls use a few more.
    std::chrono::milliseconds deadline{
        2'000};  ///< Longest time that one call waits for the backend.
    /// PostgreSQL: longest time that `migrate` waits for other programs that migrate. After two
    /// seconds (or half of this time, if that is less) it logs what it waits for.
    std::chrono::milliseconds migration_wait{60'000};
    /// PostgreSQL: behind a pooler nothing is used that belongs to a session of the server.
    Pooler pooler = Pooler::kAuto;
    /// PostgreSQL: the address at which notifications are received, which must not lead to a
    /// pooler. Empty: that of the storage; behind a pooler there are no notifications then.
    std::string listen_uri = {};
};

/// Opens the storage that `uri` names: `memory:`, `sqlite:PATH`, `postgresql://…` (or
/// `postgres://…`; libpq's connection URI). Does not migrate. kInvalidArgument: the scheme is
/// unknown, or the address is malformed. kUnavailable: the backend does not answer, for example
/// because an SQLite file cannot be created. A PostgreSQL server that is down is not an error here:
/// each later call connects again.
Result<std::unique_ptr<Storage>> open_storage(std::string_view uri,
                                              const StorageOptions& options = {});

}  // namespace rescuestream
