#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/playback.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

/// The text of tokens: JWT in compact form (RFC 7519, 7515), and short ones.
namespace rescuestream::tokens {

/// A JWT whose form is right. Nothing of it is verified. The texts are parts of the token, the
/// signature is decoded.
struct ReadToken {
    std::string key_id;     ///< `kid`
    std::string algorithm;  ///< `alg`; the caller compares it with the key's.
    PlaybackGrant grant;
    std::string_view signed_part;
    std::string signature;
};

/// Reads a JWT. Empty: it is not a playback token. That is everything that is not exactly one such
/// text: a length of more than kMaxTokenLength, another alphabet than base64url, a member that is
/// given twice, depth, `crit`, another audience, a claim of the wrong type or out of range, a time
/// that is no whole second, a life of more than kLongestTokenLife. Unknown claims are ignored.
std::optional<ReadToken> read_token(std::string_view text);

/// Returns whether a text has the outline of a JWT or a short token, so that it is judged as one.
bool looks_like_token(std::string_view text) noexcept;
/// `rsp_` and 24 characters of the base64url alphabet.
bool looks_like_short_token(std::string_view text) noexcept;
Secret make_short_token(RandomSource& random);

/// Returns the claims of a token as JSON.
std::string write_claims(const PlaybackGrant& grant);
/// Reads what `write_claims` has written; empty as above.
std::optional<PlaybackGrant> read_claims(std::string_view json);

/// Returns the part of a token that is signed.
std::string signed_part(std::string_view key_id, const PlaybackGrant& grant);

/// Returns true for 1 to 64 characters of the base64url alphabet.
bool is_key_id(std::string_view text) noexcept;

}  // namespace rescuestream::tokens
