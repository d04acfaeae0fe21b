#pragma once

#include <variant>
#include <vector>

#include "orchestrator/audit_log.hpp"
#include "orchestrator/broadcasters.hpp"
#include "orchestrator/claim_desk.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/cutoff_meter.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/key_follower.hpp"
#include "orchestrator/node_admin.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/outage.hpp"
#include "orchestrator/publish_meter.hpp"
#include "orchestrator/source_reports.hpp"
#include "orchestrator/storage_care.hpp"
#include "orchestrator/storage_meter.hpp"
#include "orchestrator/storage_tracer.hpp"
#include "orchestrator/stream_keys.hpp"
#include "orchestrator/streams.hpp"
#include "orchestrator/unwritten.hpp"
#include "orchestrator/withdrawals.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream {

/// The parts of an orchestrator, in the order in which they depend on one another.
class StreamOrchestrator::Impl {
public:
    explicit Impl(OrchestratorOptions options);
    ~Impl();

    void start();
    void stop();

    /// A publish request that needs a decision of the storage.
    struct PublishQuestion {
        /// Without a connection id nothing is claimed; the key is only checked.
        ClaimRequest claim_request;
        Nodes::Watch node;
        std::optional<PublishRefusal> node_refusal;  ///< The refusal if the key is valid.
        std::string path;
        /// The last known decision on the key, used if the storage does not answer.
        std::optional<ClaimOutcome> remembered;
    };
    using Judgement = std::variant<PublishDecision, PublishQuestion>;
    /// Decides from memory alone, if possible.
    Judgement judge(const PublishRequest& request);
    /// Decides with the answer of the storage.
    Result<PublishDecision> conclude(const PublishQuestion& question,
                                     const Result<ClaimOutcome>& outcome);
    /// Counts the decision and returns it.
    Result<PublishDecision> counted(Result<PublishDecision> decision) {
        publish_meter.count(decision);
        return decision;
    }
    PublishDecision decide_in_outage(const PublishQuestion& question);
    bool may_read(const ReadRequest& request) const;

    RequestDependencies request_dependencies() noexcept;

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
    KeyChanges changes;
    UnwrittenRefusals unwritten;
    OutagePublishers outage;
    EventBus events;
    SessionRunner sessions;
    Nodes nodes;
    Withdrawals withdrawals;
    // By subject, what the facade does.
    Broadcasters broadcasters;
    StreamKeys stream_keys;
    Streams streams;
    NodeAdmin node_admin;
    AuditLog audit_log;
    SourceReports source_reports;
    ClaimDesk claims;  // after all members that its answers use
    StorageCare care;
    std::vector<std::function<void()>> change_listeners;
};

}  // namespace rescuestream
