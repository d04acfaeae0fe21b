#include "orchestrator/playback_index.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "rules/viewer.hpp"
#include "support/sealing.hpp"

namespace rescuestream {
namespace {

using std::chrono::seconds;

// Until other programs have certainly read a new key; usually they have after milliseconds.
constexpr seconds kSpreading{5};
// Tokens say themselves when they expire; this is only about memory.
constexpr seconds kSearchEvery{10};

std::string revocation_name(RevokedBy by, const std::string& value) {
    return std::string(to_string(by)).append("\n").append(value);
}

bool has_expired(const std::optional<Timestamp>& expires_at, Timestamp now) {
    return expires_at && *expires_at <= now;
}

}  // namespace

std::string sealing_purpose(const std::string& key_id) {
    return "playback key " + key_id;
}

std::shared_ptr<const PlaybackIndex::Key> PlaybackIndex::load(const PlaybackKey& record) {
    auto verifying = tokens::VerifyingKey::from_pem(record.public_key);
    if (!verifying || verifying->algorithm() != record.algorithm) return nullptr;
    std::shared_ptr<const tokens::SigningKey> signing;
    if (record.is_own && !secret_.empty()) {
        const auto pem = unseal(secret_, sealing_purpose(record.id), record.sealed_private_key);
        if (pem) signing = tokens::SigningKey::from_pem(*pem);
    }
    return std::make_shared<const Key>(
        Key{record, *std::move(verifying), std::move(signing), ++serial_});
}

std::vector<std::string> PlaybackIndex::apply(PlaybackChanges changes, Timestamp now) {
    remove_expired(now);
    std::vector<std::string> unreadable;
    const std::unique_lock lock(mutex_);
    if (changes.from_start) {
        keys_.clear();
        remove_short_tokens();
        revocations_.clear();
    }
    for (auto& record : changes.keys) {
        auto key = load(record);
        if (!key) unreadable.push_back(record.id);
        keys_.erase(record.id);
        if (key) keys_.emplace(record.id, std::move(key));
    }
    for (auto& token : changes.short_tokens) {
        auto& packed = short_tokens_[token.digest];
        packed.release(pool_);
        packed = tokens::PackedGrants({std::move(token.grant)}, pool_);
    }
    for (auto& revocation : changes.revocations) {
        revocations_[revocation_name(revocation.by, revocation.value)] = std::move(revocation);
    }
    std::erase_if(
        keys_, [&](const auto& each) { return has_expired(each.second->record.expires_at, now); });
    return unreadable;
}

PlaybackIndex::~PlaybackIndex() {
    remove_short_tokens();
}

void PlaybackIndex::remove_short_tokens() {
    for (auto& [digest, packed] : short_tokens_) packed.release(pool_);
    short_tokens_.clear();
}

void PlaybackIndex::remove_expired(Timestamp now) {
    if (now < next_search_) return;
    next_search_ = now + kSearchEvery;
    const Expired expired = find_expired(now);
    const std::unique_lock lock(mutex_);
    for (const auto& digest : expired.short_tokens) {
        const auto found = short_tokens_.find(digest);
        found->second.release(pool_);
        short_tokens_.erase(found);
    }
    for (const auto& name : expired.revocations) revocations_.erase(name);
}

PlaybackIndex::Expired PlaybackIndex::find_expired(Timestamp now) const {
    Expired expired;
    const std::shared_lock lock(mutex_);
    for (const auto& [digest, packed] : short_tokens_) {
        if (packed.first_expiry() <= now) expired.short_tokens.push_back(digest);
    }
    for (const auto& [name, revocation] : revocations_) {
        if (revocation.expires_at <= now) expired.revocations.push_back(name);
    }
    return expired;
}

std::shared_ptr<const PlaybackIndex::Key> PlaybackIndex::key(const std::string& id,
                                                             Timestamp now) const {
    const std::shared_lock lock(mutex_);
    const auto found = keys_.find(id);
    if (found == keys_.end() || has_expired(found->second->record.expires_at, now)) return nullptr;
    return found->second;
}

std::vector<std::shared_ptr<const PlaybackIndex::Key>> PlaybackIndex::own_keys(
    Timestamp now) const {
    std::vector<std::shared_ptr<const Key>> own;
    {
        const std::shared_lock lock(mutex_);
        for (const auto& [id, key] : keys_) {
            if (key->record.is_own && !has_expired(key->record.expires_at, now)) own.push_back(key);
        }
    }
    std::sort(own.begin(), own.end(), [](const auto& a, const auto& b) {
        return std::pair(a->record.created_at, a->record.id) >
               std::pair(b->record.created_at, b->record.id);
    });
    return own;
}

std::shared_ptr<const PlaybackIndex::Key> PlaybackIndex::signing_key(Timestamp now) const {
    std::shared_ptr<const Key> spreading;
    for (auto& key : own_keys(now)) {
        if (!key->signing) continue;
        if (key->record.created_at + kSpreading <= now) return key;
        spreading = std::move(key);
    }
    return spreading;
}

std::shared_ptr<const PlaybackGrant> PlaybackIndex::short_token(const KeyDigest& digest) const {
    const std::shared_lock lock(mutex_);
    const auto found = short_tokens_.find(digest);
    if (found == short_tokens_.end()) return nullptr;
    return std::make_shared<const PlaybackGrant>(found->second.grants().front());
}

bool PlaybackIndex::has_short_token_of(RevokedBy by, const std::string& value) const {
    const PlaybackRevocation revocation{by, value, {}, {}};
    const std::shared_lock lock(mutex_);
    return std::any_of(short_tokens_.begin(), short_tokens_.end(), [&](const auto& each) {
        return rules::concerns(revocation, each.second.grants().front());
    });
}

bool PlaybackIndex::is_revoked(const PlaybackGrant& grant, bool is_own) const {
    const std::shared_lock lock(mutex_);
    if (revocations_.empty()) return false;
    const auto ended_by = [&](RevokedBy by, const std::string& value) {
        const auto found = revocations_.find(revocation_name(by, value));
        return found != revocations_.end() && rules::ends_token(found->second, grant, is_own);
    };
    return ended_by(RevokedBy::kToken, grant.id) ||
           (grant.viewer_id && ended_by(RevokedBy::kViewer, *grant.viewer_id)) ||
           (!grant.owner.empty() && ended_by(RevokedBy::kOwner, grant.owner)) ||
           std::any_of(grant.paths.begin(), grant.paths.end(),
                       [&](const std::string& path) { return ended_by(RevokedBy::kPath, path); });
}

PlaybackIndex::Size PlaybackIndex::size() const {
    const std::shared_lock lock(mutex_);
    return {keys_.size(), short_tokens_.size(), revocations_.size()};
}

}  // namespace rescuestream
