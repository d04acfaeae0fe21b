#include "rescuestream/events.hpp"

namespace rescuestream {

std::string_view to_string(EventType type) noexcept {
    switch (type) {
        case EventType::kStreamStarted:
            return "stream started";
        case EventType::kStreamResumed:
            return "stream resumed";
        case EventType::kStreamInterrupted:
            return "stream interrupted";
        case EventType::kStreamEnded:
            return "stream ended";
    }
    return "unknown";
}

}  // namespace rescuestream
