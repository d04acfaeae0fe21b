#include "metrics/prometheus_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "rescuestream/distribution.hpp"

namespace rescuestream::server {
namespace {

std::string_view type_of(MetricKind kind) {
    switch (kind) {
        case MetricKind::kCounter:
            return "counter";
        case MetricKind::kGauge:
            return "gauge";
        case MetricKind::kHistogram:
            return "histogram";
    }
    return "untyped";
}

void append_number(std::string& text, double value) {
    constexpr double kExact = 9e15;
    if (std::trunc(value) == value && std::abs(value) < kExact) {
        fmt::format_to(std::back_inserter(text), "{}", static_cast<long long>(value));
    } else {
        fmt::format_to(std::back_inserter(text), "{}", value);
    }
}

void append_escaped(std::string& text, std::string_view value) {
    for (const char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        if (c == '\n') {
            text += "\\n";
        } else {
            text += c;
        }
    }
}

}  // namespace

void PrometheusText::family(std::string_view name, std::string_view help, MetricKind kind) {
    name_ = name;
    help_ = help;
    kind_ = kind;
    has_begun_ = false;
}

void PrometheusText::begin_family() {
    if (has_begun_) return;
    has_begun_ = true;
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name_, help_, name_,
                   type_of(kind_));
}

void PrometheusText::value(MetricLabels labels, double value) {
    begin_family();
    line({}, labels, {}, value);
}

void PrometheusText::distribution(MetricLabels labels, const Distribution& distribution) {
    begin_family();
    std::uint64_t below = 0;
    std::string le;
    for (std::size_t i = 0; i < distribution.counts.size(); ++i) {
        below += distribution.counts[i];
        le.clear();
        if (i < distribution.bounds.size()) {
            append_number(le, distribution.bounds[i]);
        } else {
            le = "+Inf";
        }
        line("_bucket", labels, le, static_cast<double>(below));
    }
    line("_sum", labels, {}, distribution.sum);
    line("_count", labels, {}, static_cast<double>(below));
}

void PrometheusText::line(std::string_view suffix, MetricLabels labels, std::string_view le,
                          double value) {
    text_ += name_;
    text_ += suffix;
    char before = '{';
    const auto append = [&](std::string_view name, std::string_view text) {
        text_ += before;
        before = ',';
        text_ += name;
        text_ += "=\"";
        append_escaped(text_, text);
        text_ += '"';
    };
    for (const auto& label : labels) append(label.name, label.value);
    if (!le.empty()) append("le", le);
    if (before == ',') text_ += '}';
    text_ += ' ';
    append_number(text_, value);
    text_ += '\n';
}

}  // namespace rescuestream::server
