#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

enum class EventType { kStreamStarted, kStreamResumed, kStreamInterrupted, kStreamEnded };

std::string_view to_string(EventType type) noexcept;

/// Something that happened to a stream. `stream` is its state after the event.
struct Event {
    EventType type = EventType::kStreamStarted;
    Timestamp at{};
    Stream stream;
    /// With kStreamResumed: how long the stream was interrupted. Empty: it was live, and another
    /// connection has taken it over.
    std::optional<std::chrono::milliseconds> gap{};
};

}  // namespace rescuestream
