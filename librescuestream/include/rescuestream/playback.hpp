#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/address_range.hpp"
#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

/// Playback tokens: signed, expiring permissions to watch named paths.
///
/// A part that gives out permissions of its own (a guest link, an incident) mints tokens with
/// NewPlaybackToken::owner set to a text of its own, such as `guest-link:ID`, and later ends all of
/// them with one PlaybackRevocation of the kind kOwner.
namespace rescuestream {

/// How a token is signed. The key determines it; what a token says about it decides nothing.
enum class TokenAlgorithm { kEs256, kEdDsa, kRs256 };

/// The `aud` and, for tokens of this installation, the `iss` of every playback token.
inline constexpr std::string_view kPlaybackAudience = "rescuestream:playback";
inline constexpr std::string_view kOwnIssuer = "rescuestream";

/// A token that expires later than this after its creation is refused.
inline constexpr std::chrono::seconds kLongestTokenLife{24 * 3'600};
inline constexpr std::chrono::seconds kDefaultTokenLife{3'600};
/// Tolerated difference between the clock that signed a token and this one's, for `nbf` and `iat`.
inline constexpr std::chrono::seconds kTokenClockSkew{60};
inline constexpr std::size_t kMaxTokenPaths = 50;
inline constexpr std::size_t kMaxTokenRanges = 32;
inline constexpr std::int64_t kMaxTokenSessions = 10'000;
/// Characters of a token. Longer texts are not examined.
inline constexpr std::size_t kMaxTokenLength = 8 * 1024;

/// A key that verifies tokens: one of this installation, or the imported public half of a key with
/// which another program signs.
struct PlaybackKey {
    std::string id;  ///< The `kid` of its tokens: 1 to 64 characters of the base64url alphabet.
    bool is_own = false;
    TokenAlgorithm algorithm = TokenAlgorithm::kEs256;
    std::string public_key;  ///< SubjectPublicKeyInfo as PEM.
    /// Only of an own key: its private half, encrypted under OrchestratorSettings::control_secret.
    std::string sealed_private_key;
    std::string issuer;              ///< The `iss` that its tokens must have.
    std::string label;               ///< For people.
    std::vector<std::string> paths;  ///< Patterns; its tokens open no other paths. Own: empty, all.
    Timestamp created_at{};
    std::optional<Timestamp> expires_at;  ///< From then on it verifies nothing.

    bool operator==(const PlaybackKey&) const = default;
};

/// What a token permits: its claims.
struct PlaybackGrant {
    std::string id;  ///< `jti`
    std::string issuer;
    std::vector<std::string> paths;        ///< Exact names.
    std::optional<std::string> viewer_id;  ///< `sub`
    std::string owner;  ///< What it was given out for; empty: for nothing in particular.
    std::vector<AddressRange> addresses;  ///< `ip`. Empty: it may be used from anywhere.
    std::vector<Protocol> protocols;      ///< Empty: by any.
    std::optional<std::int64_t> max_sessions;
    /// So many sessions may use the tokens of `owner` together at the same time.
    std::optional<std::int64_t> owner_sessions;
    std::optional<Timestamp> issued_at;   ///< `iat`
    std::optional<Timestamp> not_before;  ///< `nbf`
    Timestamp expires_at{};               ///< `exp`
    std::string key_id;  ///< Of the key that signed it, no claim. Empty: a short token.

    bool operator==(const PlaybackGrant&) const = default;
};

/// A short token: `rsp_` and 24 characters, of which only the digest is kept.
struct ShortPlaybackToken {
    KeyDigest digest{};
    PlaybackGrant grant;

    bool operator==(const ShortPlaybackToken&) const = default;
};

/// Which tokens a revocation ends.
enum class RevokedBy {
    kToken,   ///< The one with this id.
    kViewer,  ///< All of this viewer id.
    kPath,    ///< All that open this path.
    kOwner,   ///< All that were given out for this.
};

/// Ends tokens that were issued until `revoked_at`.
struct PlaybackRevocation {
    RevokedBy by = RevokedBy::kToken;
    std::string value;
    Timestamp revoked_at{};
    Timestamp expires_at{};  ///< When the last token that it can concern has expired.

    bool operator==(const PlaybackRevocation&) const = default;
};

/// The result of a revocation.
struct RevokedPlaybackTokens {
    PlaybackRevocation revocation;
    /// False: nothing is known here to which it applies. That is no error: another program may have
    /// made such tokens, and they are refused.
    bool is_known = true;
};

/// What has changed in what tokens are judged by.
struct PlaybackChanges {
    std::vector<PlaybackKey> keys;
    std::vector<ShortPlaybackToken> short_tokens;
    std::vector<PlaybackRevocation> revocations;
    std::int64_t version = 0;  ///< The place from which to continue.
    bool from_start = false;   ///< These are all, although a later place was given.
};

/// A token to be made. Exactly one of the first four must be given.
struct NewPlaybackToken {
    std::vector<std::string> paths;  ///< 1 to 50; they need not be live.
    std::optional<StreamId> stream_id;
    std::optional<StreamKeyId> stream_key_id;
    /// An open one: the paths of the keys that are assigned to it, 1 to 50. Its end ends the token.
    std::optional<IncidentId> incident_id;
    std::optional<std::chrono::seconds> expires_in;  ///< 1 s to 24 h; empty: 1 h.
    std::optional<Timestamp> expires_at;             ///< In its place; at most 24 h from now.
    std::optional<std::string> viewer_id;
    std::vector<AddressRange> addresses;
    std::vector<Protocol> protocols;
    std::optional<std::int64_t> max_sessions;
    std::optional<Timestamp> not_before;
    bool is_short = false;
    /// See the head of this file. Not a part of the HTTP contract. With `incident_id`, empty.
    std::string owner;
    std::optional<std::int64_t> owner_sessions;  ///< The same; see PlaybackGrant.
};

/// A token that was just made. Its text is shown once.
struct MintedPlaybackToken {
    PlaybackGrant grant;
    Secret token;
    /// Addresses that contain the token, for each of the paths in its order.
    std::vector<ViewerAddresses> playback;
};

/// The public half of a key of another program. Exactly one of `public_key` and `jwk` is given.
struct NewPlaybackKey {
    std::optional<std::string> id;  ///< Empty: the JWK's `kid`, else a digest of the key.
    std::string public_key;         ///< PEM.
    std::string jwk;                ///< The text of a JSON object.
    std::string issuer;
    std::string label;
    std::vector<std::string> paths;  ///< 1 to 32 patterns.
    std::optional<Timestamp> expires_at;
};

/// What becomes of a viewer's request. The refusals are in the order in which they are checked.
enum class ViewerDecision {
    kAccepted,
    kSecretPath,     ///< The path is a key value.
    kTokenRequired,  ///< The path is only for viewers with a token, and there is none.
    kTooManyTokens,  ///< The request contains more tokens than are examined.
    kTokenInvalid,   ///< It is malformed, its key is unknown, or its signature is wrong.
    kTokenRevoked,
    kTokenExpired,
    kTokenNotYetValid,
    kTokenWrongPath,     ///< It does not open this path.
    kTokenWrongAddress,  ///< It may not be used from this address.
    kTokenWrongProtocol,
    kTokenInUse,  ///< As many sessions as it permits run already.
    kViewersFull,
};

std::string_view to_string(TokenAlgorithm value) noexcept;  ///< As in a JWT: "ES256", …
std::string_view to_string(RevokedBy value) noexcept;
std::string_view to_string(ViewerDecision value) noexcept;
template <>
std::optional<TokenAlgorithm> parse_enum(std::string_view name) noexcept;
template <>
std::optional<RevokedBy> parse_enum(std::string_view name) noexcept;
template <>
std::optional<ViewerDecision> parse_enum(std::string_view name) noexcept;

}  // namespace rescuestream
