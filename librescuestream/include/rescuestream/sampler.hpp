#pragma once

#include <cstdint>

#include "rescuestream/trace_context.hpp"

namespace rescuestream {

/// Decides which traces are recorded. The decision on a trace depends on its id alone, in the way
/// of OpenTelemetry's `TraceIdRatioBased`, so that all programs with the same ratio record the same
/// traces.
///
/// Thread-safety: all methods may be called from any thread.
class Sampler {
public:
    /// `ratio` is the share of the traces that are recorded, from 0 to 1. With `follows_parent`
    /// the ratio applies only to spans without a parent, and the others follow their parent.
    /// Throws std::invalid_argument if `ratio` is out of range.
    explicit Sampler(double ratio, bool follows_parent = true);

    /// Returns whether a span is recorded. `parent` is null for the first span of a trace. A parent
    /// in this program is always followed, so that no trace has gaps.
    bool samples(const TraceId& trace, const SpanContext* parent) const noexcept;

private:
    std::uint64_t bound_;  // ids whose last 63 bits are below it are recorded
    bool follows_parent_;
};

}  // namespace rescuestream
