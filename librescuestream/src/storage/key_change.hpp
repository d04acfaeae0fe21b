#pragma once

#include <string>

#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Returns `key` after `change`.
inline StreamKey changed_key(StreamKey key, const StreamKeyChange& change) {
    if (change.label) key.label = *change.label;
    if (change.policies) key.policies = *change.policies;
    if (change.set_expires_at) key.expires_at = change.expires_at;
    if (change.disabled) key.disabled = *change.disabled;
    return key;
}

/// Returns whether the broadcaster of a new key has the name and the state (disabled or not) that
/// the creator of the key expected.
inline bool is_as_believed(const StreamKeyRow& row, const std::string& name, bool disabled) {
    return !row.owner_name || (*row.owner_name == name && row.key.broadcaster_disabled == disabled);
}

}  // namespace rescuestream
