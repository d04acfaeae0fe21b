#pragma once

#include <memory>

#include "admin/admin_api.hpp"
#include "admin/http_caller.hpp"

/// The roles of an AdminApi by a server's HTTP API, each in a file of its own.
namespace rescuestream::cli {

std::unique_ptr<BroadcasterApi> make_http_broadcasters(std::shared_ptr<HttpCaller> caller);
std::unique_ptr<CredentialApi> make_http_credentials(std::shared_ptr<HttpCaller> caller);
std::unique_ptr<KeyApi> make_http_keys(std::shared_ptr<HttpCaller> caller);
std::unique_ptr<StreamApi> make_http_streams(std::shared_ptr<HttpCaller> caller);
std::unique_ptr<PlaybackApi> make_http_playback(std::shared_ptr<HttpCaller> caller);
std::unique_ptr<IncidentApi> make_http_incidents(std::shared_ptr<HttpCaller> caller);
std::unique_ptr<GuestApi> make_http_guests(std::shared_ptr<HttpCaller> caller);
std::unique_ptr<NodeApi> make_http_nodes(std::shared_ptr<HttpCaller> caller);

}  // namespace rescuestream::cli
