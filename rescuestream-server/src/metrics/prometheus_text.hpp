#pragma once

#include <string>
#include <string_view>

#include "metrics/sink.hpp"

namespace rescuestream::server {

/// Writes metrics in Prometheus' text format, version 0.0.4. Source: Prometheus documentation,
/// "Exposition formats".
class PrometheusText final : public MetricSink {
public:
    void family(std::string_view name, std::string_view help, MetricKind kind) override;
    void value(MetricLabels labels, double value) override;
    void distribution(MetricLabels labels, const Distribution& distribution) override;

    std::string take() { return std::move(text_); }

private:
    void begin_family();
    // `le` is the upper bound of a range of a histogram; empty: none.
    void line(std::string_view suffix, MetricLabels labels, std::string_view le, double value);

    std::string text_;
    std::string_view name_;
    std::string_view help_;
    MetricKind kind_ = MetricKind::kGauge;
    bool has_begun_ = false;
};

}  // namespace rescuestream::server
