#pragma once

#include "orchestrator/nodes.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream {

/// The parts of an orchestrator, in the order in which they depend on one another.
class StreamOrchestrator::Impl {
public:
    explicit Impl(OrchestratorOptions options);
    ~Impl();

    Result<ChangedBroadcaster> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                        const Caller& caller);
    Result<ChangedStreamKey> set_key_disabled(StreamKeyId id, bool disabled, const Caller& caller);
    AuditEntry audit_of_key(std::string_view action, const StreamKey& key, const Caller& caller,
                            Timestamp at);

    const std::unique_ptr<Storage> storage;
    const OrchestratorSettings settings;
    const Clock& clock;
    RandomSource& random;
    Logger& logger;
    const std::string server_name;
    EventBus events;
    SessionRunner sessions;
    Nodes nodes;
};

}  // namespace rescuestream
