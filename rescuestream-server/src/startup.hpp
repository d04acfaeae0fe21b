#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "rescuestream/stream_orchestrator.hpp"
#include "settings/settings.hpp"
#include "stand_in.hpp"

namespace rescuestream::server {

/// A request to stop: SIGINT, SIGTERM, or a call of `request`. Create it before any other thread:
/// it blocks the two signals for all threads and waits for them on its own thread.
///
/// Thread-safety: all methods may be called from any thread.
class StopSignal {
public:
    StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    ~StopSignal();

    void request();
    bool requested() const;
    bool by_signal() const;
    void wait();
    /// Waits for at most `duration`. Returns true as soon as stopping is requested.
    bool wait_for(std::chrono::milliseconds duration);

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool requested_ = false;
    bool by_signal_ = false;
    std::thread listener_;
};

struct Core {
    std::unique_ptr<StreamOrchestrator> orchestrator;
    /// The simulated media server, if MediaMTX is not used; owned by `orchestrator`.
    StandIn* stand_in = nullptr;
};

/// Creates the storage and the media server that the settings name. It connects to neither yet; for
/// SQLite the file is created. `tracer` may be null.
Result<Core> build_core(const Settings& settings, Logger& logger, Tracer* tracer);
/// Does the same, and retries while the disk has no space for the files of the embedded database.
Result<Core> wait_for_core(const Settings& settings, Logger& logger, Tracer* tracer,
                           StopSignal& stop);

/// Migrates the schema. While the database cannot be reached it retries, with pauses that grow up
/// to 5 s, and logs that it waits when that begins, when the reason changes and once a minute. An
/// error is final: the schema belongs to a newer program, the database refuses this program for a
/// reason that stays until somebody changes something, or stopping was requested.
Result<void> wait_for_database(StreamOrchestrator& orchestrator, Logger& logger, StopSignal& stop);

/// With SHARED_SECRET=off: succeeds if somebody may administer the server, that is, if there is a
/// valid credential with the scope admin that is not restricted. kConflict names the setting.
Result<void> check_administrator(const Settings& settings, StreamOrchestrator& orchestrator);

/// Waits until the started orchestrator has polled the media server and reconciled once. Returns
/// false if stopping was requested first.
bool wait_for_first_round(StreamOrchestrator& orchestrator, StopSignal& stop);

}  // namespace rescuestream::server
