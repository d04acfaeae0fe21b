#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "metrics.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::server {

/// Serves `GET /metrics` on a port and a thread of its own, so that scrapes and requests do not
/// wait for one another. It asks for no credential: who reaches the port reads the metrics.
///
/// Thread-safety: none. Ownership: `metrics` must outlive it.
class MetricsServer {
public:
    /// `host`, `port`: METRICS_HOST and METRICS_PORT; port 0 takes any free one.
    MetricsServer(const Metrics& metrics, std::string host, std::uint16_t port);
    ~MetricsServer();  ///< Stops.

    /// Begins to serve; returns the port. kUnavailable: another program has it, or the address is
    /// none of this machine.
    Result<std::uint16_t> start();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream::server
