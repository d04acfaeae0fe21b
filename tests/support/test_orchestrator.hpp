#pragma once

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "rescuestream/fake_media_server.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "support/manual_clock.hpp"

namespace rescuestream::testing {

/// An orchestrator on storage in memory and a media server in memory that the test controls, with a
/// clock that the test moves. `tick` takes the place of the poll thread.
class TestOrchestrator {
public:
    explicit TestOrchestrator(OrchestratorSettings settings = default_settings(),
                              Tracer* tracer = nullptr)
        : TestOrchestrator(open_memory(), std::move(settings), tracer) {}

    TestOrchestrator(std::unique_ptr<Storage> storage, OrchestratorSettings settings,
                     Tracer* tracer = nullptr) {
        auto fake = std::make_unique<FakeMediaServer>(clock);
        media = fake.get();
        OrchestratorOptions options;
        options.storage = std::move(storage);
        options.media_server = std::move(fake);
        options.settings = std::move(settings);
        options.clock = &clock;
        options.tracer = tracer;
        orchestrator = std::make_unique<StreamOrchestrator>(std::move(options));
        orchestrator->subscribe([this](const Event& event) { events.push_back(event); });
    }

    static OrchestratorSettings default_settings() {
        OrchestratorSettings settings;
        settings.on_duplicate = OnDuplicate::kReject;
        settings.reconnect_window = std::chrono::seconds(0);
        settings.unknown_publisher = UnknownPublisher::kKick;  // without observing new nodes first
        settings.cutoff_deadline = std::chrono::milliseconds(300);
        return settings;
    }

    static std::unique_ptr<Storage> open_memory() {
        auto storage = open_storage("memory:");
        if (!storage || !(*storage)->migrate(std::nullopt, Timestamp{})) {
            throw std::runtime_error("no storage in memory");
        }
        return *std::move(storage);
    }

    StreamOrchestrator* operator->() { return orchestrator.get(); }

    Broadcaster broadcaster(const std::string& name = "Rescue 1") {
        return orchestrator->create_broadcaster({name, {}}, caller).value();
    }

    CreatedStreamKey key(const std::string& path = "live/drone1") {
        NewStreamKey input;
        input.broadcaster_id = broadcaster().id;
        input.playback_path = path;
        return orchestrator->create_stream_key(input, caller).value();
    }

    PublishDecision ask(const CreatedStreamKey& key, const std::string& connection,
                        Protocol protocol = Protocol::kRtmp) {
        PublishRequest request;
        request.path = key.key.playback_path;
        request.password = key.value;
        request.protocol = protocol;
        request.connection = ConnectionId{connection};
        request.remote_address = "192.0.2.7";
        return orchestrator->decide_publish(request).value();
    }

    /// Does what a real encoder causes: a request, a connection, a ready path, and the hook.
    bool publish(const CreatedStreamKey& key, const std::string& connection) {
        if (!ask(key, connection).accepted()) return false;
        media->publish(ConnectionKind::kRtmp, {connection}, key.key.playback_path);
        return orchestrator
            ->source_available({key.key.playback_path, "rtmpConn", ConnectionId{connection}})
            .has_value();
    }

    std::vector<Stream> live() {
        StreamFilter filter;
        filter.states = {StreamState::kLive};
        const auto page = orchestrator->list_streams(filter).value();
        return {page.items.begin(), page.items.end()};
    }

    ManualClock clock;
    FakeMediaServer* media = nullptr;
    Caller caller{"tester", "TEST", "/test", "127.0.0.1", std::nullopt};
    std::vector<Event> events;
    std::unique_ptr<StreamOrchestrator> orchestrator;
};

}  // namespace rescuestream::testing
