#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "admin/audit_api.hpp"
#include "admin/broadcaster_api.hpp"
#include "admin/credential_api.hpp"
#include "admin/guest_api.hpp"
#include "admin/health_api.hpp"
#include "admin/incident_api.hpp"
#include "admin/key_api.hpp"
#include "admin/node_api.hpp"
#include "admin/playback_api.hpp"
#include "admin/refusal_api.hpp"
#include "admin/schema_api.hpp"
#include "admin/stream_api.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// The operations behind the commands: records in, records out, whether the library does the work
/// directly or a server does it over HTTP. There is one interface for each noun, with one
/// implementation of each kind (direct_*.cpp, http_*.cpp). Errors are those of StreamOrchestrator;
/// over HTTP also kUnauthorized.
///
/// Thread-safety: none; used from one thread.
class AdminApi {
public:
    struct Roles {
        std::unique_ptr<BroadcasterApi> broadcasters;
        std::unique_ptr<KeyApi> keys;
        std::unique_ptr<StreamApi> streams;
        std::unique_ptr<NodeApi> nodes;
        std::unique_ptr<AuditApi> audit;
        std::unique_ptr<SchemaApi> schema;
        std::unique_ptr<HealthApi> health;
        std::unique_ptr<RefusalApi> refusals;
        std::unique_ptr<PlaybackApi> playback;
        std::unique_ptr<CredentialApi> credentials;
        std::unique_ptr<IncidentApi> incidents;
        std::unique_ptr<GuestApi> guests;
    };

    /// `clock` returns the time at which the status of keys is judged. No role is empty.
    AdminApi(Roles roles, std::function<Timestamp()> clock)
        : roles_(std::move(roles)), clock_(std::move(clock)) {}

    BroadcasterApi& broadcasters() const { return *roles_.broadcasters; }
    CredentialApi& credentials() const { return *roles_.credentials; }
    KeyApi& keys() const { return *roles_.keys; }
    StreamApi& streams() const { return *roles_.streams; }
    NodeApi& nodes() const { return *roles_.nodes; }
    AuditApi& audit() const { return *roles_.audit; }
    SchemaApi& schema() const { return *roles_.schema; }
    HealthApi& health() const { return *roles_.health; }
    RefusalApi& refusals() const { return *roles_.refusals; }
    PlaybackApi& playback() const { return *roles_.playback; }
    IncidentApi& incidents() const { return *roles_.incidents; }
    GuestApi& guests() const { return *roles_.guests; }
    Timestamp now() const { return clock_(); }

private:
    Roles roles_;
    std::function<Timestamp()> clock_;
};

}  // namespace rescuestream::cli
