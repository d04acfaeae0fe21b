#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "rescuestream/storage.hpp"

namespace rescuestream::sql {

/// Which key a connection that claims, or claimed a moment ago, belongs to: those of this program.
///
/// A claim is remembered while it is asked for and, when it was granted, until a reservation of its
/// age is void. (When it is live by then, its stream tells.)
///
/// Thread-safety: all methods from any thread.
class RecentClaims {
public:
    struct Holder {
        KeyDigest digest{};  ///< Of the key value that was claimed with.
        bool under_way = false;
    };

    /// Nobody else has the connection of `request`: it is the request's until `forget`, or until it
    /// is void. Else who has it.
    std::optional<Holder> enter(const ClaimRequest& request);
    /// What `request` entered was granted.
    void keep(const ClaimRequest& request);
    /// It was not, or who has the connection has lost it.
    void forget(const ConnectionId& connection, const KeyDigest& digest);

private:
    struct Entry {
        KeyDigest digest{};
        Timestamp claimed_at{};
        int under_way = 0;  // requests
        bool granted = false;
    };

    void drop_old(Timestamp before);

    std::mutex mutex_;
    std::unordered_map<ConnectionId, Entry> entries_;
    std::deque<std::pair<Timestamp, ConnectionId>> by_age_;  // those that were granted
};

}  // namespace rescuestream::sql
