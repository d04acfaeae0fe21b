#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <vector>

#include "rescuestream/records.hpp"

namespace rescuestream {

/// A publisher that this server let in and that was not seen live yet.
struct Reservation {
    StreamKeyId stream_key_id;
    ConnectionId connection;
    Protocol protocol = Protocol::kUnknown;
    std::chrono::steady_clock::time_point accepted_at;
};

/// The reservations of the last seconds, in memory: those that came to nothing are given back
/// before they time out, so that an encoder that comes from another address need not wait.
///
/// Thread-safety: all methods from any thread.
class Reservations {
public:
    /// Keeps the latest thousand; an older one times out as if it had never been here.
    void add(Reservation reservation);
    std::vector<Reservation> all() const;
    void remove(const ConnectionId& connection);

private:
    mutable std::mutex mutex_;
    std::deque<Reservation> reservations_;
};

}  // namespace rescuestream
