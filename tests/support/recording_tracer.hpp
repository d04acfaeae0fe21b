#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "rescuestream/tracer.hpp"

namespace rescuestream::testing {

/// Keeps all spans that have ended. Ids are counted from 1.
class RecordingTracer final : public Tracer {
public:
    std::atomic<bool> samples{true};  ///< For spans without a parent; others follow theirs.

    SpanContext begin(std::string_view, SpanKind, const SpanContext* parent) noexcept override {
        SpanContext context;
        const int number = ++ids_;
        if (parent != nullptr) {
            context = *parent;
            context.is_remote = false;
        } else {
            context.trace_id = {static_cast<std::uint8_t>(number >> 8),
                                static_cast<std::uint8_t>(number), 1};
            context.sampled = samples;
        }
        context.span_id = {static_cast<std::uint8_t>(number >> 8),
                           static_cast<std::uint8_t>(number), 1};
        return context;
    }
    void end(std::unique_ptr<SpanRecord> span) noexcept override {
        const std::lock_guard lock(mutex_);
        spans_.push_back(std::move(*span));
    }

    std::vector<SpanRecord> spans() const {
        const std::lock_guard lock(mutex_);
        return spans_;
    }
    /// Returns the spans with this name, in the order of their ends.
    std::vector<SpanRecord> spans_named(std::string_view name) const {
        std::vector<SpanRecord> found;
        for (auto& span : spans()) {
            if (span.name == name) found.push_back(span);
        }
        return found;
    }
    int begun() const { return ids_; }

private:
    std::atomic<int> ids_{0};
    mutable std::mutex mutex_;
    std::vector<SpanRecord> spans_;
};

/// Returns the value of an attribute as text; "" if the span does not have it.
inline std::string attribute(const SpanRecord& span, std::string_view name) {
    for (const auto& each : span.attributes) {
        if (each.name != name) continue;
        if (const auto* text = std::get_if<std::string>(&each.value)) return *text;
        if (const auto* constant = std::get_if<std::string_view>(&each.value)) {
            return std::string(*constant);
        }
        if (const auto* number = std::get_if<std::int64_t>(&each.value)) {
            return std::to_string(*number);
        }
        if (const auto* flag = std::get_if<bool>(&each.value)) return *flag ? "true" : "false";
        return std::to_string(std::get<double>(each.value));
    }
    return {};
}

}  // namespace rescuestream::testing
