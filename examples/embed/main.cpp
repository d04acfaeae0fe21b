// A small media tool with RescueStream inside: who may publish, what is live, and who is cut off.
// An in-memory media server plays MediaMTX, so it runs anywhere and ends by itself.

#include <cstdlib>
#include <iostream>
#include <memory>
#include <rescuestream/fake_media_server.hpp>
#include <rescuestream/storage.hpp>
#include <rescuestream/stream_orchestrator.hpp>
#include <rescuestream/version.hpp>
#include <string>
#include <utility>

namespace {

namespace rs = rescuestream;

// Every call of the library answers with a value or with a reason: this tool ends at a reason.
template <class T>
T value_or_exit(rs::Result<T> result) {
    if (!result) {
        std::cerr << "embed: " << result.error().message << '\n';
        std::exit(EXIT_FAILURE);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// What MediaMTX asks when an encoder connects: may `connection` publish to `path`?
bool may_publish(rs::StreamOrchestrator& orchestrator, const std::string& path,
                 const rs::ConnectionId& connection, const rs::Secret& password) {
    rs::PublishRequest request;
    request.path = path;
    request.protocol = rs::Protocol::kRtmp;
    request.connection = connection;
    request.remote_address = "192.0.2.7";
    request.password = password;

    const rs::PublishDecision decision = value_or_exit(orchestrator.decide_publish(request));
    std::cout << connection.value << ": "
              << (decision.accepted() ? "accepted" : rs::to_string(*decision.refusal)) << '\n';
    return decision.accepted();
}

void print_live_streams(rs::StreamOrchestrator& orchestrator) {
    rs::StreamFilter live;
    live.states = {rs::StreamState::kLive};
    const auto streams = value_or_exit(orchestrator.list_streams(live));
    std::cout << "live: " << streams.items.size() << '\n';
    for (const rs::Stream& stream : streams.items) {
        std::cout << "  " << stream.path << "  " << orchestrator.viewer_addresses(stream).hls
                  << '\n';
    }
}

}  // namespace

int main() {
    std::cout << "rescuestream " << RESCUESTREAM_VERSION << '\n';

    auto media_server = std::make_unique<rs::testing::FakeMediaServer>();
    rs::testing::FakeMediaServer& encoders = *media_server;  // owned by the orchestrator from here

    rs::OrchestratorOptions options;
    options.storage = value_or_exit(rs::open_storage("memory:"));
    options.media_server = std::move(media_server);
    rs::StreamOrchestrator orchestrator(std::move(options));
    value_or_exit(orchestrator.migrate());

    orchestrator.subscribe([](const rs::Event& event) {
        std::cout << "event: " << rs::to_string(event.type) << ' ' << event.stream.path << '\n';
    });

    rs::Caller caller;  // who makes the change; the audit record names it
    caller.actor = "embed";
    rs::NewBroadcaster team;
    team.display_name = "Drone team";
    rs::NewStreamKey drone_key;
    drone_key.broadcaster_id = value_or_exit(orchestrator.create_broadcaster(team, caller)).id;
    drone_key.playback_path = "live/drone1";
    const auto key = value_or_exit(orchestrator.create_stream_key(drone_key, caller));

    // A wrong key is refused; the right one is accepted, and the encoder begins to deliver.
    const rs::ConnectionId stranger{"11111111-1111-4111-8111-111111111111"};
    const rs::ConnectionId drone{"22222222-2222-4222-8222-222222222222"};
    may_publish(orchestrator, "live/drone1", stranger, rs::generate_key_value(rs::system_random()));
    if (!may_publish(orchestrator, "live/drone1", drone, key.value)) return EXIT_FAILURE;
    encoders.connect(rs::ConnectionKind::kRtmp, drone, "192.0.2.7:50000");
    encoders.publish(rs::ConnectionKind::kRtmp, drone, "live/drone1");
    encoders.receive_bytes("live/drone1", 100'000);

    // After `orchestrator.start()` a thread would poll; this program polls by itself.
    orchestrator.tick();
    print_live_streams(orchestrator);

    // Revoking removes the encoder from the media server and keeps it out.
    const auto revoked = value_or_exit(orchestrator.revoke_stream_key(key.key.id, caller));
    std::cout << "revoked: " << revoked.cutoff.kicked << " kicked\n";
    print_live_streams(orchestrator);
    may_publish(orchestrator, "live/drone1", drone, key.value);
}
