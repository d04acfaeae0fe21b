#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "rescuestream/playback.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"
#include "tokens/signature.hpp"

namespace rescuestream {

/// What playback tokens are judged by, in memory.
///
/// Thread-safety: all methods may be called from any thread; readers do not wait for each other.
class PlaybackIndex {
public:
    struct Key {
        PlaybackKey record;
        tokens::VerifyingKey verifying;
        /// Null: it is not an own key, or was encrypted under another secret.
        std::shared_ptr<const tokens::SigningKey> signing;
        std::uint64_t serial = 0;  ///< No two keys of this object have the same.
    };

    /// `secret` decrypts the private halves of own keys.
    explicit PlaybackIndex(Secret secret) : secret_(std::move(secret)) {}

    /// Also removes what has expired at `now`. Returns the ids of keys that cannot be read.
    std::vector<std::string> apply(PlaybackChanges changes, Timestamp now);

    /// Null: there is no such key, or it has expired.
    std::shared_ptr<const Key> key(const std::string& id, Timestamp now) const;
    /// The newest own key with which this program can sign. A new key waits until every program
    /// has read it, as long as there is an older one. Null: there is none.
    std::shared_ptr<const Key> signing_key(Timestamp now) const;
    /// Own keys that have not expired, newest first.
    std::vector<std::shared_ptr<const Key>> own_keys(Timestamp now) const;
    /// Null: there is no such token.
    std::shared_ptr<const PlaybackGrant> short_token(const KeyDigest& digest) const;
    bool is_revoked(const PlaybackGrant& grant, bool is_own) const;

    struct Size {
        std::size_t keys = 0;
        std::size_t short_tokens = 0;
        std::size_t revocations = 0;
    };
    Size size() const;

private:
    std::shared_ptr<const Key> load(const PlaybackKey& record);
    void remove_expired(Timestamp now);

    const Secret secret_;
    mutable std::shared_mutex mutex_;
    std::uint64_t serial_ = 0;
    std::map<std::string, std::shared_ptr<const Key>> keys_;
    std::map<KeyDigest, std::shared_ptr<const PlaybackGrant>> short_tokens_;
    std::unordered_map<std::string, PlaybackRevocation> revocations_;  // by kind and value
};

/// Returns for what the private half of an own key is encrypted.
std::string sealing_purpose(const std::string& key_id);

}  // namespace rescuestream
