#pragma once

#include <string>
#include <string_view>

#include "json/body_reader.hpp"
#include "json/document.hpp"
#include "rescuestream/stream_keys.hpp"

/// Further JSON of stream keys, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

/// Reads the input of a caller and adds its errors to `body`. `now` is the time after which a time
/// is in the future.
NewStreamKey read_new_stream_key(json::BodyReader& body, Timestamp now);
StreamKeyPatch read_stream_key_patch(json::BodyReader& body, Timestamp now);

/// Returns the same input as the body of a request.
std::string to_body(const NewStreamKey& input);
std::string to_body(const StreamKeyPatch& patch);

/// Returns the stored form of the policies that no SQL statement compares.
std::string stored_policies(const StreamKeyPolicies& policies);
/// The reverse: sets those members and `from_newer_release`. Throws BadValue.
void read_stored_policies(std::string_view text, StreamKeyPolicies& policies);

/// Reads an object of the HTTP contract, as `to_json` writes it, from a response of a server.
/// Unknown members are ignored. Throws json::BadValue (json/values.hpp).
StreamKey read_stream_key(const rapidjson::Value& json);

}  // namespace rescuestream::fields
