#pragma once

#include <string>

#include "rescuestream/playback.hpp"

namespace rescuestream {

/// With the token itself and addresses that contain it.
std::string to_json(const MintedPlaybackToken& minted);
/// Without the private half of an own key.
std::string to_json(const PlaybackKey& key);
std::string to_json(const RevokedPlaybackTokens& revoked);

}  // namespace rescuestream
