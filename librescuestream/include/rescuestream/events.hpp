#pragma once

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
};

}  // namespace rescuestream
