#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// One reader session of a path at a media server, from its acceptance to its end.
struct Viewer {
    ConnectionId id;  ///< That of its auth request, of MediaMTX's lists, and of a kick.
    std::string node;
    std::string path;
    Protocol protocol = Protocol::kUnknown;
    std::string remote_address;
    std::string user_agent;             ///< Often unknown.
    std::vector<PlaybackGrant> grants;  ///< The tokens with which it was accepted. Empty: none.
    bool is_helper = false;  ///< A program that the media server started; it needs no token.
    Timestamp since{};
    std::optional<Timestamp> until;       ///< Empty: it is present, as far as is known.
    std::optional<Timestamp> removed_at;  ///< Somebody has asked for its removal.

    bool operator==(const Viewer&) const = default;
};

/// Which viewers a list shows. An empty member does not restrict the list.
struct ViewerFilter {
    std::optional<ConnectionId> id;
    /// Who has a key, not revoked, to whose path the viewer came after the key was made.
    std::optional<BroadcasterId> broadcaster_id;
    std::optional<std::string> path;
    std::optional<std::string> node;
    std::optional<std::string> viewer_id;
    std::optional<std::string> token_id;
    bool present_only = true;
};

/// Viewers that ended before these times are deleted.
struct ViewerRetention {
    Timestamp oldest{};                ///< With a token.
    Timestamp oldest_without_token{};  ///< There may be many: anybody can begin an HLS session.
};

/// The result of a removal.
struct RemovedViewer {
    Viewer viewer;
    /// False: the media server still lists it. It will be removed when the media server answers; an
    /// HLS session cannot be removed, and ends with its player.
    bool is_gone = false;
};

/// What has changed in the viewers.
struct ViewerChanges {
    std::vector<Viewer> viewers;
    std::int64_t version = 0;  ///< The place from which to continue.
    bool from_start = false;   ///< These are all present ones, although a later place was given.
};

}  // namespace rescuestream
