#pragma once

#include <vector>

#include "orchestrator/api_credentials.hpp"
#include "orchestrator/audit_keeper.hpp"
#include "orchestrator/audit_log.hpp"
#include "orchestrator/broadcasters.hpp"
#include "orchestrator/claim_desk.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/credential_follower.hpp"
#include "orchestrator/cutoff_meter.hpp"
#include "orchestrator/guest_links.hpp"
#include "orchestrator/incident_reports.hpp"
#include "orchestrator/incidents.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/key_follower.hpp"
#include "orchestrator/media_server_instances.hpp"
#include "orchestrator/node_admin.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/noted_entries.hpp"
#include "orchestrator/outage.hpp"
#include "orchestrator/playback_admin.hpp"
#include "orchestrator/playback_key_admin.hpp"
#include "orchestrator/playback_tokens.hpp"
#include "orchestrator/publish_meter.hpp"
#include "orchestrator/publishing.hpp"
#include "orchestrator/refused_attempts.hpp"
#include "orchestrator/refused_calls.hpp"
#include "orchestrator/repeatable_requests.hpp"
#include "orchestrator/source_reports.hpp"
#include "orchestrator/storage_care.hpp"
#include "orchestrator/storage_meter.hpp"
#include "orchestrator/storage_tracer.hpp"
#include "orchestrator/stream_keys.hpp"
#include "orchestrator/streams.hpp"
#include "orchestrator/unwritten.hpp"
#include "orchestrator/viewer_admin.hpp"
#include "orchestrator/viewers.hpp"
#include "orchestrator/viewing.hpp"
#include "orchestrator/withdrawals.hpp"
#include "orchestrator/worker.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream {

/// The parts of an orchestrator, in the order in which they depend on one another.
class StreamOrchestrator::Impl {
public:
    explicit Impl(OrchestratorOptions options);
    ~Impl();

    bool load();
    void start();
    void stop();

    RequestDependencies request_dependencies() noexcept;
    Publishing::Dependencies publishing_dependencies() noexcept;

    StorageMeter storage_meter;
    PublishMeter publish_meter;
    CutoffMeter cutoff_meter;
    std::optional<StorageTracer> storage_tracer;  // empty: nothing is traced
    const std::unique_ptr<CountedStorage> storage;
    const OrchestratorSettings settings;
    const Clock& clock;
    RandomSource& random;
    Logger& logger;
    Tracer* const tracer;  // null: nothing is traced
    const std::string server_name;
    KeyFollower keys;
    PlaybackTokens playback_tokens;
    CredentialFollower credentials;
    Viewers viewers;
    KeyChanges changes;
    UnwrittenRefusals unwritten;
    OutagePublishers outage;
    EventBus events;
    NotedEntries noted;
    SessionRunner sessions;
    MediaServerInstances instances;
    Nodes nodes;
    Withdrawals withdrawals;
    // By subject, what the facade does.
    Broadcasters broadcasters;
    StreamKeys stream_keys;
    Streams streams;
    Incidents incidents;
    IncidentReports incident_reports;
    GuestLinks guest_links;
    NodeAdmin node_admin;
    ApiCredentials api_credentials;
    AuditLog audit_log;
    AuditKeeper audit_keeper;
    RepeatableRequests repeatable_requests;
    SourceReports source_reports;
    Publishing publishing;
    Viewing viewing;
    PlaybackKeyAdmin playback_key_admin;
    PlaybackAdmin playback_admin;
    ViewerAdmin viewer_admin;
    RefusedAttempts refused_attempts;
    RefusedCalls refused_calls;
    ClaimDesk claims;  // after all members that its answers use
    StorageCare care;
    Worker write_behind;  // stores what requests have left to do
    std::vector<std::function<void()>> change_listeners;
};

}  // namespace rescuestream
