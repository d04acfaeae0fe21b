#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "metrics.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::server {

/// Serves `GET /metrics` on its own port and thread, so that scrapes and requests do not wait for
/// one another. It requires no credential: everybody who can reach the port can read the metrics.
///
/// Thread-safety: none. Ownership: `metrics` must outlive it.
class MetricsServer {
public:
    /// `host` and `port` are METRICS_HOST and METRICS_PORT; port 0 takes any free one.
    MetricsServer(const Metrics& metrics, std::string host, std::uint16_t port);
    ~MetricsServer();  ///< Stops serving.

    /// Begins to serve and returns the port. kUnavailable: another program uses the port, or the
    /// address does not belong to this machine.
    Result<std::uint16_t> start();
    /// Returns where it listens; see places_of.
    std::string places() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rescuestream::server
