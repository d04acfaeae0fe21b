#include "orchestrator/impl.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "support/crypto.hpp"
#include "support/make_uuid.hpp"

namespace rescuestream {
namespace {

constexpr Worker::Rhythm kWriteBehind{std::chrono::milliseconds(400),
                                      std::chrono::milliseconds(25)};

template <class T>
std::unique_ptr<T> required(std::unique_ptr<T> pointer, const char* name) {
    if (!pointer) throw std::invalid_argument(std::string(name) + " is required");
    return pointer;
}

std::optional<StorageTracer> tracer_of_storage(const OrchestratorOptions& options) {
    if (options.tracer == nullptr || !options.storage) return std::nullopt;
    return StorageTracer(options.storage->backend());
}

std::vector<StorageObserver*> observers_of_storage(StorageMeter& meter,
                                                   std::optional<StorageTracer>& tracer) {
    std::vector<StorageObserver*> observers{&meter};
    if (tracer) observers.push_back(&*tracer);
    return observers;
}

OrchestratorSettings completed(OrchestratorSettings settings) {
    if (settings.relay_secret.empty()) {
        std::array<std::uint8_t, 32> bytes{};
        system_random().fill(bytes);
        settings.relay_secret = Secret(base64url_encode(bytes));
    }
    return settings;
}

}  // namespace

StreamOrchestrator::Impl::Impl(OrchestratorOptions options)
    : storage_tracer(tracer_of_storage(options)),
      storage(std::make_unique<CountedStorage>(std::make_shared<ObservedStorage>(
          required(std::move(options.storage), "OrchestratorOptions::storage"),
          observers_of_storage(storage_meter, storage_tracer)))),
      settings(completed(std::move(options.settings))),
      clock(options.clock != nullptr ? *options.clock : system_clock()),
      random(options.random != nullptr ? *options.random : system_random()),
      logger(options.logger != nullptr ? *options.logger : null_logger()),
      tracer(options.tracer),
      // Always from the system's random source: no two programs may have the same name.
      server_name(options.server_name.empty() ? make_uuid(clock.now(), system_random()).to_string()
                                              : std::move(options.server_name)),
      keys(*storage, clock, logger, settings.helper_paths),
      playback_tokens(*storage, clock, logger, settings.control_secret),
      credentials(*storage, clock, logger, settings.control_secret),
      viewers(*storage, clock, logger),
      changes(*storage, keys, cutoff_meter),
      unwritten(keys, logger),
      outage({*storage, clock, random, logger, settings}),
      noted(*storage, clock, random, logger),
      sessions({*storage,
                random,
                logger,
                events,
                [this](const Stream& stream) -> std::optional<StreamTotals> {
                    const auto watch = nodes.find(stream.node);
                    if (!watch) return std::nullopt;
                    return watch->figures().totals_of(stream.id);
                },
                {settings.reservation_timeout, settings.reconnect_window,
                 settings.legacy_path_keys == LegacyPathKeys::kExpose}}),
      instances(settings.node),
      nodes(
          required(std::move(options.media_server), "OrchestratorOptions::media_server"),
          std::move(options.open_media_server),
          {*storage, sessions, changes, events, outage, unwritten, clock, random, logger, tracer,
           cutoff_meter, settings, server_name, instances, keys, playback_tokens, viewers, noted}),
      withdrawals({keys, unwritten, nodes, logger}),
      broadcasters(request_dependencies()),
      stream_keys(request_dependencies()),
      streams(request_dependencies()),
      incidents(request_dependencies()),
      incident_reports(request_dependencies()),
      guest_links(request_dependencies()),
      node_admin(request_dependencies()),
      api_credentials(request_dependencies(), credentials),
      audit_log(request_dependencies()),
      audit_keeper(request_dependencies(), logger),
      repeatable_requests(request_dependencies()),
      source_reports(request_dependencies()),
      publishing(publishing_dependencies()),
      viewing({request_dependencies(), playback_tokens, viewers, tracer}),
      playback_key_admin({request_dependencies(), playback_tokens}),
      playback_admin({request_dependencies(), playback_tokens, playback_key_admin}),
      viewer_admin({request_dependencies(), viewers}),
      refused_attempts(*storage, clock, logger),
      refused_calls(*storage, clock, random, logger),
      claims(*storage, {.steps = std::max<std::size_t>(settings.publish_steps, 1)}),
      care(*storage, logger),
      write_behind("write-behind", kWriteBehind, logger) {
    events.add([this](const Event& event) {
        noted.note_takeover(event);
        if (const auto watch = nodes.find(event.stream.node)) watch->meter().count_event(event);
    });
}

RequestDependencies StreamOrchestrator::Impl::request_dependencies() noexcept {
    return {*storage,  changes,     keys,  sessions, nodes,
            unwritten, withdrawals, clock, random,   settings};
}

Publishing::Dependencies StreamOrchestrator::Impl::publishing_dependencies() noexcept {
    return {request_dependencies(), outage, claims, care, tracer, publish_meter};
}

StreamOrchestrator::Impl::~Impl() {
    stop();
}

bool StreamOrchestrator::Impl::load() {
    if (!keys.has_read()) return false;
    playback_tokens.refresh_and_compare();
    credentials.refresh();
    return true;
}

void StreamOrchestrator::Impl::start() {
    load();  // on an error the threads repeat it
    withdrawals.start();
    playback_tokens.set_followed(true);
    viewers.set_followed(true);
    keys.start([this] {
        outage.settle();
        if (playback_tokens.refresh_and_compare()) nodes.poll_soon();
    });
    credentials.start();
    write_behind.start([this] {
        refused_calls.write();
        if (viewers.work()) nodes.poll_soon();
    });
    nodes.start();
    claims.start();
    refused_attempts.start();
    care.start([this] {
        if (keys.is_cut_off()) return;
        unwritten.write_all();
        noted.write();
        audit_keeper.tick();
    });
    storage->watch_changes([this] {
        nodes.wake();
        keys.invalidate();
        credentials.invalidate();
        write_behind.wake();
        for (const auto& listener : change_listeners) listener();
    });
}

void StreamOrchestrator::Impl::stop() {
    withdrawals.stop();
    storage->watch_changes(nullptr);
    const bool was_running = care.stop();
    claims.stop();
    refused_attempts.stop();
    nodes.stop();
    noted.write();
    credentials.stop();
    write_behind.stop();
    refused_calls.write();
    // Nothing writes entries any more. A database that does not answer would delay the stop.
    if (was_running && !keys.is_cut_off()) audit_keeper.finish();
    keys.stop();
    playback_tokens.set_followed(false);
    if (viewers.set_followed(false)) viewers.work();
}

}  // namespace rescuestream
