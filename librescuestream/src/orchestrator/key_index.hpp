#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "rescuestream/claims.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The judgement of a value of a key, and the fact that it is based on.
struct KeyVerdict : ClaimOutcome {
    KnownFact fact;  ///< Without meaning if the value is unknown.
    std::shared_ptr<const StreamKeyPolicies> policies;  ///< Of the key; null: it has none.
};

/// The facts of all keys in memory. A key takes about 120 bytes, so that a million keys fit.
///
/// Thread-safety: all methods may be called from any thread; readers do not wait for each other.
class KeyIndex {
public:
    /// `helper_paths`: the patterns (rules/path_pattern.hpp) of the paths about which `owns_path`
    /// is asked; the paths of other keys are not stored.
    explicit KeyIndex(std::vector<std::string> helper_paths = {});
    ~KeyIndex();

    void apply(const std::vector<KeyFact>& facts);
    void clear();
    std::size_t size() const;

    /// Returns what Storage::check_key would return if these facts are the newest. `path` has the
    /// same meaning.
    KeyVerdict judge(const KeyDigest& digest, const std::optional<std::string>& path,
                     Timestamp now) const;

    /// Distinguishes a state of a key from a later one; also identifies its path.
    struct Trace {
        std::uint64_t path_hash = 0;  ///< See hash_of_path.
        std::int64_t revision = 0;    ///< KeyFact::revision.
    };
    static std::uint64_t hash_of_path(const std::string& path);
    /// Empty: no such key.
    std::optional<Trace> trace_of(StreamKeyId id) const;
    /// Returns whether a key has this path that is neither revoked nor expired at `now`. Always
    /// false for a path that no pattern matches.
    bool owns_path(const std::string& path, Timestamp now) const;
    /// Returns the policy that the keys of this path have for viewers; empty: that of the
    /// installation, because no key has one of its own, or one of several keys has none. A path at
    /// which any key is signed, also a revoked one, is signed: the recordings of that key stay
    /// there. Another key that was revoked counts until its stream has been removed.
    std::optional<PlaybackPolicy> playback_policy(const std::string& path, Timestamp now) const;
    /// The same for the key that has this value.
    std::optional<PlaybackPolicy> playback_policy(const KeyDigest& digest) const;
    /// Returns the other keys that share the path of this one and are not revoked. (Only a key with
    /// a priority can share its path.)
    std::vector<StreamKeyId> others_of_path(StreamKeyId id) const;
    /// Returns the path of a key with a priority; empty: it has none, or there is no such key.
    std::optional<std::string> shareable_path(StreamKeyId id) const;
    /// Returns the key that has this value or had it before a rotation. Empty: there is none.
    std::optional<StreamKeyId> id_of(const KeyDigest& digest) const;

private:
    struct Entry {
        KeyDigest digest{};
        StreamKeyId id;
        std::uint64_t path_hash = 0;
        std::int64_t revision = 0;
        std::int64_t expires_at = 0;                        // microseconds; see kNever
        std::int64_t blocked_until = 0;                     // the same
        std::shared_ptr<const StreamKeyPolicies> policies;  // null: it has none
        bool revoked = false;
        bool disabled = false;
    };
    using Place = std::uint32_t;  // in `entries_`

    /// A hash table with open addressing that maps a part of an entry which is random already to
    /// its place.
    class Table;

    static Entry entry_of(const KeyFact& fact);
    std::optional<Place> place_of(StreamKeyId id) const;
    std::optional<Place> place_of(const KeyDigest& digest) const;
    void apply_one(const KeyFact& fact);
    void remove(Place place);
    // `value_expires_at` is kNever for the present value.
    static KeyVerdict judge(const Entry& entry, const std::optional<std::string>& path,
                            Timestamp now, std::int64_t value_expires_at);

    const std::vector<std::string> helper_paths_;
    mutable std::shared_mutex mutex_;
    std::deque<Entry> entries_;
    std::vector<Place> free_;
    std::unique_ptr<Table> by_digest_;
    std::unique_ptr<Table> by_id_;
    // The keys with a path that `helper_paths_` match, by the hash of the path.
    std::unordered_multimap<std::uint64_t, Place> owned_;
    // The paths of keys with a playback policy of their own, or with a priority.
    struct PathKey {
        StreamKeyId id;
        std::optional<PlaybackPolicy> policy;
        bool may_share = false;       // it has a priority and was not deleted
        std::int64_t revoked_at = 0;  // kNever: it is not
    };
    void note_path(const KeyFact& fact);
    std::unordered_map<std::string, std::vector<PathKey>> path_keys_;
    std::unordered_map<StreamKeyId, std::string> known_paths_;
    // Values from before a rotation while they are valid. There are few of them.
    struct Previous {
        StreamKeyId id;
        std::int64_t expires_at = 0;
    };
    std::map<KeyDigest, Previous> previous_;
    std::map<StreamKeyId, KeyDigest> previous_of_;
};

}  // namespace rescuestream
