#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "telemetry/partial_success.hpp"

namespace rescuestream::server {

/// Where one signal (traces, metrics) is sent, and how.
struct OtlpDestination {
    std::string url;  ///< http or https, complete.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string content_type;
    bool gzip = false;
    std::chrono::milliseconds timeout{10'000};  ///< For one request.
};

/// Sends requests to an OpenTelemetry collector: no proxy, no redirects, and at most 64 KiB of an
/// answer are read. It is the only part that uses libcurl.
///
/// Thread-safety: one thread at a time, except `give_up_at`.
class OtlpTransport {
public:
    enum class Outcome {
        kTaken,     ///< The collector has it.
        kTryLater,  ///< It cannot be reached, or is overloaded (429, 502, 503, 504).
        kRefused,   ///< Another answer, or none in time: a repetition could not help, or would
                    ///< send it twice.
    };
    struct Answer {
        Outcome outcome = Outcome::kRefused;
        std::string problem;  ///< "status 503", "Connection refused"; empty: it was taken.
        std::optional<std::chrono::seconds> retry_after;
        PartialSuccess partial;  ///< With kTaken: what the collector did not take of it.
    };

    explicit OtlpTransport(OtlpDestination destination);
    OtlpTransport(const OtlpTransport&) = delete;
    OtlpTransport& operator=(const OtlpTransport&) = delete;
    ~OtlpTransport();

    /// Sends `body` once, and waits at most `within` for the answer.
    Answer post(const std::string& body, std::chrono::milliseconds within);

    /// Ends requests, also one in flight, when this time has come. May be called from any thread.
    void give_up_at(std::chrono::steady_clock::time_point latest) noexcept { latest_ = latest; }

private:
    struct Handle;

    const OtlpDestination destination_;
    std::unique_ptr<Handle> handle_;
    std::atomic<std::chrono::steady_clock::time_point> latest_{
        std::chrono::steady_clock::time_point::max()};
};

}  // namespace rescuestream::server
