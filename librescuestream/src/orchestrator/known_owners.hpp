#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

/// What was last seen of broadcasters that keys are made for, so that a key needs no question
/// before. It may be out of date: whoever uses it has the storage compare it.
///
/// Thread-safety: all methods from any thread.
class KnownOwners {
public:
    struct Owner {
        std::string name;
        bool disabled = false;
    };

    std::optional<Owner> find(BroadcasterId id) const;
    /// Of many the earlier ones are forgotten.
    void keep(const Broadcaster& broadcaster);
    void forget(BroadcasterId id);

private:
    static constexpr std::size_t kMost = 1'000;

    mutable std::mutex mutex_;
    std::unordered_map<BroadcasterId, Owner> owners_;
};

}  // namespace rescuestream
