#include "orchestrator/playback_tokens.hpp"

#include <algorithm>
#include <utility>

#include "rescuestream/logger.hpp"
#include "rescuestream/storage/playback.hpp"
#include "rescuestream/time.hpp"
#include "rules/path_pattern.hpp"
#include "support/crypto.hpp"
#include "tokens/token.hpp"

namespace rescuestream {
namespace {

bool may_open_all(const PlaybackKey& key, const PlaybackGrant& grant) {
    if (key.is_own) return true;
    return std::all_of(grant.paths.begin(), grant.paths.end(), [&](const std::string& path) {
        return rules::matches_any(key.paths, path);
    });
}

}  // namespace

Result<void> PlaybackTokens::refresh() {
    const std::lock_guard reading(reading_);
    auto changes = storage_.playback_changes_after(version_);
    if (!changes) return std::move(changes).error();
    version_ = changes->version;
    if (!changes->keys.empty() || !changes->revocations.empty()) has_withdrawn_ = true;
    for (const auto& id : index_.apply(*std::move(changes), clock_.now())) {
        logger_.warning("a playback key cannot be read", {{"playback_key_id", id}});
    }
    has_read_ = true;
    return {};
}

bool PlaybackTokens::has_read() {
    if (!is_followed_) (void)refresh();
    return has_read_;
}

bool PlaybackTokens::refresh_and_compare() {
    (void)refresh();  // else the next time
    return has_withdrawn_.exchange(false);
}

bool PlaybackTokens::is_in_force(const PlaybackGrant& grant, Timestamp now) const {
    if (grant.key_id.empty()) return !index_.is_revoked(grant, true);
    const auto key = index_.key(grant.key_id, now);
    return key && !index_.is_revoked(grant, key->record.is_own);
}

PlaybackTokens::Verdict PlaybackTokens::verify(std::string_view text, Timestamp now) {
    if (!is_followed_) (void)refresh();
    if (!tokens::looks_like_short_token(text)) return verify_jwt(text, now);
    auto grant = index_.short_token(sha256(text));
    if (!grant) return ViewerDecision::kTokenInvalid;
    if (index_.is_revoked(*grant, true)) return ViewerDecision::kTokenRevoked;
    return grant;
}

PlaybackTokens::Verdict PlaybackTokens::verify_jwt(std::string_view text, Timestamp now) {
    auto token = tokens::read_token(text);
    if (!token) return ViewerDecision::kTokenInvalid;
    const auto key = index_.key(token->key_id, now);
    // The key says how the token must be signed; a token that says something else is refused.
    if (!key || token->algorithm != to_string(key->record.algorithm) ||
        token->grant.issuer != key->record.issuer || !may_open_all(key->record, token->grant)) {
        return ViewerDecision::kTokenInvalid;
    }
    const KeyDigest digest = sha256(text);
    if (!cache_.contains(digest, key->serial)) {
        if (!key->verifying.verifies(token->signed_part, token->signature)) {
            return ViewerDecision::kTokenInvalid;
        }
        cache_.add(digest, key->serial);
    }
    if (index_.is_revoked(token->grant, key->record.is_own)) return ViewerDecision::kTokenRevoked;
    return std::make_shared<const PlaybackGrant>(std::move(token->grant));
}

}  // namespace rescuestream
