#pragma once

#include <optional>
#include <string>

#include "rescuestream/addresses.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/stream_keys.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

std::string to_json(const StreamKey& key, Timestamp now);
/// Returns the time after `now` at which `to_json(key, …)` gives another text although nobody
/// changes the key. Empty: never.
std::optional<Timestamp> json_changes_at(const StreamKey& key, Timestamp now);
/// With the members `publish` and `playback` (addresses). `encoder` has a placeholder instead of
/// the key value.
std::string to_json(const StreamKey& key, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now);
/// A key that was just created, with the members `key_value`, `publish` and `playback` (addresses).
std::string to_json(const CreatedStreamKey& created, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now);
/// The same after a rotation.
std::string to_json(const RotatedStreamKey& rotated, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now);

}  // namespace rescuestream
