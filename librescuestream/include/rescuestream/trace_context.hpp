#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rescuestream {

using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

/// The identity of a span, as programs pass it to one another. Source: W3C Trace Context,
/// https://www.w3.org/TR/trace-context/.
struct SpanContext {
    TraceId trace_id{};
    SpanId span_id{};
    bool sampled = false;    ///< The span is recorded.
    bool is_remote = false;  ///< Another program sent it.
    /// What other tracing systems add to the trace: the value of `tracestate`. It is passed on
    /// unchanged and is never logged.
    std::string trace_state;

    /// Returns whether both ids are set. A context without them is that of no span.
    bool is_valid() const noexcept;
    bool operator==(const SpanContext&) const = default;
};

/// Reads the headers `traceparent` and `tracestate`. `trace_state` is empty if that header is
/// missing; several of them are joined with commas. Returns an empty optional if `traceparent` is
/// not exactly what the recommendation permits: lower-case digits, ids that are not zero, a version
/// other than ff, and nothing behind it in version 00. A `tracestate` that is malformed, has more
/// than 32 members or 512 characters, or contains a key value is dropped, and the rest is used.
std::optional<SpanContext> parse_trace_context(std::string_view trace_parent,
                                               std::string_view trace_state = {});

/// Returns the value of `traceparent`. Precondition: `context.is_valid()`.
std::string format_trace_parent(const SpanContext& context);

std::string to_string(const TraceId& id);  ///< 32 hexadecimal digits.
std::string to_string(const SpanId& id);   ///< 16 hexadecimal digits.

}  // namespace rescuestream
