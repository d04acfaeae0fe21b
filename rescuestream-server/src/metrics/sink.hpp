#pragma once

#include <initializer_list>
#include <string_view>

namespace rescuestream {
struct Distribution;
}  // namespace rescuestream

namespace rescuestream::server {

enum class MetricKind { kCounter, kGauge, kHistogram };

struct MetricLabel {
    std::string_view name;
    std::string_view value;
};
using MetricLabels = std::initializer_list<MetricLabel>;

/// Receives the metrics of one collection: a family, then its values, then the next family. Nothing
/// is kept between collections, so a value that is not written again is gone.
class MetricSink {
public:
    virtual ~MetricSink() = default;

    /// Begins a family. `name` and `help` are constants; `name` follows Prometheus' conventions. A
    /// family without values is left out.
    virtual void family(std::string_view name, std::string_view help, MetricKind kind) = 0;
    /// Writes one value of a family of counters or gauges.
    virtual void value(MetricLabels labels, double value) = 0;
    /// Writes one value of a family of histograms.
    virtual void distribution(MetricLabels labels, const Distribution& distribution) = 0;

    /// Writes a family that has one value without labels.
    void single(std::string_view name, std::string_view help, MetricKind kind, double value) {
        family(name, help, kind);
        this->value({}, value);
    }
};

}  // namespace rescuestream::server
