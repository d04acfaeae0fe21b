#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "rescuestream/paging.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/viewers.hpp"

namespace rescuestream::cli {

/// The operations on playback tokens, their keys, and viewers; see AdminApi.
class PlaybackApi {
public:
    virtual ~PlaybackApi() = default;

    virtual Result<MintedPlaybackToken> mint_playback_token(const NewPlaybackToken& input) = 0;
    virtual Result<RevokedPlaybackTokens> revoke_playback_tokens(RevokedBy by,
                                                                 const std::string& value) = 0;
    virtual Result<std::vector<PlaybackKey>> list_playback_keys() = 0;
    virtual Result<PlaybackKey> import_playback_key(const NewPlaybackKey& input) = 0;
    virtual Result<PlaybackKey> rotate_playback_key(std::chrono::seconds overlap) = 0;
    virtual Result<void> end_playback_key(const std::string& id) = 0;

    virtual Result<Page<Viewer>> list_viewers(const ViewerFilter& filter,
                                              const PageRequest& page) = 0;
    virtual Result<RemovedViewer> remove_viewer(const std::string& id) = 0;
};

}  // namespace rescuestream::cli
