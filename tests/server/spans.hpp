#pragma once

#include <memory>
#include <string>

#include "rescuestream/tracer.hpp"

namespace rescuestream::server::testing {

/// Returns a span that is recorded and has ids.
inline std::unique_ptr<SpanRecord> span_named(const std::string& name) {
    auto span = std::make_unique<SpanRecord>();
    span->context.trace_id[0] = 1;
    span->context.span_id[0] = 2;
    span->context.sampled = true;
    span->name = name;
    return span;
}

}  // namespace rescuestream::server::testing
