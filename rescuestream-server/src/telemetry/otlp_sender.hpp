#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "telemetry/otlp_transport.hpp"

namespace rescuestream {
class Logger;
}

namespace rescuestream::server {

/// Sends the bodies of one signal to a collector, with repetitions. It logs when sending begins to
/// fail and when it works again, not each failure.
///
/// Thread-safety: `send` is for one thread; `stop` may be called from any other.
class OtlpSender {
public:
    /// `signal` is "traces" or "metrics", for the log. `logger` must outlive it.
    OtlpSender(OtlpDestination destination, std::string signal, Logger& logger);

    /// Sends `body`. While the collector cannot be reached or is overloaded, repeats it after 1, 2,
    /// 4, … seconds, or after the time that the collector asks for (`Retry-After`), until `within`
    /// is over. Returns how many spans or data points the collector rejected of what it has taken
    /// (usually 0); empty: it has taken nothing.
    std::optional<std::uint64_t> send(const std::string& body, std::chrono::milliseconds within);

    /// Ends waiting at once, and requests at `latest`.
    void stop(std::chrono::steady_clock::time_point latest);

private:
    // Returns false if stopping was requested before or meanwhile.
    bool wait(std::chrono::milliseconds duration);
    void report(const OtlpTransport::Answer& answer);

    OtlpTransport transport_;
    const std::string url_;
    const std::string signal_;
    Logger& logger_;
    bool fails_ = false;    // as it was logged
    bool rejects_ = false;  // the same
    std::mutex mutex_;
    std::condition_variable stopped_;
    bool stopping_ = false;
    std::chrono::steady_clock::time_point latest_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace rescuestream::server
