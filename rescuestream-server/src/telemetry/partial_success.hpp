#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rescuestream::server {

/// What a collector says in its answer 200 about a request of which it did not take everything.
struct PartialSuccess {
    std::uint64_t rejected = 0;  ///< Number of spans or data points.
    std::string message;         ///< The collector's own words, printable and short; may be empty.
};

/// Reads the answer of a collector. Returns nothing rejected for an answer that is not OTLP, since
/// then nothing is known. `content_type` is that of the answer: `application/x-protobuf`, or JSON.
/// Source: https://opentelemetry.io/docs/specs/otlp/#partial-success-1.
PartialSuccess read_partial_success(std::string_view content_type, std::string_view answer);

}  // namespace rescuestream::server
