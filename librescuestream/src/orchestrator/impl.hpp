#pragma once

#include <variant>

#include "orchestrator/claim_desk.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/key_follower.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/outage.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream {

/// The parts of an orchestrator, in the order in which they depend on one another.
class StreamOrchestrator::Impl {
public:
    explicit Impl(OrchestratorOptions options);
    ~Impl();

    void start();
    void stop();

    Result<ChangedBroadcaster> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                        const Caller& caller);
    Result<ChangedStreamKey> set_key_disabled(StreamKeyId id, bool disabled, const Caller& caller);

    /// A publish request that memory does not decide.
    struct PublishQuestion {
        ClaimRequest claim;  ///< Without a connection it claims nothing: the key is judged.
        Nodes::Watch node;
        std::optional<PublishRefusal> node_refusal;  ///< Of a key that is good.
        std::string path;
        /// What the storage last said of the key, where that may decide when it says nothing.
        std::optional<ClaimOutcome> remembered;
    };
    using Judgement = std::variant<PublishDecision, PublishQuestion>;
    /// By memory alone.
    Judgement judge(const PublishRequest& request);
    /// With the storage's answer.
    Result<PublishDecision> conclude(const PublishQuestion& question,
                                     const Result<ClaimOutcome>& outcome);
    PublishDecision decide_in_outage(const PublishQuestion& question);

    AuditEntry audit_of_key(std::string_view action, const StreamKey& key, const Caller& caller,
                            Timestamp at);

    const std::unique_ptr<CountedStorage> storage;
    const OrchestratorSettings settings;
    const Clock& clock;
    RandomSource& random;
    Logger& logger;
    const std::string server_name;
    KeyFollower keys;
    OutagePublishers outage;
    EventBus events;
    SessionRunner sessions;
    Nodes nodes;
    ClaimDesk claims;  // behind all that its answers go through
    std::vector<std::function<void()>> change_listeners;
};

}  // namespace rescuestream
