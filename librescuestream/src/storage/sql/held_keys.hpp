#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "rescuestream/ids.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream::sql {

/// Remembers which keys have a claim, as far as this program knows: it granted or saw the claim and
/// has not ended it. Other programs grant and end claims too, so the answer is only a hint for the
/// choice between statements that are both correct.
///
/// Thread-safety: all methods may be called from any thread.
class HeldKeys {
public:
    /// `digest` is the digest of the key's present value.
    void note(StreamKeyId id, const KeyDigest& digest);
    void forget(StreamKeyId id);
    bool is_held(const KeyDigest& digest) const;

private:
    using Mark = std::uint64_t;  // the beginning of a digest
    static Mark mark_of(const KeyDigest& digest) noexcept;

    mutable std::mutex mutex_;
    std::unordered_map<StreamKeyId, Mark> marks_;
    std::unordered_set<Mark> held_;
};

}  // namespace rescuestream::sql
