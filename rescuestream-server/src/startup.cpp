#include "startup.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "support/crypto.hpp"

namespace rescuestream::server {
namespace {

// What remains of the two seconds that MediaMTX waits for /auth, after waiting for a worker and
// until a watchdog has noticed: see LaneLimits in carrier/reactor_carrier.cpp.
constexpr std::chrono::milliseconds kStorageDeadline{1'500};

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

// The name is the same after a restart; another server on this host has another port.
std::string make_server_name(const Settings& settings) {
    if (!settings.server_name.empty()) return settings.server_name;
    std::array<char, 256> host{};
    if (settings.api_port == 0 || gethostname(host.data(), host.size() - 1) != 0) return {};
    return fmt::format("{}:{}", host.data(), settings.api_port);
}

// Logs what is waited for when that begins, when the reason changes, and once a minute.
class WaitLog {
public:
    explicit WaitLog(Logger& logger) : logger_(logger) {}

    void attempt_failed(const Error& error) {
        constexpr std::chrono::seconds kBetweenLines{60};
        const auto now = std::chrono::steady_clock::now();
        ++attempts_;
        if (error.message == told_ && now - told_at_ < kBetweenLines) return;
        told_ = error.message;
        told_at_ = now;
        const auto waited = std::chrono::duration_cast<std::chrono::seconds>(now - begun_);
        logger_.warning("waiting for the database", {{"error", error.message},
                                                     {"detail", error.detail},
                                                     {"seconds", waited.count()},
                                                     {"attempts", attempts_}});
    }

private:
    using Time = std::chrono::steady_clock::time_point;

    Logger& logger_;
    const Time begun_ = std::chrono::steady_clock::now();
    Time told_at_;
    std::string told_;
    int attempts_ = 0;
};

}  // namespace

StopSignal::StopSignal() {
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    listener_ = std::thread([this] {
        const sigset_t wanted = stop_signals();
        int received = 0;
        sigwait(&wanted, &received);
        {
            const std::lock_guard lock(mutex_);
            // The destructor also wakes this thread with a signal, when nobody reads the flag any
            // more.
            by_signal_ = true;
            requested_ = true;
        }
        changed_.notify_all();
    });
}

StopSignal::~StopSignal() {
    pthread_kill(listener_.native_handle(), SIGTERM);
    listener_.join();
}

void StopSignal::request() {
    {
        const std::lock_guard lock(mutex_);
        requested_ = true;
    }
    changed_.notify_all();
}

bool StopSignal::requested() const {
    const std::lock_guard lock(mutex_);
    return requested_;
}

bool StopSignal::by_signal() const {
    const std::lock_guard lock(mutex_);
    return by_signal_;
}

void StopSignal::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return requested_; });
}

bool StopSignal::wait_for(std::chrono::milliseconds duration) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, duration, [this] { return requested_; });
}

Result<Core> build_core(const Settings& settings, Logger& logger, Tracer* tracer) {
    StorageOptions storage_options;
    storage_options.logger = &logger;
    storage_options.connections = settings.orchestrator.publish_steps;
    storage_options.deadline = kStorageDeadline;
    storage_options.pooler = settings.database_pooler;
    storage_options.listen_uri = settings.database_listen_url;
    auto storage = open_storage(settings.database_url, storage_options);
    if (!storage) {
        const auto& message = storage.error().message;
        if (storage.error().code == ErrorCode::kInvalidArgument &&
            !message.starts_with("DATABASE_LISTEN_URL")) {
            storage.error().message = "DATABASE_URL: " + storage.error().message;
        }
        return std::move(storage).error();
    }

    Core core;
    std::unique_ptr<MediaServer> media_server;
    if (settings.orchestrator.api_url == "memory:") {
        logger.warning(
            "no MediaMTX: the media server is simulated in memory, nothing can be published");
        auto stand_in = std::make_unique<StandIn>();
        core.stand_in = stand_in.get();
        media_server = std::move(stand_in);
    } else {
        MediaMtxOptions media_options;
        media_options.api_url = settings.orchestrator.api_url;
        media_options.user = settings.orchestrator.api_user;
        media_options.password = settings.orchestrator.api_password;
        media_options.ca_file = settings.orchestrator.api_ca_file;
        auto opened = open_media_mtx(media_options);
        if (!opened) return std::move(opened).error();
        media_server = *std::move(opened);
    }

    OrchestratorOptions options;
    options.storage = *std::move(storage);
    options.media_server = std::move(media_server);
    options.open_media_server = open_media_mtx_with(settings.orchestrator.api_ca_file);
    options.settings = settings.orchestrator;
    // Every server of the installation can compute it, and nobody else.
    options.settings.relay_secret =
        Secret(to_hex(hmac_sha256(settings.api_secret.reveal(), "rescuestream relay")));
    options.server_name = make_server_name(settings);
    options.logger = &logger;
    options.tracer = tracer;
    core.orchestrator = std::make_unique<StreamOrchestrator>(std::move(options));
    return core;
}

Result<Core> wait_for_core(const Settings& settings, Logger& logger, Tracer* tracer,
                           StopSignal& stop) {
    constexpr std::chrono::milliseconds kPause{2'000};
    while (true) {
        auto core = build_core(settings, logger, tracer);
        if (core || core.error().code != ErrorCode::kStorageFull) return core;
        logger.warning("waiting for room on the disk of the database",
                       {{"error", core.error().message},
                        {"detail", core.error().detail},
                        {"next_try_ms", kPause.count()}});
        if (stop.wait_for(kPause)) return core;
    }
}

Result<void> wait_for_database(StreamOrchestrator& orchestrator, Logger& logger, StopSignal& stop) {
    constexpr std::chrono::milliseconds kLongestPause{5'000};
    std::chrono::milliseconds pause{200};
    WaitLog log(logger);
    while (true) {
        const auto migrated = orchestrator.migrate();
        if (migrated) {
            logger.info("database is ready", {{"schema", migrated->current}});
            return {};
        }
        const Error& error = migrated.error();
        const bool may_pass = error.code == ErrorCode::kUnavailable ||
                              error.code == ErrorCode::kTimeout ||
                              error.code == ErrorCode::kStorageFull;
        if (!may_pass) return error;
        log.attempt_failed(error);
        if (stop.wait_for(pause)) return error;
        pause = std::min(pause * 2, kLongestPause);
    }
}

Result<void> check_administrator(const Settings& settings, StreamOrchestrator& orchestrator) {
    if (settings.shared_secret) return {};
    const auto credentials = orchestrator.list_credentials();
    if (!credentials) return credentials.error();
    for (const auto& each : *credentials) {
        const bool is_valid = each.status_at(orchestrator.now()) == ApiCredentialStatus::kActive;
        if (is_valid && each.scopes.names(Scope::kAdmin) && !each.is_restricted()) return {};
    }
    return Error{ErrorCode::kConflict,
                 "SHARED_SECRET=off: nobody could administer this server, because there is no "
                 "valid credential with the scope admin. Create one (rescuestream-cli credential "
                 "add NAME --scope admin), or leave SHARED_SECRET out.",
                 {},
                 {}};
}

bool wait_for_first_round(StreamOrchestrator& orchestrator, StopSignal& stop) {
    constexpr std::chrono::milliseconds kPause{10};
    while (!orchestrator.health().first_poll_done) {
        if (stop.wait_for(kPause)) return false;
    }
    return true;
}

}  // namespace rescuestream::server
