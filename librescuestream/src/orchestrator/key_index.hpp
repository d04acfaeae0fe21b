#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "rescuestream/claims.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// How a value of a key was judged, and by which fact.
struct KeyVerdict : ClaimOutcome {
    KnownFact fact;  ///< Without meaning when the value is unknown.
};

/// What is known of all keys, small enough to hold a million of them: about 120 bytes each.
///
/// Thread-safety: all methods from any thread; a look waits for no other look.
class KeyIndex {
public:
    KeyIndex();
    ~KeyIndex();

    void apply(const std::vector<KeyFact>& facts);
    void clear();
    std::size_t size() const;

    /// What Storage::check_key would answer, were these facts the newest. `path` as there.
    KeyVerdict judge(const KeyDigest& digest, const std::optional<std::string>& path,
                     Timestamp now) const;

    /// What tells one state of a key from a later one, and where it publishes.
    struct Trace {
        std::uint64_t path_hash = 0;  ///< See hash_of_path.
        std::int64_t revision = 0;    ///< KeyFact::revision.
    };
    static std::uint64_t hash_of_path(const std::string& path);
    /// Empty: no such key.
    std::optional<Trace> trace_of(StreamKeyId id) const;
    /// The key that has this value, or had it before a rotation. Empty: none.
    std::optional<StreamKeyId> id_of(const KeyDigest& digest) const;

private:
    struct Entry {
        KeyDigest digest{};
        StreamKeyId id;
        std::uint64_t path_hash = 0;
        std::int64_t revision = 0;
        std::int64_t expires_at = 0;     // microseconds; see kNever
        std::int64_t blocked_until = 0;  // the same
        bool revoked = false;
        bool disabled = false;
    };
    using Place = std::uint32_t;  // in `entries_`

    /// Open addressing: places of entries by a part of them that is random already.
    class Table;

    static Entry entry_of(const KeyFact& fact);
    std::optional<Place> place_of(StreamKeyId id) const;
    std::optional<Place> place_of(const KeyDigest& digest) const;
    void apply_one(const KeyFact& fact);
    void remove(Place place);
    // `value_expires_at`: kNever for the present value, which is no previous one.
    static KeyVerdict judge(const Entry& entry, const std::optional<std::string>& path,
                            Timestamp now, std::int64_t value_expires_at);

    mutable std::shared_mutex mutex_;
    std::deque<Entry> entries_;
    std::vector<Place> free_;
    std::unique_ptr<Table> by_digest_;
    std::unique_ptr<Table> by_id_;
    // Values from before a rotation, while they are valid: few.
    struct Previous {
        StreamKeyId id;
        std::int64_t expires_at = 0;
    };
    std::map<KeyDigest, Previous> previous_;
    std::map<StreamKeyId, KeyDigest> previous_of_;
};

}  // namespace rescuestream
