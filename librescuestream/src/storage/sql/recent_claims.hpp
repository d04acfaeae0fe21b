#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "rescuestream/storage.hpp"

namespace rescuestream::sql {

/// Remembers which key a connection claims or has just claimed, for the claims of this program.
///
/// A claim is remembered while it is in flight and, if it was granted, until a reservation of its
/// age is void. (If it is live by then, its stream shows the key.) It takes about 100 bytes: the
/// connection is known by a hash of its id. An id that two keys use is therefore always found. Two
/// different ids have the same hash so rarely that the caller's second check of the holder
/// (SqlStorage::still_holds) is enough.
///
/// Thread-safety: all methods may be called from any thread.
class RecentClaims {
public:
    struct Holder {
        KeyDigest digest{};  ///< Digest of the key value of the claim.
        bool under_way = false;
    };

    /// Enters the connection of `request`, until `forget` is called or the claim is void. If
    /// another key has the connection, returns that key instead.
    std::optional<Holder> enter(const ClaimRequest& request);
    /// The claim that `request` entered was granted.
    void keep(const ClaimRequest& request);
    /// The claim was not granted, or the key that has the connection has lost it.
    void forget(const ConnectionId& connection, const KeyDigest& digest);

private:
    struct Entry {
        KeyDigest digest{};
        Timestamp claimed_at{};
        int under_way = 0;  // number of requests in flight
        bool granted = false;
    };

    using Name = std::size_t;  // the hash of a connection's id
    static Name name_of(const ConnectionId& connection) noexcept {
        return std::hash<std::string_view>{}(connection.value);
    }
    void drop_old(Timestamp before);

    std::mutex mutex_;
    std::unordered_map<Name, Entry> entries_;
    std::deque<std::pair<Timestamp, Name>> by_age_;  // granted claims
};

}  // namespace rescuestream::sql
