#pragma once

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
    /// A claim, or, while the storage is out of reach and the settings allow it, what memory says.
    Result<PublishDecision> decide(const ClaimRequest& claim, const NodeWatch& node,
                                   const std::string& path);
    AuditEntry audit_of_key(std::string_view action, const StreamKey& key, const Caller& caller,
                            Timestamp at);

    const std::unique_ptr<Storage> storage;
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
    std::vector<std::function<void()>> change_listeners;
};

}  // namespace rescuestream
