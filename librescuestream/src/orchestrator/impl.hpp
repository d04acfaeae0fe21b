#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "orchestrator/cutoffs.hpp"
#include "orchestrator/reconciler.hpp"
#include "orchestrator/session_runner.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream {

/// The parts of an orchestrator, in the order in which they depend on one another.
class StreamOrchestrator::Impl {
public:
    explicit Impl(OrchestratorOptions options);
    ~Impl();

    void start();
    void stop();
    void tick() { reconciler.run_once(); }

    Result<ChangedBroadcaster> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                        const Caller& caller);
    Result<ChangedStreamKey> set_key_disabled(StreamKeyId id, bool disabled, const Caller& caller);
    AuditEntry audit_of_key(std::string_view action, const StreamKey& key, const Caller& caller,
                            Timestamp at);

    const std::unique_ptr<Storage> storage;
    const std::unique_ptr<MediaServer> media_server;
    const OrchestratorSettings settings;
    const Clock& clock;
    RandomSource& random;
    Logger& logger;
    EventBus events;
    Figures figures;
    Reservations reservations;
    SessionRunner sessions;
    Cutoffs cutoffs;
    Reconciler reconciler;

private:
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace rescuestream
