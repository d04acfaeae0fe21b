#pragma once

#include <atomic>
#include <variant>
#include <vector>

#include "orchestrator/claim_desk.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/cutoff_meter.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/key_follower.hpp"
#include "orchestrator/known_owners.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/outage.hpp"
#include "orchestrator/publish_meter.hpp"
#include "orchestrator/storage_care.hpp"
#include "orchestrator/storage_meter.hpp"
#include "orchestrator/storage_tracer.hpp"
#include "orchestrator/unwritten.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream {

/// For UnwrittenRefusals::Write.
template <class T>
Result<bool> is_written(const Result<T>& step) {
    if (!step) return step.error();
    return true;
}

/// The parts of an orchestrator, in the order in which they depend on one another.
class StreamOrchestrator::Impl {
public:
    explicit Impl(OrchestratorOptions options);
    ~Impl();

    void start();
    void stop();

    // The steps that withdraw a right. `at` is the time of the request, because a step that cannot
    // be written is repeated later.
    Result<RevokedStreamKey> revoke_key(StreamKeyId id, const Caller& caller, Timestamp at);
    Result<ChangedStreamKey> set_key_disabled(StreamKeyId id, bool disabled, const Caller& caller,
                                              Timestamp at);
    Result<ChangedBroadcaster> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                        const Caller& caller, Timestamp at);
    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force, const Caller& caller,
                                            Timestamp at);
    Result<CutoffReport> stop_stream(StreamId id, std::optional<Timestamp> block_until,
                                     const Caller& caller, Timestamp at);

    /// Returns whether the withdrawal of a right applies in this program in spite of `error`.
    bool outlasts(const Error& error) const;
    /// If it does, applies the withdrawal, removes the connections, and returns an error that says
    /// so. Otherwise returns `why`.
    Error refuse_unwritten(const Error& why, UnwrittenRefusals::Entry entry);
    /// Returns the keys of a broadcaster that are not revoked.
    Result<std::vector<StreamKeyId>> keys_of(BroadcasterId id);

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

    /// Reads the broadcaster from the storage. kNotFound: no such broadcaster.
    Result<KnownOwners::Owner> read_owner(BroadcasterId id);
    AuditEntry audit_of_key(std::string_view action, const StreamKey& key, const Caller& caller,
                            Timestamp at);

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
    KnownOwners owners;
    KeyChanges changes;
    UnwrittenRefusals unwritten;
    OutagePublishers outage;
    EventBus events;
    SessionRunner sessions;
    Nodes nodes;
    ClaimDesk claims;  // after all members that its answers use
    StorageCare care;
    std::atomic<bool> is_running{false};  // between `start` and `stop`
    std::vector<std::function<void()>> change_listeners;
};

}  // namespace rescuestream
