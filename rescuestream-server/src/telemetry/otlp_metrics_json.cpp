#include "telemetry/otlp_metrics_json.hpp"

#include <cstdint>

#include "json/writer.hpp"
#include "rescuestream/version.hpp"
#include "telemetry/otlp_common.hpp"
#include "telemetry/otlp_metrics.hpp"

namespace rescuestream::server {
namespace {

class MetricsJson {
public:
    explicit MetricsJson(const MetricsPeriod& period) : period_(period) {}

    std::string write(const Resource& resource, const CollectedMetrics& metrics) {
        object([&] {
            one_element("resourceMetrics", [&] {
                member_object("resource", [&] {
                    array("attributes", [&] {
                        for (const auto& [name, value] : resource.attributes) label(name, value);
                    });
                });
                one_element("scopeMetrics", [&] {
                    member_object("scope", [&] {
                        json::member(writer_, "name", kScopeName);
                        json::member(writer_, "version", RESCUESTREAM_VERSION);
                    });
                    array("metrics", [&] {
                        for (const auto& each : metrics.families()) family(each);
                    });
                });
            });
        });
        return {buffer_.GetString(), buffer_.GetSize()};
    }

private:
    template <class Write>
    void object(Write write) {
        writer_.StartObject();
        write();
        writer_.EndObject();
    }
    template <class Write>
    void member_object(const char* name, Write write) {
        writer_.Key(name);
        object(write);
    }
    template <class Write>
    void array(const char* name, Write write) {
        writer_.Key(name);
        writer_.StartArray();
        write();
        writer_.EndArray();
    }
    template <class Write>
    void one_element(const char* name, Write write) {
        array(name, [&] { object(write); });
    }
    void number(std::string_view name, std::uint64_t value) {
        json::member(writer_, name, std::to_string(value));
    }
    void label(std::string_view name, const std::string& value) {
        object([&] {
            json::member(writer_, "key", name);
            member_object("value", [&] { json::member(writer_, "stringValue", exported(value)); });
        });
    }

    void family(const CollectedMetrics::Family& family) {
        if (family.points.empty()) return;
        object([&] {
            json::member(writer_, "name", family.name);
            json::member(writer_, "description", family.help);
            if (!unit_of(family.name).empty()) {
                json::member(writer_, "unit", unit_of(family.name));
            }
            const bool is_gauge = family.kind == MetricKind::kGauge;
            const bool is_counter = family.kind == MetricKind::kCounter;
            member_object(is_gauge     ? "gauge"
                          : is_counter ? "sum"
                                       : "histogram",
                          [&] {
                              array("dataPoints", [&] {
                                  for (const auto& each : family.points) point(family.kind, each);
                              });
                              if (is_gauge) return;
                              writer_.Key("aggregationTemporality");
                              writer_.Int(kCumulative);
                              if (!is_counter) return;
                              writer_.Key("isMonotonic");
                              writer_.Bool(true);
                          });
        });
    }
    void point(MetricKind kind, const CollectedMetrics::Point& point) {
        object([&] {
            array("attributes", [&] {
                for (const auto& [name, value] : point.labels) label(name, value);
            });
            if (kind != MetricKind::kGauge) number("startTimeUnixNano", nanoseconds(period_.start));
            number("timeUnixNano", nanoseconds(period_.end));
            if (kind != MetricKind::kHistogram) {
                writer_.Key("asDouble");
                writer_.Double(point.value);
                return;
            }
            const Distribution& distribution = point.distribution;
            number("count", distribution.total());
            writer_.Key("sum");
            writer_.Double(distribution.sum);
            array("bucketCounts", [&] {
                for (const auto count : distribution.counts) {
                    const std::string text = std::to_string(count);
                    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
                }
            });
            array("explicitBounds", [&] {
                for (const auto bound : distribution.bounds) writer_.Double(bound);
            });
        });
    }
    static std::uint64_t nanoseconds(std::chrono::sys_time<std::chrono::nanoseconds> time) {
        return static_cast<std::uint64_t>(time.time_since_epoch().count());
    }

    const MetricsPeriod& period_;
    rapidjson::StringBuffer buffer_;
    json::Writer writer_{buffer_};
};

}  // namespace

std::string metrics_as_json(const Resource& resource, const CollectedMetrics& metrics,
                            const MetricsPeriod& period) {
    return MetricsJson(period).write(resource, metrics);
}

}  // namespace rescuestream::server
