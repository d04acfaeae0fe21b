#pragma once

#include <string>
#include <string_view>

#include "json/body_reader.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/stream_keys.hpp"

/// Stream keys as JSON, beside what rescuestream/json.hpp has of them.
namespace rescuestream::json {

/// What a caller gives: all that is wrong with it is in `body` afterwards. `now`: what the future
/// is told from.
NewStreamKey read_new_stream_key(BodyReader& body, Timestamp now);
StreamKeyPatch read_stream_key_patch(BodyReader& body, Timestamp now);

/// The same as the body of a request.
std::string to_body(const NewStreamKey& input);
std::string to_body(const StreamKeyPatch& patch);

/// The policies that no SQL statement compares, as databases keep them.
std::string stored_policies(const StreamKeyPolicies& policies);
/// The reverse: sets those members and `from_newer_release`. Throws BadValue.
void read_stored_policies(std::string_view text, StreamKeyPolicies& policies);

}  // namespace rescuestream::json
