#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <vector>

#include "rescuestream/records.hpp"

namespace rescuestream {

/// A publisher that this program accepted and that was not seen live yet.
struct Reservation {
    StreamKeyId stream_key_id;
    ConnectionId connection;
    Protocol protocol = Protocol::kUnknown;
    std::chrono::steady_clock::time_point accepted_at;
};

/// The publishers that this program accepted and that may still begin to publish, in memory. A
/// reservation whose connection is gone is released before it times out, so that an encoder that
/// reconnects from another address need not wait. A connection that waits until its key has lost
/// its right is cut off.
///
/// Thread-safety: all methods may be called from any thread.
class Reservations {
public:
    /// Keeps the latest thousand; the key of an older one is free when its claim is void.
    void add(Reservation reservation);
    std::vector<Reservation> all() const;
    void remove(const ConnectionId& connection);

private:
    mutable std::mutex mutex_;
    std::deque<Reservation> reservations_;
};

}  // namespace rescuestream
