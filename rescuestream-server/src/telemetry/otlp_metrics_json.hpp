#pragma once

#include <string>

#include "telemetry/collected_metrics.hpp"
#include "telemetry/otlp_metrics.hpp"
#include "telemetry/resource.hpp"

namespace rescuestream::server {

/// Returns the body of a request to `/v1/metrics` in the JSON form: 64-bit numbers as texts. Names
/// and labels are those of Prometheus' text. Source: opentelemetry-proto 1.x, collector/metrics/v1
/// and metrics/v1.
std::string metrics_as_json(const Resource& resource, const CollectedMetrics& metrics,
                            const MetricsPeriod& period);

}  // namespace rescuestream::server
