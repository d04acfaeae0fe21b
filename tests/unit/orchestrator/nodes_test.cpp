// Several media servers, and several programs that supervise them.
#include <doctest/doctest.h>

#include <map>

#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A media server that several programs use.
class SharedMediaServer final : public MediaServer {
public:
    explicit SharedMediaServer(std::shared_ptr<FakeMediaServer> real) : real_(std::move(real)) {}

    std::string description() const override { return real_->description(); }
    Result<MediaServerInfo> info() override { return real_->info(); }
    Result<std::vector<MediaPath>> list_paths() override { return real_->list_paths(); }
    Result<MediaPath> find_path(const std::string& name) override { return real_->find_path(name); }
    Result<std::vector<MediaConnection>> list_connections(ConnectionKind kind) override {
        return real_->list_connections(kind);
    }
    Result<std::vector<MediaRtspClient>> list_rtsp_clients(ConnectionKind kind) override {
        return real_->list_rtsp_clients(kind);
    }
    Result<void> kick(ConnectionKind kind, const ConnectionId& id) override {
        return real_->kick(kind, id);
    }
    Result<void> add_path_config(const std::string& name, const MediaPathConfig& config) override {
        return real_->add_path_config(name, config);
    }
    Result<void> patch_path_config(const std::string& name,
                                   const MediaPathConfig& config) override {
        return real_->patch_path_config(name, config);
    }
    Result<void> delete_path_config(const std::string& name) override {
        return real_->delete_path_config(name);
    }
    Result<std::vector<MediaPathEntry>> list_path_configs() override {
        return real_->list_path_configs();
    }

private:
    std::shared_ptr<FakeMediaServer> real_;
};

/// Two media servers, "default" and "north", one storage, and the programs that the test creates.
struct Installation {
    ManualClock clock;
    std::shared_ptr<Storage> storage = TestOrchestrator::open_memory();
    std::map<std::string, std::shared_ptr<FakeMediaServer>> media{
        {"default", std::make_shared<FakeMediaServer>(clock)},
        {"north", std::make_shared<FakeMediaServer>(clock)}};
    Caller caller{"tester", "TEST", "/test", "127.0.0.1", std::nullopt};

    std::unique_ptr<StreamOrchestrator> program(const std::string& name) {
        OrchestratorOptions options;
        options.storage =
            std::make_unique<FaultyStorage>(storage, std::make_shared<StorageFaults>());
        options.media_server = std::make_unique<SharedMediaServer>(media.at("default"));
        options.open_media_server =
            [this](const Node& node) -> Result<std::unique_ptr<MediaServer>> {
            return std::unique_ptr<MediaServer>(
                std::make_unique<SharedMediaServer>(media.at(node.name)));
        };
        options.settings = TestOrchestrator::default_settings();
        options.settings.on_duplicate = OnDuplicate::kRejectIfHealthy;
        options.settings.reconnect_window = seconds(60);
        options.server_name = name;
        options.clock = &clock;
        return std::make_unique<StreamOrchestrator>(std::move(options));
    }

    NodeStatus add_north(StreamOrchestrator& program) {
        NewNode input;
        input.name = "north";
        input.label = "North";
        input.api_url = "http://10.0.0.2:9997";
        input.api_password = Secret("secret");
        input.addresses = derive_public_addresses("https://north.example:8889").value();
        return program.create_node(input, caller).value();
    }

    CreatedStreamKey add_key(StreamOrchestrator& program) {
        NewStreamKey input;
        input.broadcaster_id = program.create_broadcaster({"Rescue 1", {}}, caller).value().id;
        input.playback_path = "live/drone1";
        return program.create_stream_key(input, caller).value();
    }

    PublishDecision ask(StreamOrchestrator& program, const CreatedStreamKey& key,
                        const std::string& node, const std::string& connection) {
        PublishRequest request;
        request.node = node;
        request.path = key.key.playback_path;
        request.password = key.value;
        request.protocol = Protocol::kRtmp;
        request.connection = ConnectionId{connection};
        request.remote_address = "192.0.2.7";
        return program.decide_publish(request).value();
    }

    bool publish(StreamOrchestrator& program, const CreatedStreamKey& key, const std::string& node,
                 const std::string& connection) {
        if (!ask(program, key, node, connection).accepted()) return false;
        const auto& path = key.key.playback_path;
        media.at(node)->publish(ConnectionKind::kRtmp, {connection}, path);
        return program.source_available({path, "rtmpConn", ConnectionId{connection}}).has_value();
    }

    static std::vector<Stream> live(StreamOrchestrator& program) {
        StreamFilter filter;
        filter.states = {StreamState::kLive};
        const auto page = program.list_streams(filter).value();
        return {page.items.begin(), page.items.end()};
    }
};

/// A stream that is live at the node north, which does not answer any more.
struct UnreachableNode : Installation {
    UnreachableNode() {
        add_north(*one);
        key = add_key(*one);
        REQUIRE(publish(*one, key, "north", "c1"));
        one->tick();
        before = live(*one).at(0);
        media.at("north")->set_down(true);
    }

    std::unique_ptr<StreamOrchestrator> one = program("one");
    CreatedStreamKey key;
    Stream before;
};

}  // namespace

TEST_CASE_FIXTURE(Installation, "a node that is added is supervised, and shows its state") {
    const auto one = program("one");
    CHECK(add_north(*one).state == NodeState::kUnknown);
    one->tick();
    const auto nodes = one->list_nodes().value();
    REQUIRE(nodes.size() == 2);
    CHECK(nodes[0].is_default);
    CHECK(nodes[0].node.name == "default");
    CHECK(nodes[1].node.label == "North");
    CHECK(nodes[1].state == NodeState::kUp);
    CHECK(nodes[1].reconciled_by == "one");
    CHECK(nodes[1].seen_at == clock.now());

    media.at("north")->set_down(true);
    one->tick();
    const auto down = one->find_node("north").value();
    CHECK(down.state == NodeState::kUnreachable);
    CHECK_FALSE(down.reason.empty());
    CHECK(one->find_node("default").value().state == NodeState::kUp);
}

TEST_CASE_FIXTURE(Installation, "a node that was registered before the start is supervised too") {
    const auto one = program("one");
    add_north(*one);
    one->tick();
    one->start();
    media.at("north")->set_down(true);
    CHECK(eventually(
        [&] { return one->find_node("north").value().state == NodeState::kUnreachable; }));
    one->stop();
}

TEST_CASE_FIXTURE(Installation, "a stream belongs to the node to which its encoder is connected") {
    const auto one = program("one");
    add_north(*one);
    const auto key = add_key(*one);
    REQUIRE(publish(*one, key, "north", "c1"));
    one->tick();
    const auto streams = live(*one);
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].node == "north");
    CHECK(one->viewer_addresses(streams[0]).hls ==
          "https://north.example:8888/live/drone1/index.m3u8");

    const auto revoked = one->revoke_stream_key(key.key.id, caller).value();
    CHECK(revoked.cutoff.kicked == 1);
    REQUIRE(revoked.cutoff.nodes.size() == 1);
    CHECK(revoked.cutoff.nodes[0].node == "north");
    CHECK(media.at("north")->list_paths().value().empty());
    CHECK(live(*one).empty());
}

TEST_CASE_FIXTURE(
    Installation,
    "a cut-off on an unreachable node stays visible, and is done when the node is back") {
    const auto one = program("one");
    add_north(*one);
    const auto key = add_key(*one);
    REQUIRE(publish(*one, key, "north", "c1"));
    media.at("north")->set_down(true);
    const auto revoked = one->revoke_stream_key(key.key.id, caller).value();
    CHECK(revoked.cutoff.pending == 1);
    REQUIRE(revoked.cutoff.nodes.size() == 1);
    CHECK_FALSE(revoked.cutoff.nodes[0].reachable);
    media.at("north")->set_down(false);
    one->tick();
    CHECK(media.at("north")->list_paths().value().empty());
    CHECK(live(*one).empty());
}

TEST_CASE_FIXTURE(Installation, "publishers at a node that is not registered are refused") {
    const auto one = program("one");
    const auto key = add_key(*one);
    CHECK(ask(*one, key, "south", "c1").refusal == PublishRefusal::kUnknownNode);
    CHECK(ask(*one, key, "default", "c1").accepted());
}

TEST_CASE_FIXTURE(Installation, "a draining node keeps its streams and takes no new publishers") {
    const auto one = program("one");
    add_north(*one);
    const auto key = add_key(*one);
    REQUIRE(publish(*one, key, "north", "c1"));
    NodePatch patch;
    patch.draining = true;
    CHECK(one->update_node("north", patch, caller).value().node.draining);
    one->tick();
    CHECK(live(*one).size() == 1);
    const auto other =
        one->create_stream_key({key.key.broadcaster_id, "", "live/b", {}, {}}, caller).value();
    CHECK(ask(*one, other, "north", "c2").refusal == PublishRefusal::kNodeDraining);
    CHECK(ask(*one, other, "default", "c2").accepted());

    // The default node can drain as well, although its addresses are settings.
    CHECK(one->update_node("default", patch, caller).value().node.draining);
    CHECK(ask(*one, other, "", "c3").refusal == PublishRefusal::kNodeDraining);
    patch.draining = false;
    REQUIRE(one->update_node("default", patch, caller));
    CHECK(ask(*one, other, "", "c2").accepted());
}

TEST_CASE_FIXTURE(Installation, "a node cannot be removed while a stream is on it") {
    const auto one = program("one");
    add_north(*one);
    const auto key = add_key(*one);
    REQUIRE(publish(*one, key, "north", "c1"));
    CHECK(one->delete_node("north", caller).error().code == ErrorCode::kConflict);
    REQUIRE(one->revoke_stream_key(key.key.id, caller));
    REQUIRE(one->delete_node("north", caller));
    CHECK(one->list_nodes().value().size() == 1);
    CHECK(one->delete_node("north", caller).error().code == ErrorCode::kNotFound);
    CHECK(one->delete_node("default", caller).error().code == ErrorCode::kConflict);
}

TEST_CASE_FIXTURE(Installation,
                  "a media server that is a node already is refused, by its start time") {
    media["twin"] = media.at("default");
    const auto one = program("one");
    one->start();
    REQUIRE(eventually([&] { return one->find_node("default").value().state == NodeState::kUp; }));
    NewNode twin;
    twin.name = "twin";
    twin.api_url = "http://10.0.0.3:9997";
    const auto refused = one->create_node(twin, caller);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(refused.error().message.find("of the node default") != std::string::npos);
    CHECK(refused.error().fields.at(0).pointer == "/api_url");
    CHECK(one->list_nodes().value().size() == 1);
    add_north(*one);  // another one
    one->stop();
}

TEST_CASE_FIXTURE(Installation, "two nodes cannot have one address") {
    const auto one = program("one");
    add_north(*one);
    media["south"] = std::make_shared<FakeMediaServer>(clock);
    NewNode south;
    south.name = "south";
    south.api_url = "http://10.0.0.2:9997/";
    const auto refused = one->create_node(south, caller);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(refused.error().message.find("of the node north") != std::string::npos);
    NodePatch same;
    same.api_url = "http://10.0.0.2:9997";
    CHECK(one->update_node("north", same, caller));
}

TEST_CASE_FIXTURE(Installation,
                  "nothing is done at a node whose media server turns out to be another node's") {
    media["north"] = media.at("default");
    const auto one = program("one");
    media.at("default")->set_down(true);
    add_north(*one);
    media.at("default")->set_down(false);
    const auto key = add_key(*one);
    REQUIRE(publish(*one, key, "default", "c1"));
    for (int i = 0; i < 4; ++i) {
        clock.advance(seconds(1));
        media.at("default")->receive_bytes("live/drone1", 1'000);
        one->tick();
    }
    CHECK(live(*one).size() == 1);
    CHECK(media.at("default")->kick_count() == 0);
    const auto north = one->find_node("north").value();
    CHECK(north.state == NodeState::kDegraded);
    CHECK(north.reason.find("of the node default") != std::string::npos);
    CHECK(one->find_node("default").value().state == NodeState::kUp);
}

TEST_CASE_FIXTURE(Installation, "a wrong node is refused with every wrong member") {
    const auto one = program("one");
    NewNode input;
    input.name = "North!";
    input.api_url = "ftp://x";
    input.addresses.rtsp = "http://x";
    input.addresses.rtmp = "rtmp://x/live";  // the path of a key follows it
    input.addresses.srt = "srt://user:password@x";
    input.label = std::string(256, 'x');
    const auto refused = one->create_node(input, caller);
    REQUIRE_FALSE(refused.has_value());
    std::vector<std::string> pointers;
    for (const auto& field : refused.error().fields) pointers.push_back(field.pointer);
    CHECK(pointers == std::vector<std::string>{"/name", "/label", "/api_url", "/addresses/rtsp",
                                               "/addresses/rtmp", "/addresses/srt"});
    NodePatch patch;
    patch.api_url = "http://10.0.0.9:9997";
    CHECK(one->update_node("default", patch, caller).error().code == ErrorCode::kInvalidArgument);
    CHECK(one->list_nodes().value().size() == 1);
}

TEST_CASE_FIXTURE(UnreachableNode,
                  "a key whose node is unreachable is free for another node soon") {
    one->tick();
    CHECK(ask(*one, key, "default", "c2").refusal == PublishRefusal::kInUse);
    clock.advance(seconds(5));
    one->tick();
    CHECK(one->find_stream(before.id).value().state == StreamState::kUnknown);
    REQUIRE(publish(*one, key, "default", "c2"));
    const auto after = one->find_stream(before.id).value();
    CHECK(after.state == StreamState::kLive);
    CHECK(after.node == "default");
    CHECK(after.generation == before.generation + 1);

    // The old encoder is still there when its node is back, and is not allowed any more.
    media.at("north")->set_down(false);
    one->tick();
    one->tick();
    CHECK(media.at("north")->list_paths().value().empty());
    CHECK(live(*one).size() == 1);
}

TEST_CASE_FIXTURE(UnreachableNode,
                  "an encoder that moves to another node does not continue a stopped stream") {
    const auto stopped = one->stop_stream(before.id, seconds(0), caller).value();
    CHECK(stopped.cutoff.pending == 1);
    REQUIRE(publish(*one, key, "default", "c2"));
    const auto ended = one->find_stream(before.id).value();
    CHECK(ended.state == StreamState::kEnded);
    CHECK(ended.end_reason == EndReason::kStopped);
    CHECK(ended.node == "north");
    REQUIRE(live(*one).size() == 1);
    CHECK(live(*one).at(0).id != before.id);
    CHECK(live(*one).at(0).node == "default");

    media.at("north")->set_down(false);
    one->tick();
    CHECK(media.at("north")->list_paths().value().empty());
    CHECK(live(*one).size() == 1);
    CHECK(one->find_stream(before.id).value() == ended);
}

TEST_CASE_FIXTURE(UnreachableNode, "a stopped stream whose node is lost ends as stopped") {
    REQUIRE(one->stop_stream(before.id, seconds(0), caller));
    clock.advance(seconds(61));
    one->tick();
    CHECK(one->find_stream(before.id).value().end_reason == EndReason::kStopped);
}

TEST_CASE_FIXTURE(
    Installation,
    "a stream whose node was unreachable continues if no other publisher took its key") {
    const auto one = program("one");
    add_north(*one);
    const auto key = add_key(*one);
    REQUIRE(publish(*one, key, "north", "c1"));
    media.at("north")->receive_bytes("live/drone1", 1'000);
    one->tick();
    media.at("north")->set_down(true);
    clock.advance(seconds(10));
    one->tick();
    media.at("north")->set_down(false);
    for (int round = 0; round < 3; ++round) {
        clock.advance(seconds(1));
        media.at("north")->receive_bytes("live/drone1", 1'000);
        one->tick();
    }
    const auto streams = live(*one);
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].generation == 1);
    CHECK(streams[0].interruptions == 0);
    CHECK(ask(*one, key, "default", "c2").refusal == PublishRefusal::kInUse);
}

TEST_CASE_FIXTURE(Installation,
                  "one of two programs supervises a node, and the other takes over when it dies") {
    const auto one = program("one");
    auto two = program("two");
    const auto key = add_key(*one);
    two->tick();
    one->tick();
    CHECK(one->find_node("default").value().reconciled_by == "two");
    REQUIRE(publish(*one, key, "default", "c1"));
    media.at("default")->disconnect({"c1"});
    // Two polls would be enough for the program in charge.
    one->tick();
    one->tick();
    CHECK(live(*one).size() == 1);
    for (int second = 0; second < 8; ++second) {  // `two` was killed and does not renew its lease
        clock.advance(seconds(1));
        one->tick();
    }
    CHECK(one->find_node("default").value().reconciled_by == "one");
    CHECK(live(*one).empty());
}

TEST_CASE_FIXTURE(Installation, "a program that stops releases its nodes at once") {
    const auto one = program("one");
    auto two = program("two");
    two->tick();
    one->tick();
    two.reset();
    one->tick();
    CHECK(one->find_node("default").value().reconciled_by == "one");
}

TEST_CASE_FIXTURE(
    Installation,
    "a cut-off that another program should carry out is done even if that one does not") {
    const auto one = program("one");
    const auto two = program("two");
    const auto key = add_key(*one);
    two->tick();
    REQUIRE(publish(*one, key, "default", "c1"));
    const auto revoked = one->revoke_stream_key(key.key.id, caller).value();
    CHECK(revoked.cutoff.kicked == 1);
    CHECK(media.at("default")->list_paths().value().empty());
    CHECK(live(*one).empty());
}
