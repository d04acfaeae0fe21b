#pragma once

#include <cstdint>
#include <cstring>
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
#include "support/text_pool.hpp"
#include "tokens/packed_grants.hpp"
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
    ~PlaybackIndex();
    PlaybackIndex(const PlaybackIndex&) = delete;
    PlaybackIndex& operator=(const PlaybackIndex&) = delete;

    /// Also forgets what has expired, sooner or later; tokens must be judged by their own times.
    /// Only one call at a time. Returns the ids of keys that cannot be read.
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
    /// Whether a short token has this id, viewer id, path or owner. It looks at all of them.
    bool has_short_token_of(RevokedBy by, const std::string& value) const;
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
    void remove_short_tokens();
    // What has a right to be forgotten, without making readers wait for the search.
    struct Expired {
        std::vector<KeyDigest> short_tokens;
        std::vector<std::string> revocations;
    };
    Expired find_expired(Timestamp now) const;

    const Secret secret_;
    mutable std::shared_mutex mutex_;
    std::uint64_t serial_ = 0;
    Timestamp next_search_{};  // for what has expired
    std::map<std::string, std::shared_ptr<const Key>> keys_;
    struct DigestHash {
        std::size_t operator()(const KeyDigest& digest) const noexcept {
            std::size_t part = 0;
            std::memcpy(&part, digest.data(), sizeof part);
            return part;
        }
    };
    TextPool pool_;
    std::unordered_map<KeyDigest, tokens::PackedGrants, DigestHash> short_tokens_;  // one each
    std::unordered_map<std::string, PlaybackRevocation> revocations_;  // by kind and value
};

/// Returns for what the private half of an own key is encrypted.
std::string sealing_purpose(const std::string& key_id);

}  // namespace rescuestream
