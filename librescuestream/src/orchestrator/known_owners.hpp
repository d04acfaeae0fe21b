#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

/// Caches the broadcasters for which keys were created, so that a new key needs no read before it.
/// An entry may be out of date; the storage compares it when it creates the key.
///
/// Thread-safety: all methods may be called from any thread.
class KnownOwners {
public:
    struct Owner {
        std::string name;
        bool disabled = false;
    };

    std::optional<Owner> find(BroadcasterId id) const;
    /// Stores the broadcaster; older entries are dropped beyond a limit.
    void keep(const Broadcaster& broadcaster);
    void forget(BroadcasterId id);

private:
    static constexpr std::size_t kMost = 1'000;

    mutable std::mutex mutex_;
    std::unordered_map<BroadcasterId, Owner> owners_;
};

}  // namespace rescuestream
