#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "orchestrator/key_follower.hpp"
#include "rescuestream/claims.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class Logger;
struct MediaPath;

/// Withdrawals of rights that could not be stored because the storage is full or unreachable. They
/// apply in this program at once and are stored, in the order of the requests, as soon as the
/// storage accepts them. They are lost when the program ends: the caller got an error that says
/// that nothing is stored yet.
///
/// Thread-safety: all methods may be called from any thread.
class UnwrittenRefusals {
public:
    /// Stores the withdrawal. Returns false if a newer change was stored meanwhile, so that this
    /// one is dropped.
    using Write = std::function<Result<bool>()>;

    struct Entry {
        std::string subject;            ///< The subject, as in the log: "stream key 0190…".
        std::string action;             ///< "revoke", "disable", "stop", "delete".
        std::vector<StreamKeyId> keys;  ///< Keys that are refused …
        ClaimDecision decision = ClaimDecision::kRevoked;  ///< … with this reason,
        std::optional<Timestamp> until;                    ///< until then; empty: permanently.
        std::optional<ConnectionId> connection;  ///< A connection to remove, whatever its key is.
        Write write;
    };

    /// Maximum of waiting withdrawals.
    static constexpr std::size_t kMost = 1'000;

    UnwrittenRefusals(const KeyFollower& keys, Logger& logger) : keys_(keys), logger_(logger) {}

    /// Adds an entry and replaces one with the same subject and action. Returns false, and changes
    /// nothing, if there are too many entries or a key is not known here.
    bool add(Entry entry);
    /// Removes and returns an entry, so that it does not undo a newer change later. Waits while it
    /// is being stored. Empty: there is none.
    std::optional<Entry> take(const std::string& subject, const std::string& action);

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

    /// Returns why a publisher with this key is refused; empty: it is not refused.
    std::optional<ClaimDecision> refusal_of(StreamKeyId key, Timestamp now) const;
    /// Returns whether the publisher of `path` must be removed. `key` is its key if that is known;
    /// otherwise it is judged by its path, which other keys may share.
    bool refuses(const MediaPath& path, const std::optional<StreamKeyId>& key, Timestamp now) const;

    /// Stores the entries that the storage accepts now.
    void write_all();

private:
    struct Known {
        Entry entry;
        std::vector<std::uint64_t> path_hashes;  // paths of the keys, in the same order
    };
    using List = std::list<std::shared_ptr<const Known>>;

    static bool holds(const Entry& entry, Timestamp now) {
        return !entry.until || now < *entry.until;
    }
    std::shared_ptr<const Known> first() const;
    void remove(const std::shared_ptr<const Known>& known);

    const KeyFollower& keys_;
    Logger& logger_;
    std::mutex writing_;  // held while an entry is stored
    mutable std::shared_mutex mutex_;
    List list_;  // oldest first
    std::atomic<std::size_t> size_{0};
};

}  // namespace rescuestream
