#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "full_disk/place.hpp"
#include "rescuestream/fake_media_server.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "support/wait.hpp"

namespace rescuestream::testing {

/// Keeps the messages of a log.
class Lines final : public Logger {
public:
    void log(LogLevel, std::string_view message,
             std::initializer_list<LogField>) noexcept override {
        const std::lock_guard lock(mutex_);
        messages_.emplace_back(message);
    }
    std::ptrdiff_t count(std::string_view message) const {
        const std::lock_guard lock(mutex_);
        return std::count(messages_.begin(), messages_.end(), message);
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
};

/// An orchestrator that runs on a database on a small disk, with a media server in memory.
class World {
public:
    World(Place& place, Logger& logger, DatabaseOutage outage = DatabaseOutage::kDeny) {
        StorageOptions storage;
        storage.logger = &logger;
        storage.deadline = std::chrono::milliseconds(1'500);  // as the server has it
        OrchestratorOptions options;
        options.storage = open_storage(place.uri(), storage).value();
        auto fake = std::make_unique<FakeMediaServer>();
        media = fake.get();
        options.media_server = std::move(fake);
        options.logger = &logger;
        options.settings.database_outage = outage;
        options.settings.poll_interval = std::chrono::milliseconds(50);
        orchestrator.emplace(std::move(options));
        orchestrator->migrate().value();
        orchestrator->start();
    }
    ~World() { orchestrator->stop(); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Adds what was acknowledged to `acknowledged`, and returns the first error.
    Error create_until_full(std::vector<BroadcasterId>& acknowledged) {
        NewBroadcaster input{"Somebody", {}};
        while (true) {
            const auto made = orchestrator->create_broadcaster(input, caller);
            if (!made) return made.error();
            acknowledged.push_back(made->id);
        }
    }

    std::size_t broadcasters() { return orchestrator->list_broadcasters().value().items.size(); }

    CreatedStreamKey key(const std::string& path) {
        NewStreamKey input;
        input.broadcaster_id = orchestrator->create_broadcaster({"Owner", {}}, caller).value().id;
        input.playback_path = path;
        return orchestrator->create_stream_key(input, caller).value();
    }

    Result<PublishDecision> ask(const CreatedStreamKey& key, const std::string& connection) {
        PublishRequest request;
        request.path = key.key.playback_path;
        request.password = key.value;
        request.protocol = Protocol::kRtmp;
        request.connection = ConnectionId{connection};
        request.remote_address = "192.0.2.7";
        return orchestrator->decide_publish(request);
    }

    /// Accepts an encoder, and waits until its stream is live.
    void publish(const CreatedStreamKey& key, const std::string& connection) {
        ask(key, connection).value();
        media->publish(ConnectionKind::kRtmp, {connection}, key.key.playback_path);
        if (!eventually([&] { return live(key).has_value(); })) {
            throw std::runtime_error("the stream does not become live");
        }
    }

    std::optional<StreamId> live(const CreatedStreamKey& key) {
        StreamFilter filter;
        filter.states = {StreamState::kLive};
        filter.stream_key_id = key.key.id;
        const auto found = orchestrator->list_streams(filter);
        if (!found || found->items.empty()) return std::nullopt;
        return found->items.front().id;
    }

    bool delivers(const CreatedStreamKey& key) {
        const auto path = media->find_path(key.key.playback_path);
        return path.has_value() && path->source.has_value();
    }

    bool is_recorded(const std::string& action, const std::string& resource) {
        AuditFilter filter;
        filter.action = action;
        filter.resource_id = resource;
        const auto found = orchestrator->list_audit(filter);
        return found && found->total == 1;
    }

    Caller caller{"tester", "TEST", "/test", "127.0.0.1", std::nullopt};
    FakeMediaServer* media = nullptr;
    std::optional<StreamOrchestrator> orchestrator;
};

}  // namespace rescuestream::testing
