#include "orchestrator/node_meter.hpp"

#include <array>
#include <utility>

namespace rescuestream {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::array<double, 11> kSecondsOfPolls{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                 0.1,   0.25,   0.5,   1,    5};

bool is_answer_about_an_object(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kInvalidArgument:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kForbidden:
        case ErrorCode::kChangedMeanwhile:
        case ErrorCode::kStorageFull:
        case ErrorCode::kUnsupported:
            return true;
        case ErrorCode::kUnavailable:
        case ErrorCode::kTimeout:
        case ErrorCode::kUnauthorized:
        case ErrorCode::kInternal:
            return false;
    }
    return false;
}

void add_one(std::atomic<std::uint64_t>& counter) noexcept {
    counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

NodeMeter::NodeMeter() : poll_seconds_(kSecondsOfPolls) {}

void NodeMeter::count_error(ErrorCode code) noexcept {
    if (!is_answer_about_an_object(code)) errors_.add(code);
}

void NodeMeter::count_event(const Event& event) noexcept {
    switch (event.type) {
        case EventType::kStreamStarted:
            add_one(starts_);
            break;
        case EventType::kStreamInterrupted:
            add_one(interruptions_);
            break;
        case EventType::kStreamResumed:
            if (event.gap) {
                interrupted_ms_.fetch_add(static_cast<std::uint64_t>(event.gap->count()),
                                          std::memory_order_relaxed);
            } else {
                add_one(takeovers_);  // it was live, so another connection delivers it now
            }
            break;
        case EventType::kStreamEnded:
            if (event.stream.end_reason) ends_.add(*event.stream.end_reason);
            break;
    }
}

void NodeMeter::polled(SteadyTime begun, SteadyTime ended) noexcept {
    poll_seconds_.observe(std::chrono::duration<double>(ended - begun).count());
    polled_at_ = ended.time_since_epoch().count();
}

void NodeMeter::set_gauges(std::optional<NodeGauges> gauges) {
    const std::lock_guard lock(mutex_);
    gauges_ = std::move(gauges);
}

NodeFigures NodeMeter::read() const {
    NodeFigures figures;
    {
        const std::lock_guard lock(mutex_);
        figures.gauges = gauges_;
    }
    const auto polled_at = polled_at_.load();
    if (polled_at != kNever) {
        const SteadyTime at{SteadyTime::duration(polled_at)};
        figures.poll_age = std::chrono::duration_cast<milliseconds>(steady_clock::now() - at);
    }
    figures.poll_seconds = poll_seconds_.read();
    figures.errors = errors_.read(is_answer_about_an_object);
    figures.restarts = restarts_;
    figures.inbound_bytes = inbound_bytes_;
    figures.starts = starts_;
    figures.ends = ends_.read();
    figures.interruptions = interruptions_;
    figures.interrupted_for = milliseconds(interrupted_ms_);
    figures.takeovers = takeovers_;
    return figures;
}

}  // namespace rescuestream
