#pragma once

#include "rescuestream/storage.hpp"

namespace rescuestream {

/// `key` as it is after `change`.
inline StreamKey changed_key(StreamKey key, const StreamKeyChange& change) {
    if (change.label) key.label = *change.label;
    if (change.policies) key.policies = *change.policies;
    if (change.set_expires_at) key.expires_at = change.expires_at;
    if (change.disabled) key.disabled = *change.disabled;
    return key;
}

}  // namespace rescuestream
