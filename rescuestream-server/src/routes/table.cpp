#include "routes/table.hpp"

#include "routes/audit.hpp"
#include "routes/broadcasters.hpp"
#include "routes/credentials.hpp"
#include "routes/documents.hpp"
#include "routes/guest_links.hpp"
#include "routes/health.hpp"
#include "routes/incidents.hpp"
#include "routes/media.hpp"
#include "routes/nodes.hpp"
#include "routes/playback.hpp"
#include "routes/refused_attempts.hpp"
#include "routes/stream_keys.hpp"
#include "routes/streams.hpp"
#include "routes/viewers.hpp"
#include "routes/watch.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kMediaBody = 64UL * 1024;
constexpr std::size_t kFormBody = 1024UL;
constexpr std::size_t kEventBody = 64UL * 1024;
constexpr std::size_t kAdminBody = 1024UL * 1024;

}  // namespace

const Routes& api_routes() {
    using enum Access;
    using enum Scope;
    using enum Work;
    static const Routes table{
        // First, because the media server waits for it.
        {"POST", "/auth", answer_auth, kMedia, kMediaBody, kImmediate},
        {"POST", "/auth/{node}", answer_auth, kMedia, kMediaBody, kImmediate},
        {"POST", "/webhook/ready", source_ready, kMedia, kMediaBody, kHook},
        {"POST", "/webhook/not-ready", source_not_ready, kMedia, kMediaBody, kHook},

        {"GET", "/health", show_health, kPublic, kMediaBody, kOrdinary, false, "verbose"},
        {"GET", "/livez", show_livez, kPublic, kMediaBody, kProbe, false, "verbose"},
        {"GET", "/readyz", show_readyz, kPublic, kMediaBody, kOrdinary, false, "verbose"},

        {"GET", "/streams", list_streams, own(kStreamsRead), kAdminBody, kOrdinary, true,
         "state stream_key_id label broadcaster_id broadcaster incident_id node from to limit "
         "cursor"},
        {"GET", "/streams/{id}", show_stream, own(kStreamsRead), kAdminBody, kOrdinary, true},
        {"GET", "/streams/{id}/timeline", show_timeline, own(kStreamsRead), kAdminBody, kOrdinary,
         false, "limit cursor"},
        {"POST", "/streams/{id}/stop", stop_stream, own(kStreamsControl), kAdminBody},

        {"GET", "/streams/{id}/viewers", list_viewers_of_stream, own(kViewersRead), kAdminBody,
         kOrdinary, false, "state limit cursor"},

        {"GET", "/viewers", list_viewers, own(kViewersRead), kAdminBody, kOrdinary, false,
         "state path node viewer_id token_id limit cursor"},
        {"GET", "/viewers/{id}", show_viewer, own(kViewersRead), kAdminBody},
        {"DELETE", "/viewers/{id}", delete_viewer, kStreamsControl, kAdminBody},

        {"GET", "/stream-keys", list_stream_keys, own(kKeysRead), kAdminBody, kOrdinary, true,
         "status disabled label playback_path broadcaster_id broadcaster incident_id limit cursor"},
        creating({"POST", "/stream-keys", create_stream_key, own(kKeysWrite), kAdminBody}),
        {"GET", "/stream-keys/{id}", show_stream_key, own(kKeysRead), kAdminBody, kOrdinary, true},
        versioned({"PATCH", "/stream-keys/{id}", update_stream_key, own(kKeysWrite), kAdminBody}),
        versioned({"DELETE", "/stream-keys/{id}", delete_stream_key, own(kKeysWrite), kAdminBody}),
        versioned(
            {"POST", "/stream-keys/{id}/revoke", revoke_stream_key, own(kKeysWrite), kAdminBody}),
        versioned(
            {"POST", "/stream-keys/{id}/disable", disable_stream_key, own(kKeysWrite), kAdminBody}),
        versioned(
            {"POST", "/stream-keys/{id}/enable", enable_stream_key, own(kKeysWrite), kAdminBody}),
        creating(versioned(
            {"POST", "/stream-keys/{id}/rotate", rotate_stream_key, own(kKeysWrite), kAdminBody})),

        {"GET", "/broadcasters", list_broadcasters, own(kBroadcastersRead), kAdminBody, kOrdinary,
         true, "limit cursor"},
        creating(
            {"POST", "/broadcasters", create_broadcaster, own(kBroadcastersWrite), kAdminBody}),
        {"GET", "/broadcasters/{id}", show_broadcaster, own(kBroadcastersRead), kAdminBody,
         kOrdinary, true},
        versioned({"PATCH", "/broadcasters/{id}", update_broadcaster, own(kBroadcastersWrite),
                   kAdminBody}),
        versioned({"DELETE", "/broadcasters/{id}", delete_broadcaster, own(kBroadcastersWrite),
                   kAdminBody, kOrdinary, false, "force"}),
        versioned({"POST", "/broadcasters/{id}/disable", disable_broadcaster,
                   own(kBroadcastersWrite), kAdminBody}),
        versioned({"POST", "/broadcasters/{id}/enable", enable_broadcaster, own(kBroadcastersWrite),
                   kAdminBody}),

        {"GET", "/incidents", list_incidents, kIncidentsRead, kAdminBody, kOrdinary, false,
         "status name reference limit cursor"},
        creating({"POST", "/incidents", create_incident, kIncidentsWrite, kAdminBody}),
        {"GET", "/incidents/{id}", show_incident, kIncidentsRead, kAdminBody},
        versioned({"PATCH", "/incidents/{id}", update_incident, kIncidentsWrite, kAdminBody}),
        versioned({"POST", "/incidents/{id}/close", close_incident, kIncidentsWrite, kAdminBody}),
        versioned({"POST", "/incidents/{id}/reopen", reopen_incident, kIncidentsWrite, kAdminBody}),
        versioned(
            {"POST", "/incidents/{id}/assign", assign_to_incident, kIncidentsWrite, kAdminBody}),
        versioned(
            {"POST", "/incidents/{id}/unassign", take_from_incident, kIncidentsWrite, kAdminBody}),
        {"GET", "/incidents/{id}/report", report_incident, kIncidentsRead, kAdminBody, kOrdinary,
         false, "format"},

        {"GET", "/guest-links", list_guest_links, kPlaybackMint, kAdminBody, kOrdinary, false,
         "status label incident_id limit cursor"},
        creating({"POST", "/guest-links", create_guest_link, kPlaybackMint, kAdminBody}),
        {"GET", "/guest-links/{id}", show_guest_link, kPlaybackMint, kAdminBody},
        versioned({"PATCH", "/guest-links/{id}", update_guest_link, kPlaybackMint, kAdminBody}),
        versioned({"POST", "/guest-links/{id}/close", close_guest_link, kPlaybackMint, kAdminBody}),
        {"GET", "/watch/{code}", show_guest_page, kPublic, kMediaBody},
        {.method = "POST",
         .pattern = "/watch/{code}",
         .handler = take_guest_pin,
         .permission = kPublic,
         .body_limit = kFormBody,
         .takes_form = true},

        {"GET", "/nodes", list_nodes, kNodesRead, kAdminBody},
        creating({"POST", "/nodes", create_node, kNodesWrite, kAdminBody}),
        {"GET", "/nodes/{name}", show_node, kNodesRead, kAdminBody},
        versioned({"PATCH", "/nodes/{name}", update_node, kNodesWrite, kAdminBody}),
        versioned({"POST", "/nodes/{name}/enforce", enforce_node, kNodesWrite, kAdminBody}),
        versioned({"DELETE", "/nodes/{name}", delete_node, kNodesWrite, kAdminBody}),

        creating({"POST", "/playback-tokens", mint_playback_token, kPlaybackMint, kAdminBody}),
        {"POST", "/playback-tokens/revoke", revoke_playback_tokens, kPlaybackMint, kAdminBody},
        {"GET", "/playback-keys", list_playback_keys, kCredentialsRead, kAdminBody},
        creating({"POST", "/playback-keys", import_playback_key, kCredentialsWrite, kAdminBody}),
        creating(
            {"POST", "/playback-keys/rotate", rotate_playback_key, kCredentialsWrite, kAdminBody}),
        versioned(
            {"DELETE", "/playback-keys/{key}", delete_playback_key, kCredentialsWrite, kAdminBody}),
        {"GET", "/.well-known/jwks.json", show_jwks, kPublic, kMediaBody},

        {"GET", "/refusals", list_refused_attempts, own(kKeysRead), kAdminBody, kOrdinary, false,
         "address path reason stream_key_id incident_id since limit"},

        {"GET", "/credentials", list_credentials, own(kCredentialsRead), kAdminBody},
        creating({"POST", "/credentials", create_credential, own(kCredentialsWrite), kAdminBody}),
        {"GET", "/credentials/{id}", show_credential, own(kCredentialsRead), kAdminBody},
        versioned(
            {"PATCH", "/credentials/{id}", update_credential, own(kCredentialsWrite), kAdminBody}),
        versioned(
            {"DELETE", "/credentials/{id}", delete_credential, own(kCredentialsWrite), kAdminBody}),
        creating(versioned({"POST", "/credentials/{id}/rotate", rotate_credential,
                            own(kCredentialsWrite), kAdminBody})),
        versioned({"POST", "/credentials/{id}/revoke", revoke_credential, own(kCredentialsWrite),
                   kAdminBody}),
        {"POST", "/session", create_session, own(kCredential), kAdminBody},
        {"DELETE", "/session", end_session, own(kCredential), kAdminBody},
        {"GET", "/whoami", show_caller, own(kCredential), kAdminBody},

        {"GET", "/audit-logs", list_audit_logs, kAuditRead, kAdminBody, kOrdinary, false,
         "action actor resource_type resource_id incident_id from to limit offset"},
        {"GET", "/audit-logs/export", export_audit_logs, kAuditRead, kAdminBody, kOrdinary, false,
         "action actor resource_type resource_id incident_id from to limit cursor"},
        creating({"POST", "/audit-events", create_audit_event, kAuditWrite, kEventBody}),

        {"GET", "/errors/{slug}", show_problem_page, kPublic, kMediaBody},
        {"GET", "/openapi.json", show_openapi_json, kPublic, kMediaBody},
        {"GET", "/openapi.yaml", show_openapi_yaml, kPublic, kMediaBody},
    };
    return table;
}

}  // namespace rescuestream::server
