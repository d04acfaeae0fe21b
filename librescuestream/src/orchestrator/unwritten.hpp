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

/// Rights that were taken away and could not be written, because the storage is full or out of
/// reach. They hold in this program at once and are written, in the order of asking, as soon as the
/// storage takes them. They end with the program: whoever asked was told by an error that nothing
/// is stored yet.
///
/// Thread-safety: all methods from any thread.
class UnwrittenRefusals {
public:
    /// False: something newer was written by somebody else, and this one is not written any more.
    using Write = std::function<Result<bool>()>;

    struct Entry {
        std::string subject;  ///< "stream key 0190…": what it is about, for the log too.
        std::string action;   ///< "revoke", "disable", "stop", "delete".
        std::vector<StreamKeyId> keys;                     ///< They are refused …
        ClaimDecision decision = ClaimDecision::kRevoked;  ///< … for this,
        std::optional<Timestamp> until;                    ///< and until then; empty: for good.
        std::optional<ConnectionId> connection;            ///< Removed, whatever its key is.
        Write write;
    };

    /// More wait for the storage only when somebody takes away rights without end.
    static constexpr std::size_t kMost = 1'000;

    UnwrittenRefusals(const KeyFollower& keys, Logger& logger) : keys_(keys), logger_(logger) {}

    /// In the place of one with the same subject and action. False: there are too many, or a key is
    /// not known here, and nothing changed.
    bool add(Entry entry);
    /// Takes one out, so that what is written next is not undone by it later. Waits while it is
    /// being written. Empty: there is none.
    std::optional<Entry> take(const std::string& subject, const std::string& action);

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

    /// Why a publisher with this key is refused; empty: it is not.
    std::optional<ClaimDecision> refusal_of(StreamKeyId key, Timestamp now) const;
    /// Whether what publishes at `path` must go.
    bool refuses(const MediaPath& path, Timestamp now) const;

    /// Writes what the storage takes now.
    void write_all();

private:
    struct Known {
        Entry entry;
        std::vector<std::uint64_t> path_hashes;  // of the keys, in their order
    };
    using List = std::list<std::shared_ptr<const Known>>;

    static bool holds(const Entry& entry, Timestamp now) {
        return !entry.until || now < *entry.until;
    }
    std::shared_ptr<const Known> first() const;
    void remove(const std::shared_ptr<const Known>& known);

    const KeyFollower& keys_;
    Logger& logger_;
    std::mutex writing_;  // held while one is written
    mutable std::shared_mutex mutex_;
    List list_;  // oldest first
    std::atomic<std::size_t> size_{0};
};

}  // namespace rescuestream
