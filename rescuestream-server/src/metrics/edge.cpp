// The figures of a carrier as metrics.

#include <chrono>

#include "metrics/edge_figures.hpp"
#include "metrics/families.hpp"
#include "metrics/sink.hpp"

namespace rescuestream::server {

void write_edge(MetricSink& sink, const EdgeFigures& figures) {
    using enum MetricKind;
    sink.family("rescuestream_http_connections", "Open connections.", kGauge);
    for (const auto& listener : figures.listeners) {
        sink.value({{"listener", listener.name}}, static_cast<double>(listener.connections));
    }
    sink.family("rescuestream_http_connections_evicted_total",
                "Connections that were closed to make room for others.", kCounter);
    for (const auto& listener : figures.listeners) {
        sink.value({{"listener", listener.name}}, static_cast<double>(listener.evicted));
    }
    sink.family("rescuestream_http_connections_refused_total",
                "Connections that were refused because too many are open.", kCounter);
    for (const auto& listener : figures.listeners) {
        sink.value({{"listener", listener.name}}, static_cast<double>(listener.refused));
    }
    sink.family("rescuestream_http_requests_waiting", "Requests that wait for a worker.", kGauge);
    for (const auto& lane : figures.lanes) {
        sink.value({{"lane", lane.name}}, static_cast<double>(lane.waiting));
    }
    sink.family("rescuestream_http_requests_shed_total",
                "Requests that were refused because too many waited, or because they waited for "
                "too long.",
                kCounter);
    for (const auto& lane : figures.lanes) {
        sink.value({{"lane", lane.name}}, static_cast<double>(lane.shed));
    }
    if (!figures.listeners.empty()) {
        sink.single("rescuestream_http_buffer_bytes",
                    "Memory of requests that are being received and answers that are being sent.",
                    kGauge, static_cast<double>(figures.buffer_bytes));
    }
    if (figures.certificate_expires_at) {
        const auto since_1970 = figures.certificate_expires_at->time_since_epoch();
        sink.single("rescuestream_tls_certificate_expiry_timestamp_seconds",
                    "When the certificate of API_PORT expires, in seconds since 1970.", kGauge,
                    std::chrono::duration<double>(since_1970).count());
    }
}

}  // namespace rescuestream::server
