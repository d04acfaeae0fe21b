#pragma once

#include <algorithm>
#include <string>

#include "fields/stream_key.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Returns `key` after `change`.
inline StreamKey changed_key(StreamKey key, const StreamKeyChange& change) {
    const auto resets = [&](std::string_view name) {
        return std::find(change.reset.begin(), change.reset.end(), name) != change.reset.end();
    };
    if (change.label) key.label = *change.label;
    if (resets(fields::kExpiresAt.name)) key.expires_at.reset();
    if (change.expires_at) key.expires_at = change.expires_at;
    key.policies = fields::changed_policies(std::move(key.policies), change);
    if (change.playback_path) key.playback_path = *change.playback_path;
    if (change.disabled) key.disabled = *change.disabled;
    return key;
}

/// Returns the time of a rotation of `key` at `now`. It differs from that of the rotation before,
/// so that the version of the key does too.
inline Timestamp rotation_time(const StreamKey& key, Timestamp now) {
    return key.rotated_at ? std::max(now, *key.rotated_at + std::chrono::microseconds(1)) : now;
}

}  // namespace rescuestream
