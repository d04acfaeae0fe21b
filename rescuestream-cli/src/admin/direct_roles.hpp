#pragma once

#include <functional>
#include <memory>
#include <string>

#include "admin/admin_api.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/media_server.hpp"

namespace rescuestream {
class StreamOrchestrator;
}

/// The roles of an AdminApi that calls the library, each in a file of its own.
namespace rescuestream::cli {

struct DirectAccess {
    std::shared_ptr<StreamOrchestrator> orchestrator;
    std::string storage;  ///< Names the database, without a credential.
    Caller caller;
};

/// Returns a media server's identity and version, without supervising it.
using NodeProbe = std::function<Result<MediaServerInfo>(const NodeStatus&)>;

std::unique_ptr<BroadcasterApi> make_direct_broadcasters(DirectAccess access);
std::unique_ptr<CredentialApi> make_direct_credentials(DirectAccess access);
std::unique_ptr<KeyApi> make_direct_keys(DirectAccess access);
/// Without `probe`, streams are live that the database calls so.
std::unique_ptr<StreamApi> make_direct_streams(DirectAccess access, NodeProbe probe);
std::unique_ptr<PlaybackApi> make_direct_playback(DirectAccess access);
std::unique_ptr<IncidentApi> make_direct_incidents(DirectAccess access);
std::unique_ptr<GuestApi> make_direct_guests(DirectAccess access);
/// Without `probe` the state of nodes is unknown.
std::unique_ptr<NodeApi> make_direct_nodes(DirectAccess access, NodeProbe probe);

}  // namespace rescuestream::cli
