#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/stream_keys.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// A new key with what the storage needs to create it.
struct StreamKeyRow {
    StreamKey key;  ///< The storage sets `broadcaster_disabled`.
    KeyDigest digest{};
};

/// A change of a key. It has only the members that change, so that callers who change different
/// members of a key at the same time do not undo each other's change.
struct StreamKeyChange : StreamKeyPatch {
    StreamKeyId id;
    std::optional<bool> disabled;  ///< Empty: stays as it is.
    /// Only possible while the key has neither a claim nor a stream that has not ended.
    std::optional<std::string> playback_path = {};
};

/// A new value for a key.
struct StreamKeyRotation {
    StreamKeyId id;
    KeyDigest digest{};
    std::optional<Timestamp> overlap_until;  ///< The previous value is valid until then. Empty: it
                                             ///< becomes invalid at once.
};

/// The result of a change of one or more keys, and what remains to be done on media servers.
struct KeyChangeOutcome {
    std::vector<StreamKey> keys;  ///< The keys after the change.
    bool changed = false;  ///< False: the keys were in that state already; nothing was written.
    std::vector<Cutoff> cutoffs;  ///< Every pending cut-off of these keys.
};

/// Changes of the list of all stream keys, and the place from which to continue.
struct KeyListChanges {
    struct Entry {
        StreamKey key;         ///< As it is now.
        bool removed = false;  ///< It was removed from the list together with its broadcaster.
    };
    std::vector<Entry> entries;  ///< In no order, no key twice.
    std::size_t count = 0;       ///< Number of keys in the whole list now.
    std::string next;            ///< The place after these changes; opaque, only for this storage.
    /// The entries are the whole list, whatever place was asked for.
    bool from_start = false;
};

}  // namespace rescuestream
