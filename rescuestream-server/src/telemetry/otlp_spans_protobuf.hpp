#pragma once

#include <string>

#include "telemetry/resource.hpp"
#include "telemetry/span_queue.hpp"

namespace rescuestream::server {

/// Returns the body of a request to `/v1/traces` in protobuf. Key values in texts are masked.
/// Source: opentelemetry-proto 1.x, collector/trace/v1 and trace/v1.
std::string spans_as_protobuf(const Resource& resource, const Spans& spans);

}  // namespace rescuestream::server
