#pragma once

#include <optional>

#include "rescuestream/playback.hpp"

namespace rescuestream {

/// Returns whether a new key counts where the number of playback keys is limited. An own key
/// without which nobody gets tokens does not, and no more one in whose place others end at once.
inline bool needs_room(const PlaybackKey& key, const std::optional<Timestamp>& others_until) {
    return !key.is_own || (others_until && *others_until > key.created_at);
}

}  // namespace rescuestream
