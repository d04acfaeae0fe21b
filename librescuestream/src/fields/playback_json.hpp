#pragma once

#include <string>

#include "json/body_reader.hpp"
#include "json/document.hpp"
#include "rescuestream/playback.hpp"

/// Further JSON of playback tokens and their keys, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

NewPlaybackToken read_new_playback_token(json::BodyReader& body, Timestamp now);
NewPlaybackKey read_new_playback_key(json::BodyReader& body, Timestamp now);
/// Which tokens are to be revoked: the one member that is given. An error is added to `body` if
/// that is not exactly one.
struct RevocationTarget {
    RevokedBy by = RevokedBy::kToken;
    std::string value;
};
RevocationTarget read_revocation(json::BodyReader& body);

std::string to_body(const NewPlaybackToken& input);
std::string to_body(const NewPlaybackKey& input);
std::string to_body(RevokedBy by, const std::string& value);

/// Reads what `to_json` writes, from a response of a server. Unknown members are ignored. Throws
/// json::BadValue (json/values.hpp).
MintedPlaybackToken read_minted_playback_token(const rapidjson::Value& json);
PlaybackKey read_playback_key(const rapidjson::Value& json);
RevokedPlaybackTokens read_revoked_playback_tokens(const rapidjson::Value& json);

}  // namespace rescuestream::fields
