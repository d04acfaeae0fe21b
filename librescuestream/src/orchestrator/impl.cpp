#include "orchestrator/impl.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace rescuestream {
namespace {

constexpr std::chrono::milliseconds kRetryInterval{200};

template <class T>
std::unique_ptr<T> required(std::unique_ptr<T> pointer, const char* name) {
    if (!pointer) throw std::invalid_argument(std::string(name) + " is required");
    return pointer;
}

}  // namespace

StreamOrchestrator::Impl::Impl(OrchestratorOptions options)
    : storage(required(std::move(options.storage), "OrchestratorOptions::storage")),
      media_server(required(std::move(options.media_server), "OrchestratorOptions::media_server")),
      settings(std::move(options.settings)),
      clock(options.clock != nullptr ? *options.clock : system_clock()),
      random(options.random != nullptr ? *options.random : system_random()),
      logger(options.logger != nullptr ? *options.logger : null_logger()),
      sessions({*storage,
                random,
                logger,
                events,
                figures,
                {settings.reservation_timeout, settings.reconnect_window}}),
      cutoffs({*storage, *media_server, sessions, events, figures, clock, logger,
               settings.cutoff_deadline}),
      reconciler({*storage, *media_server, sessions, cutoffs, figures, reservations, clock, random,
                  logger, settings}) {}

StreamOrchestrator::Impl::~Impl() {
    stop();
}

void StreamOrchestrator::Impl::start() {
    thread_ = std::thread([this] { run(); });
}

void StreamOrchestrator::Impl::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    cutoffs.stop();
    if (thread_.joinable()) thread_.join();
}

void StreamOrchestrator::Impl::run() {
    while (true) {
        try {
            reconciler.run_once();
        } catch (const std::exception& error) {
            // One bad round must not end the watch over what is live.
            logger.error("a round of the reconciler failed", {{"error", error.what()}});
        }
        // A media server that is down may be back at any moment, with all its encoders at once.
        const auto pause = reconciler.status().reachable
                               ? settings.poll_interval
                               : std::min(settings.poll_interval, kRetryInterval);
        std::unique_lock lock(mutex_);
        if (wake_.wait_for(lock, pause, [this] { return stopping_; })) return;
    }
}

}  // namespace rescuestream
