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
    std::vector<std::string> unreadable;
    const std::unique_lock lock(mutex_);
    if (changes.from_start) {
        keys_.clear();
        short_tokens_.clear();
        revocations_.clear();
    }
    for (auto& record : changes.keys) {
        auto key = load(record);
        if (!key) unreadable.push_back(record.id);
        keys_.erase(record.id);
        if (key) keys_.emplace(record.id, std::move(key));
    }
    for (auto& token : changes.short_tokens) {
        short_tokens_[token.digest] = std::make_shared<const PlaybackGrant>(std::move(token.grant));
    }
    for (auto& revocation : changes.revocations) {
        revocations_[revocation_name(revocation.by, revocation.value)] = std::move(revocation);
    }
    remove_expired(now);
    return unreadable;
}

void PlaybackIndex::remove_expired(Timestamp now) {
    std::erase_if(
        keys_, [&](const auto& each) { return has_expired(each.second->record.expires_at, now); });
    std::erase_if(short_tokens_, [&](const auto& each) { return each.second->expires_at <= now; });
    std::erase_if(revocations_, [&](const auto& each) { return each.second.expires_at <= now; });
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
    return found == short_tokens_.end() ? nullptr : found->second;
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
