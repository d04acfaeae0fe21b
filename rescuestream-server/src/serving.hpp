#pragma once

#include <atomic>
#include <thread>

#include "carrier/carrier.hpp"
#include "startup.hpp"

namespace rescuestream::server {

/// Runs a bound carrier on a thread of its own. When the carrier ends by itself, a stop of the
/// program is requested.
///
/// Thread-safety: none. Ownership: both arguments must outlive it.
class Serving {
public:
    Serving(Carrier& carrier, StopSignal& stop);
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    ~Serving();  ///< Calls `end`.

    /// Stops the carrier and waits until the requests in progress are answered. Returns false when
    /// it had ended by itself before.
    bool end();

private:
    Carrier& carrier_;
    std::atomic<bool> ended_as_asked_{true};
    std::thread thread_;
};

}  // namespace rescuestream::server
