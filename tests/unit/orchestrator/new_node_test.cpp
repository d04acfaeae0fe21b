// A media server that is seen for the first time is observed before a publisher is removed there.
#include <doctest/doctest.h>

#include <algorithm>

#include "orchestrator/audit.hpp"
#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

OrchestratorSettings nothing_said() {
    auto settings = TestOrchestrator::default_settings();
    settings.unknown_publisher.reset();
    return settings;
}

void poll_rounds(TestOrchestrator& t, int times = 1) {
    for (int i = 0; i < times; ++i) {
        t.clock.advance(seconds(1));
        t->tick();
    }
}

std::vector<AuditEntry> audit_of(TestOrchestrator& t, const char* action) {
    AuditFilter filter;
    filter.action = action;
    return t->list_audit(filter).value().entries;
}

NodeStatus node(TestOrchestrator& t) {
    return t->find_node("default").value();
}

struct Beside {
    explicit Beside(OrchestratorSettings settings = nothing_said()) : t(std::move(settings)) {
        t.media->connect(ConnectionKind::kRtsp, {"r1"}, "192.0.2.8:4711");
        t.media->publish(ConnectionKind::kRtsp, {"r1"}, "somebodys/camera");
        t.media->publish(ConnectionKind::kSrt, {"s1"}, "live/other");
    }
    TestOrchestrator t;
};

// What the owner of a media server writes into its configuration.
void configure(TestOrchestrator& t, const std::string& method, const std::string& address) {
    MediaConfiguration configuration;
    configuration.auth_method = method;
    configuration.auth_http_address = address;
    t.media->set_configuration(configuration);
}

constexpr const char* kHere = "http://127.0.0.1:8080/auth";

// A media server that was seen to ask, and has two publishers after that which nobody asked about.
struct GoneBack {
    GoneBack(const std::string& method, const std::string& address,
             OrchestratorSettings settings = nothing_said())
        : t(std::move(settings)) {
        REQUIRE(t.publish(t.key(), "c1"));
        poll_rounds(t, 2);
        REQUIRE(node(t).standing.asked_at);
        t.media->disconnect({"c1"});
        configure(t, method, address);
        t.media->publish(ConnectionKind::kRtsp, {"r1"}, "somebodys/camera");
        t.media->publish(ConnectionKind::kSrt, {"s1"}, "live/other");
    }
    TestOrchestrator t;
};

}  // namespace

TEST_CASE("publishers of a media server that has never asked us are observed and reported") {
    Beside beside;
    auto& t = beside.t;
    poll_rounds(t, 10);
    CHECK(t.media->list_paths()->size() == 2);
    CHECK(t.media->kick_count() == 0);

    const auto status = node(t);
    CHECK(status.state == NodeState::kNotAsking);
    CHECK(status.reason.find("authHTTPAddress") != std::string::npos);
    CHECK(status.reason.find("rescuestream-cli mediamtx config") != std::string::npos);
    CHECK(status.reason.find("rescuestream-cli node enforce default") != std::string::npos);
    CHECK_FALSE(status.standing.is_enforced());
    REQUIRE(status.standing.unknown.size() == 2);
    CHECK(status.standing.unknown[0].path == "somebodys/camera");
    CHECK(status.standing.unknown[0].protocol == Protocol::kRtsp);
    CHECK(status.standing.unknown[0].remote_address == "192.0.2.8");
    CHECK(status.standing.unknown[0].connection == ConnectionId{"r1"});

    const auto told = audit_of(t, "watch");
    REQUIRE(told.size() == 2);  // once each
    CHECK(told[0].actor == "rescuestream");
    CHECK(audit_of(t, "remove").empty());
}

TEST_CASE("a publisher that we accepted and the media server lists ends the observation") {
    Beside beside;
    auto& t = beside.t;
    poll_rounds(t, 3);
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    t.media->receive_bytes(key.key.playback_path, 1'000);
    poll_rounds(t, 3);
    const auto paths = t.media->list_paths().value();
    REQUIRE(paths.size() == 1);
    CHECK(paths[0].name == key.key.playback_path);

    const auto status = node(t);
    CHECK(status.state == NodeState::kUp);
    CHECK(status.standing.asked_at);
    CHECK(status.standing.unknown.empty());
    REQUIRE(audit_of(t, "enforce").size() == 1);
    const auto removed = audit_of(t, "remove");
    REQUIRE(removed.size() == 2);
    std::string all;
    for (const auto& entry : removed) all += entry.metadata.text();
    for (const char* part :
         {R"("path":"somebodys/camera")", R"("address":"192.0.2.8")", R"("protocol":"rtsp")",
          R"("protocol":"srt")", R"("setting":"UNKNOWN_PUBLISHER=kick")", R"("node":"default")"}) {
        CAPTURE(part);
        CHECK(all.find(part) != std::string::npos);
    }
}

TEST_CASE("a request that matches no publisher of the media server removes no publisher") {
    Beside beside;
    auto& t = beside.t;
    const auto key = t.key();
    poll_rounds(t);
    // A stranger with a valid key sends requests of his own.
    REQUIRE(t.ask(key, "made up").accepted());
    poll_rounds(t, 3);
    // He knows the id of a connection that publishes elsewhere.
    t.clock.advance(seconds(60));
    const auto other = t.key("live/second");
    REQUIRE(t.ask(other, "s1", Protocol::kSrt).accepted());
    poll_rounds(t, 3);
    // He publishes to his own path, and the media server does not ask about that connection.
    t.media->publish(ConnectionKind::kRtmp, {"not asked"}, key.key.playback_path);
    poll_rounds(t, 5);
    CHECK(t.media->find_path("somebodys/camera"));
    CHECK(t.media->find_path("live/other"));
    CHECK_FALSE(node(t).standing.is_enforced());
}

TEST_CASE("an administrator may have unknown publishers removed at once") {
    Beside beside;
    auto& t = beside.t;
    poll_rounds(t, 3);
    const auto ordered = t->enforce_node("default", t.caller);
    REQUIRE(ordered);
    CHECK(ordered->standing.enforced_at);
    CHECK(t->enforce_node("default", t.caller));
    CHECK(audit_of(t, "enforce").size() == 1);
    poll_rounds(t, 2);
    CHECK(t.media->list_paths()->empty());
    CHECK(audit_of(t, "remove").size() == 2);
    // It still does not ask, and its status says so.
    CHECK(node(t).state == NodeState::kNotAsking);
    CHECK(t->enforce_node("nowhere", t.caller).error().code == ErrorCode::kNotFound);
}

TEST_CASE("UNKNOWN_PUBLISHER applies from the first poll on when it is set") {
    auto settings = nothing_said();
    settings.unknown_publisher = UnknownPublisher::kKick;
    Beside beside(settings);
    poll_rounds(beside.t, 2);
    CHECK(beside.t.media->list_paths()->empty());
}

TEST_CASE("ignored publishers are reported, and not as a fault of a media server that asks") {
    auto settings = nothing_said();
    settings.unknown_publisher = UnknownPublisher::kIgnore;
    Beside beside(settings);
    auto& t = beside.t;
    poll_rounds(t, 3);
    CHECK(t.media->list_paths()->size() == 2);
    REQUIRE(t.publish(t.key(), "c1"));
    poll_rounds(t, 2);
    CHECK(t.media->list_paths()->size() == 3);
    CHECK(node(t).state == NodeState::kUp);
}

TEST_CASE("a publisher with a key that may not publish is observed too") {
    TestOrchestrator t(nothing_said());
    const auto key = t.key();
    REQUIRE(t->disable_stream_key(key.key.id, t.caller));
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, key.key.playback_path);
    poll_rounds(t, 3);
    CHECK(t.media->find_path(key.key.playback_path));
    REQUIRE(t->enforce_node("default", t.caller));
    poll_rounds(t, 2);
    CHECK_FALSE(t.media->find_path(key.key.playback_path));
}

TEST_CASE("a key value as a path is masked in every report of an unknown publisher") {
    TestOrchestrator t(nothing_said());
    const std::string value = generate_key_value(system_random()).reveal();
    t.media->publish(ConnectionKind::kRtmp, {"c1"}, value);
    poll_rounds(t, 3);
    const auto status = node(t);
    REQUIRE(status.standing.unknown.size() == 1);
    CHECK(status.standing.unknown[0].path.find(value) == std::string::npos);
    REQUIRE(t->enforce_node("default", t.caller));
    poll_rounds(t, 2);
    for (const auto& entry : t->list_audit({}).value().entries) {
        CHECK(entry.metadata.text().find(value) == std::string::npos);
    }
}

TEST_CASE("the fact that a media server asks is kept after the program ends") {
    auto shared = std::shared_ptr<Storage>(TestOrchestrator::open_memory());
    auto faults = std::make_shared<StorageFaults>();
    {
        TestOrchestrator first(std::make_unique<FaultyStorage>(shared, faults), nothing_said());
        REQUIRE(first.publish(first.key(), "c1"));
        poll_rounds(first, 1);
        CHECK(node(first).standing.asked_at);
    }
    TestOrchestrator second(std::make_unique<FaultyStorage>(shared, faults), nothing_said());
    second.media->publish(ConnectionKind::kRtmp, {"unknown"}, "somebodys/camera");
    // The lease of the first program has to expire.
    poll_rounds(second, 20);
    CHECK_FALSE(second.media->find_path("somebodys/camera"));
}

TEST_CASE(
    "a media server whose owner has gone back to another authentication is only observed again") {
    std::string method;
    std::string address;
    std::string reason;
    SUBCASE("to users of its own") {
        method = "internal";
        reason = "authMethod: internal";
    }
    SUBCASE("to tokens") {
        method = "jwt";
        address = kHere;
        reason = "authMethod: jwt";
    }
    SUBCASE("to no address") {
        method = "http";
        reason = "authHTTPAddress: (none)";
    }
    GoneBack gone_back(method, address);
    auto& t = gone_back.t;
    poll_rounds(t, 10);
    CHECK(t.media->list_paths()->size() == 2);
    CHECK(audit_of(t, "remove").empty());

    const auto status = node(t);
    CHECK(status.state == NodeState::kNotAsking);
    CHECK(status.reason.find(reason) != std::string::npos);
    CHECK(status.reason.find("rescuestream-cli mediamtx config") != std::string::npos);
    CHECK_FALSE(status.standing.is_enforced());
    CHECK(status.standing.unknown.size() == 2);
    const auto told = audit_of(t, "watch");
    REQUIRE(told.size() == 3);  // the node, and each path once
    CHECK(std::count_if(told.begin(), told.end(), [&](const AuditEntry& entry) {
              return entry.resource_type == "node" &&
                     entry.metadata.text().find(reason) != std::string::npos;
          }) == 1);

    // Its configuration alone does not begin the removal again; a publisher that we accept does.
    configure(t, "http", kHere);
    t.clock.advance(seconds(60));
    poll_rounds(t, 3);
    CHECK(t.media->list_paths()->size() == 2);
    CHECK(node(t).state == NodeState::kNotAsking);
    const auto key = t.key("live/again");
    REQUIRE(t.publish(key, "c2"));
    t.media->receive_bytes(key.key.playback_path, 1'000);
    poll_rounds(t, 3);
    CHECK(t.media->list_paths()->size() == 1);
    CHECK(node(t).state == NodeState::kUp);
}

TEST_CASE("a media server that asks at another address than before is only observed again") {
    GoneBack gone_back("http", "http://go-service:8080/auth?secret=s3cret");
    auto& t = gone_back.t;
    poll_rounds(t, 5);
    CHECK(t.media->list_paths()->size() == 2);
    const auto status = node(t);
    CHECK(status.state == NodeState::kNotAsking);
    CHECK(status.reason.find("s3cret") == std::string::npos);
    for (const auto& entry : t->list_audit({}).value().entries) {
        CHECK(entry.metadata.text().find("s3cret") == std::string::npos);
    }
}

TEST_CASE("a media server that asks nobody is reported before it has a publisher") {
    TestOrchestrator t(nothing_said());
    configure(t, "internal", "");
    poll_rounds(t);
    CHECK(node(t).state == NodeState::kNotAsking);
    CHECK(node(t).reason.find("authMethod: internal") != std::string::npos);
}

TEST_CASE(
    "UNKNOWN_PUBLISHER and an administrator's order hold although the media server asks nobody") {
    SUBCASE("the setting") {
        auto settings = nothing_said();
        settings.unknown_publisher = UnknownPublisher::kKick;
        GoneBack gone_back("internal", "", settings);
        poll_rounds(gone_back.t, 3);
        CHECK(gone_back.t.media->list_paths()->empty());
        CHECK(node(gone_back.t).state == NodeState::kNotAsking);
        CHECK(node(gone_back.t).standing.is_enforced());
    }
    SUBCASE("the order") {
        GoneBack gone_back("internal", "");
        auto& t = gone_back.t;
        poll_rounds(t, 3);
        CHECK(t.media->list_paths()->size() == 2);
        REQUIRE(t->enforce_node("default", t.caller));
        poll_rounds(t, 3);
        CHECK(t.media->list_paths()->empty());
        t.clock.advance(seconds(60));
        poll_rounds(t, 2);
        CHECK(node(t).standing.is_enforced());
    }
}

TEST_CASE("viewers of a signed path stay when the owner of the media server has gone back") {
    auto settings = nothing_said();
    settings.playback_policy = PlaybackPolicy::kSigned;
    TestOrchestrator t(settings);
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    poll_rounds(t, 2);
    REQUIRE(node(t).standing.asked_at);
    SUBCASE("it still asks") {
        t.media->add_reader(key.key.playback_path, "rtspSession", {"reader"});
        poll_rounds(t, 10);
        CHECK(t.media->find_path(key.key.playback_path)->readers.empty());
    }
    SUBCASE("it asks nobody") {
        configure(t, "internal", "");
        t.media->add_reader(key.key.playback_path, "rtspSession", {"reader"});
        poll_rounds(t, 10);
        CHECK(t.media->find_path(key.key.playback_path)->readers.size() == 1);
    }
}

TEST_CASE("another program of the installation notices that the standing was withdrawn") {
    auto shared = std::shared_ptr<Storage>(TestOrchestrator::open_memory());
    auto faults = std::make_shared<StorageFaults>();
    TestOrchestrator first(std::make_unique<FaultyStorage>(shared, faults), nothing_said());
    REQUIRE(first.publish(first.key(), "c1"));
    poll_rounds(first, 2);
    REQUIRE(node(first).standing.asked_at);
    REQUIRE(shared->withdraw_node_standing(
        "default", make_audit_draft({"watch", "node", "default", {}}, first.caller,
                                    first.clock.now(), system_random())));
    first.clock.advance(seconds(60));
    poll_rounds(first, 1);
    CHECK_FALSE(node(first).standing.is_enforced());
}
