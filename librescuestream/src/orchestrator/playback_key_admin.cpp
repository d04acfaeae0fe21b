#include "orchestrator/playback_key_admin.hpp"

#include <cstdint>
#include <span>
#include <utility>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/playback_tokens.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/settings.hpp"
#include "rules/path_pattern.hpp"
#include "support/crypto.hpp"
#include "support/sealing.hpp"
#include "support/validation.hpp"
#include "tokens/jwk.hpp"
#include "tokens/token.hpp"

namespace rescuestream {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxKeyPatterns = 32;

void check_key(Validation& validation, const NewPlaybackKey& input, Timestamp now) {
    validation.text("/issuer", input.issuer, kMaxTokenText, false);
    if (input.issuer == kOwnIssuer) {
        validation.add("/issuer", "must not be rescuestream, which issues with its own keys");
    }
    validation.text("/label", input.label, kMaxName, true);
    for (const auto& [pointer, text] :
         {std::pair("/label", &input.label), std::pair("/issuer", &input.issuer)}) {
        validation.no_secret(pointer, *text);
    }
    if (validation.count("/paths", input.paths.size(), 1, kMaxKeyPatterns)) {
        for (std::size_t i = 0; i < input.paths.size(); ++i) {
            if (auto wrong = rules::check_path_pattern(input.paths[i])) {
                validation.add("/paths/" + std::to_string(i), *std::move(wrong));
            }
        }
    }
    if (input.id && !tokens::is_key_id(*input.id)) {
        validation.add("/id", "must be 1 to 64 letters, digits, dashes and underscores");
    }
    if (input.expires_at) validation.in_future("/expires_at", *input.expires_at, now);
}

// Reads the key itself. `id` becomes its `kid`.
std::optional<tokens::VerifyingKey> read_key(Validation& validation, const NewPlaybackKey& input,
                                             std::string& id) {
    if (input.public_key.empty() == input.jwk.empty()) {
        validation.add("/public_key", "is required, or else jwk; only one of them");
        return std::nullopt;
    }
    auto key = input.jwk.empty() ? tokens::VerifyingKey::from_pem(input.public_key)
                                 : tokens::key_of_jwk(input.jwk, id);
    if (key) return *std::move(key);
    validation.add(input.jwk.empty() ? "/public_key" : "/jwk", key.error().message);
    return std::nullopt;
}

Error cannot_sign() {
    return {ErrorCode::kConflict,
            "This program has no secret that all programs on the database share, so it cannot keep "
            "a key that signs tokens: set API_SECRET or DATA_DIR.",
            {},
            {}};
}

}  // namespace

Result<Secret> PlaybackKeyAdmin::sign(const PlaybackGrant& grant, const Caller& caller) {
    const Timestamp now = d_.clock.now();
    auto key = d_.tokens.index().signing_key(now);
    if (!key) {
        if (const auto read = d_.tokens.refresh(); !read) return read.error();
        key = d_.tokens.index().signing_key(now);
    }
    if (!key) {
        // The reservation of the request is for the token.
        Caller maker = caller;
        maker.conditions = {};
        const auto made = make_own_key(std::nullopt, maker);
        if (!made) return made.error();
        key = d_.tokens.index().key(made->id, now);
    }
    if (!key || !key->signing) return cannot_sign();
    std::string text = tokens::signed_part(key->record.id, grant);
    const std::string signature = key->signing->sign(text);
    text += "." + base64url_encode(std::span(
                      reinterpret_cast<const std::uint8_t*>(signature.data()), signature.size()));
    return Secret(std::move(text));
}

Result<PlaybackKey> PlaybackKeyAdmin::make_own_key(std::optional<Timestamp> others_until,
                                                   const Caller& caller) {
    const Secret& secret = d_.settings.control_secret;
    if (secret.empty()) return cannot_sign();
    const auto pair = tokens::generate_key_pair();
    const auto verifying = tokens::VerifyingKey::from_pem(pair.public_key);
    if (!verifying) return verifying.error();
    PlaybackKey key;
    key.id = verifying->fingerprint();
    key.is_own = true;
    key.public_key = pair.public_key;
    key.sealed_private_key =
        seal(secret, sealing_purpose(key.id), pair.private_key.reveal(), d_.random);
    key.issuer = kOwnIssuer;
    key.created_at = d_.clock.now();
    const auto added = d_.storage.add_playback_key(
        key, others_until,
        make_audit_draft({others_until ? "rotate" : "create", "playback_key", key.id, {}}, caller,
                         key.created_at, d_.random));
    if (!added) return added.error();
    if (const auto read = d_.tokens.refresh(); !read) return read.error();
    return key;
}

Result<std::vector<PlaybackKey>> PlaybackKeyAdmin::list_playback_keys() {
    return d_.storage.list_playback_keys();
}

Result<PlaybackKey> PlaybackKeyAdmin::import_playback_key(const NewPlaybackKey& input,
                                                          const Caller& caller) {
    PlaybackKey key;
    key.created_at = d_.clock.now();
    Validation validation;
    const auto verifying = read_key(validation, input, key.id);
    check_key(validation, input, key.created_at);
    if (input.id) key.id = *input.id;
    if (!key.id.empty() && !input.id && !tokens::is_key_id(key.id)) {
        validation.add("/jwk/kid", "must be 1 to 64 letters, digits, dashes and underscores");
    }
    if (validation.failed()) return std::move(validation).error();
    if (caller.credential && !caller.credential->scopes.permit(Scope::kPlaybackMint)) {
        return Error{ErrorCode::kForbidden,
                     "Whoever imports a key can make tokens with it: your credential needs the "
                     "scope playback:mint, too.",
                     {},
                     {}};
    }
    if (key.id.empty()) key.id = verifying->fingerprint();
    key.algorithm = verifying->algorithm();
    key.public_key = verifying->pem();
    key.issuer = input.issuer;
    key.label = input.label;
    key.paths = input.paths;
    key.expires_at = input.expires_at;
    const auto added = d_.storage.add_playback_key(
        key, std::nullopt,
        make_audit_draft({"create", "playback_key", key.id, {{"issuer", key.issuer}}}, caller,
                         key.created_at, d_.random));
    if (!added) return added.error();
    if (const auto read = d_.tokens.refresh(); !read) return read.error();
    return key;
}

Result<PlaybackKey> PlaybackKeyAdmin::rotate_playback_key(seconds overlap, const Caller& caller) {
    Validation validation;
    validation.duration("/overlap_seconds", overlap, seconds(0), kLongestTokenLife);
    if (validation.failed()) return std::move(validation).error();
    return make_own_key(d_.clock.now() + overlap, caller);
}

Result<PlaybackKey> PlaybackKeyAdmin::end_playback_key(const std::string& id,
                                                       const Caller& caller) {
    const Timestamp now = d_.clock.now();
    auto ended = d_.storage.end_playback_key(
        id, now, make_audit_draft({"delete", "playback_key", id, {}}, caller, now, d_.random));
    if (!ended) return ended;
    if (const auto read = d_.tokens.refresh(); !read) return read.error();
    return ended;
}

Result<std::string> PlaybackKeyAdmin::playback_jwks() {
    if (const auto read = d_.tokens.refresh(); !read) return read.error();
    std::string keys;
    for (const auto& key : d_.tokens.index().own_keys(d_.clock.now())) {
        keys += (keys.empty() ? "" : ",") + key->verifying.jwk(key->record.id);
    }
    return "{\"keys\":[" + keys + "]}";
}

}  // namespace rescuestream
