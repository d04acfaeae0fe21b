#include "telemetry/otlp_metrics_protobuf.hpp"

#include <cstdint>

#include "rescuestream/version.hpp"
#include "telemetry/otlp_common.hpp"
#include "telemetry/otlp_metrics.hpp"
#include "telemetry/protobuf_writer.hpp"

namespace rescuestream::server {
namespace {

std::uint64_t nanoseconds_of(std::chrono::sys_time<std::chrono::nanoseconds> time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

// message KeyValue
void put_label(ProtobufWriter& to, unsigned number, std::string_view name,
               const std::string& value) {
    to.message_field(number, [&](ProtobufWriter& pair) {
        pair.text_field(1, name);
        pair.message_field(2, [&](ProtobufWriter& any) { any.bytes_field(1, exported(value)); });
    });
}

// message NumberDataPoint
void put_number(ProtobufWriter& to, const CollectedMetrics::Point& point, bool is_counter,
                const MetricsPeriod& period) {
    if (is_counter) to.fixed64_field(2, nanoseconds_of(period.start));
    to.fixed64_field(3, nanoseconds_of(period.end));
    to.double_field(4, point.value);
    for (const auto& [name, value] : point.labels) put_label(to, 7, name, value);
}

// message HistogramDataPoint
void put_distribution(ProtobufWriter& to, const CollectedMetrics::Point& point,
                      const MetricsPeriod& period) {
    to.fixed64_field(2, nanoseconds_of(period.start));
    to.fixed64_field(3, nanoseconds_of(period.end));
    to.fixed64_field(4, point.distribution.total());
    to.double_field(5, point.distribution.sum);
    // A reader of the format takes single elements of a packed field, too.
    for (const auto count : point.distribution.counts) to.fixed64_field(6, count);
    for (const auto bound : point.distribution.bounds) to.double_field(7, bound);
    for (const auto& [name, value] : point.labels) put_label(to, 9, name, value);
}

// message Metric
void put_family(ProtobufWriter& to, const CollectedMetrics::Family& family,
                const MetricsPeriod& period) {
    constexpr unsigned kGaugeField = 5;
    constexpr unsigned kSumField = 7;
    constexpr unsigned kHistogramField = 9;
    to.text_field(1, family.name);
    to.text_field(2, family.help);
    to.text_field(3, unit_of(family.name));
    const bool is_counter = family.kind == MetricKind::kCounter;
    if (family.kind == MetricKind::kHistogram) {
        to.message_field(kHistogramField, [&](ProtobufWriter& histogram) {
            for (const auto& point : family.points) {
                histogram.message_field(
                    1, [&](ProtobufWriter& one) { put_distribution(one, point, period); });
            }
            histogram.varint_field(2, kCumulative);
        });
        return;
    }
    to.message_field(is_counter ? kSumField : kGaugeField, [&](ProtobufWriter& numbers) {
        for (const auto& point : family.points) {
            numbers.message_field(
                1, [&](ProtobufWriter& one) { put_number(one, point, is_counter, period); });
        }
        if (!is_counter) return;
        numbers.varint_field(2, kCumulative);
        numbers.varint_field(3, 1);  // is_monotonic
    });
}

}  // namespace

std::string metrics_as_protobuf(const Resource& resource, const CollectedMetrics& metrics,
                                const MetricsPeriod& period) {
    ProtobufWriter request;
    request.message_field(1, [&](ProtobufWriter& resource_metrics) {
        resource_metrics.message_field(1, [&](ProtobufWriter& to) {
            for (const auto& [name, value] : resource.attributes) put_label(to, 1, name, value);
        });
        resource_metrics.message_field(2, [&](ProtobufWriter& scope_metrics) {
            scope_metrics.message_field(1, [&](ProtobufWriter& scope) {
                scope.text_field(1, kScopeName);
                scope.text_field(2, RESCUESTREAM_VERSION);
            });
            for (const auto& family : metrics.families()) {
                if (family.points.empty()) continue;
                scope_metrics.message_field(
                    2, [&](ProtobufWriter& to) { put_family(to, family, period); });
            }
        });
    });
    return request.bytes();
}

}  // namespace rescuestream::server
