#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/sink.hpp"
#include "rescuestream/distribution.hpp"

namespace rescuestream::server {

/// Holds the metrics of one collection.
class CollectedMetrics final : public MetricSink {
public:
    struct Point {
        std::vector<std::pair<std::string_view, std::string>> labels;
        double value = 0;           ///< Of a counter or gauge.
        Distribution distribution;  ///< Of a histogram.
    };
    struct Family {
        std::string_view name;
        std::string_view help;
        MetricKind kind = MetricKind::kGauge;
        std::vector<Point> points;
    };

    void family(std::string_view name, std::string_view help, MetricKind kind) override {
        if (!families_.empty() && families_.back().points.empty()) families_.pop_back();
        families_.push_back({name, help, kind, {}});
    }
    void value(MetricLabels labels, double value) override { point(labels).value = value; }
    void distribution(MetricLabels labels, const Distribution& distribution) override {
        point(labels).distribution = distribution;
    }

    /// The last family may be without points.
    const std::vector<Family>& families() const noexcept { return families_; }

private:
    Point& point(MetricLabels labels) {
        Point& point = families_.back().points.emplace_back();
        for (const auto& label : labels) {
            point.labels.emplace_back(label.name, std::string(label.value));
        }
        return point;
    }

    std::vector<Family> families_;
};

}  // namespace rescuestream::server
