#pragma once

#include <cstdint>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "rescuestream/secret.hpp"

namespace rescuestream {

/// Remembers which tokens have a right signature, so that it is computed once. Its size is bounded:
/// when it is full, the tokens that were not used since it was last full are forgotten.
///
/// Thread-safety: all methods may be called from any thread.
class TokenCache {
public:
    /// A token takes less than 100 bytes.
    explicit TokenCache(std::size_t most = 20'000) : most_(most / 2 + 1) {}

    /// Returns whether the token of this digest was verified by the key of this serial.
    bool contains(const KeyDigest& digest, std::uint64_t serial) {
        const std::lock_guard lock(mutex_);
        if (const auto found = recent_.find(digest); found != recent_.end()) {
            return found->second == serial;
        }
        const auto older = older_.find(digest);
        if (older == older_.end() || older->second != serial) return false;
        insert(digest, serial);
        return true;
    }
    void add(const KeyDigest& digest, std::uint64_t serial) {
        const std::lock_guard lock(mutex_);
        insert(digest, serial);
    }
    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return recent_.size() + older_.size();
    }

private:
    struct Hash {
        std::size_t operator()(const KeyDigest& digest) const noexcept {
            std::size_t part = 0;
            std::memcpy(&part, digest.data(), sizeof part);
            return part;
        }
    };
    using Tokens = std::unordered_map<KeyDigest, std::uint64_t, Hash>;

    void insert(const KeyDigest& digest, std::uint64_t serial) {
        if (recent_.size() >= most_) {
            older_ = std::move(recent_);
            recent_ = {};
        }
        recent_[digest] = serial;
    }

    const std::size_t most_;
    mutable std::mutex mutex_;
    Tokens recent_;
    Tokens older_;
};

}  // namespace rescuestream
