#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// A new key as the storage takes it.
struct StreamKeyRow {
    StreamKey key;
    KeyDigest digest{};
    /// The broadcaster's name in the audit entry. With it the key is made only while the
    /// broadcaster has this name, and is disabled or not as `key` says. Empty: whatever it is.
    std::optional<std::string> owner_name{};
};

/// What is changed on a key. Absent members stay as they are.
struct StreamKeyChange {
    StreamKeyId id;
    std::optional<std::string> label;
    std::optional<StreamKeyPolicies> policies;  ///< All of them.
    bool set_expires_at = false;
    std::optional<Timestamp> expires_at;  ///< With `set_expires_at`: empty for "never".
    std::optional<bool> disabled;
};

/// A new value for a key.
struct StreamKeyRotation {
    StreamKeyId id;
    KeyDigest digest{};
    std::optional<Timestamp> overlap_until;  ///< The value before is valid until then. Empty: void.
};

/// What a change of keys leaves to be done on media servers.
struct RevokeOutcome {
    std::vector<StreamKey> keys;  ///< The keys as they are now.
    bool changed = false;         ///< False: it was in that state already; nothing was written.
    std::vector<Cutoff> cutoffs;  ///< Every cut-off of these keys that is not done yet.
};

/// What became of the list of all stream keys, and where to go on.
struct KeyListChanges {
    struct Entry {
        StreamKey key;         ///< As it is now.
        bool removed = false;  ///< It has left the list, with its broadcaster.
    };
    std::vector<Entry> entries;  ///< In no order, no key twice.
    std::size_t count = 0;       ///< How many keys the whole list has now.
    std::string next;            ///< The place after these changes, for this storage alone to read.
    /// The entries are the whole list, whatever place was asked for.
    bool from_start = false;
};

}  // namespace rescuestream
