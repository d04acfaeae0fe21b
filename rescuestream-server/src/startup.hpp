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

/// The wish to stop: SIGINT, SIGTERM, or a call. Make it before any other thread: it blocks the two
/// signals for all of them and waits for them on a thread of its own.
///
/// Thread-safety: all methods from any thread.
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
    /// True when stopping is wanted, at the latest after `duration`.
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
    StandIn* stand_in = nullptr;  ///< Its media server, when that is none; its own.
};

/// Opens the storage and the media server that the settings name. Reaches for neither yet, except
/// that an SQLite file is made.
Result<Core> build_core(const Settings& settings, Logger& logger);
/// The same; while the disk has no room for the files of the embedded database, it tries again.
Result<Core> wait_for_core(const Settings& settings, Logger& logger, StopSignal& stop);

/// Migrates; while the database cannot be reached it tries again, with longer and longer pauses up
/// to 5 s, and says so. An error is final: a schema of a newer program, or the wish to stop.
Result<void> wait_for_database(StreamOrchestrator& orchestrator, Logger& logger, StopSignal& stop);

/// Until the started orchestrator has looked at the media server and compared; false: stopping was
/// wanted before.
bool wait_for_first_round(StreamOrchestrator& orchestrator, StopSignal& stop);

}  // namespace rescuestream::server
