#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rescuestream/playback.hpp"

namespace rescuestream {
class TextPool;
}

namespace rescuestream::tokens {

/// Some grants in few bytes. What many tokens have in common (issuer, key, owner, paths, addresses,
/// protocols) is in a TextPool once; the rest is about 40 bytes a token.
///
/// Thread-safety: none; the owner locks, also for the pool.
class PackedGrants {
public:
    /// No grants.
    PackedGrants() = default;
    PackedGrants(const std::vector<PlaybackGrant>& grants, TextPool& pool);

    /// Returns the grants as they were given.
    std::vector<PlaybackGrant> grants() const;
    /// Returns when the first of them expires; there must be one.
    Timestamp first_expiry() const;
    bool empty() const noexcept { return shared_ == nullptr; }
    /// The owner must call it before the end of the object, with the same pool. No grants remain.
    void release(TextPool& pool);

private:
    const std::string* shared_ = nullptr;  // in the pool; null: no grants
    std::unique_ptr<const char[]> own_;
};

}  // namespace rescuestream::tokens
