// Registration and changes of nodes.
#include <doctest/doctest.h>

#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct NodeCase {
    NodeCase() {
        auto opened = TestOrchestrator::open_memory();
        storage = opened.get();
        core = std::make_unique<TestOrchestrator>(std::move(opened),
                                                  TestOrchestrator::default_settings());
    }

    static NewNode north() {
        NewNode input;
        input.name = "north";
        input.api_url = "http://10.0.0.2:9997";
        input.api_user = "control";
        input.api_password = Secret("pw");
        return input;
    }
    std::string password_of_north() {
        return (*core)->find_node("north").value().node.api_password.reveal();
    }
    Result<NodeStatus> move_to(const std::string& api_url,
                               std::optional<Secret> password = std::nullopt) {
        NodePatch patch;
        patch.api_url = api_url;
        patch.api_password = std::move(password);
        return (*core)->update_node("north", patch, core->caller);
    }

    Storage* storage = nullptr;
    std::unique_ptr<TestOrchestrator> core;
};

std::string first_wrong(const Result<NodeStatus>& result) {
    return result || result.error().fields.empty() ? "" : result.error().fields.front().pointer;
}

}  // namespace

TEST_CASE_FIXTURE(NodeCase, "a node whose control interface cannot be opened is not stored") {
    for (const char* url :
         {"http://10.0.0.2:9997/v3", "http://10.0.0.2:9997/x/", "http://[zzz]:9997",
          "http://a%00b:9997", "http://\"><script>:9997", "http://u@10.0.0.2", "http://h:99999"}) {
        CAPTURE(url);
        NewNode input = north();
        input.api_url = url;
        CHECK(first_wrong((*core)->create_node(input, core->caller)) == "/api_url");
        CHECK(storage->list_nodes().value().empty());
        CHECK((*core)->list_nodes().value().size() == 1);
    }
    REQUIRE((*core)->create_node(north(), core->caller));
    CHECK(first_wrong(move_to("http://10.0.0.2:9997/v3", Secret("pw"))) == "/api_url");
    CHECK((*core)->find_node("north").value().node.api_url == "http://10.0.0.2:9997");
}

TEST_CASE("a node that the embedder's opener refuses is not stored") {
    OrchestratorOptions options;
    auto storage = TestOrchestrator::open_memory();
    Storage& stored = *storage;
    options.storage = std::move(storage);
    options.media_server = std::make_unique<FakeMediaServer>();
    options.open_media_server = [](const Node&) -> Result<std::unique_ptr<MediaServer>> {
        return Error{ErrorCode::kUnsupported, "Not here.", {}, {}};
    };
    StreamOrchestrator core(std::move(options));
    const auto refused = core.create_node(NodeCase::north(), {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::kUnsupported);
    CHECK(stored.list_nodes().value().empty());
    CHECK(core.list_audit({}).value().total == 0);
}

TEST_CASE_FIXTURE(NodeCase,
                  "a stored node that cannot be opened can be listed, repaired and removed") {
    const AuditEntry audit;
    Node broken;
    broken.name = "broken";
    broken.api_url = "http://10.0.0.3:9997/v3";
    REQUIRE(storage->create_node(broken, audit));
    CHECK((*core)->list_nodes().value().size() == 2);
    (*core)->tick();
    const auto shown = (*core)->find_node("broken").value();
    CHECK(shown.state == NodeState::kUnreachable);
    CHECK(shown.reason.find("without a path") != std::string::npos);
    CHECK(shown.node.api_url == "http://10.0.0.3:9997/v3");

    NodePatch label;
    label.label = "Broken";
    CHECK((*core)->update_node("broken", label, core->caller).value().node.label == "Broken");
    NodePatch mended;
    mended.api_url = "http://127.0.0.1:1";
    REQUIRE((*core)->update_node("broken", mended, core->caller));
    (*core)->tick();
    CHECK((*core)->find_node("broken").value().reason.find("without a path") == std::string::npos);

    broken.name = "broken2";
    REQUIRE(storage->create_node(broken, AuditEntry{}));
    CHECK((*core)->delete_node("broken2", core->caller));
    CHECK((*core)->delete_node("broken", core->caller));
    CHECK((*core)->list_nodes().value().size() == 1);
}

TEST_CASE_FIXTURE(NodeCase, "a stored password is sent only to the server for which it was given") {
    REQUIRE((*core)->create_node(north(), core->caller));
    for (const char* other : {"http://10.0.0.9:9997", "https://10.0.0.2:9997",
                              "http://10.0.0.2:9998", "http://10.0.0.2"}) {
        CAPTURE(other);
        CHECK(first_wrong(move_to(other)) == "/api_password");
        CHECK((*core)->find_node("north").value().node.api_url == "http://10.0.0.2:9997");
    }
    CHECK(move_to("http://10.0.0.2:9997/"));  // the same place
    CHECK(password_of_north() == "pw");
    CHECK(move_to("http://10.0.0.9:9997", Secret("other")));
    CHECK(password_of_north() == "other");
    CHECK(move_to("http://10.0.0.2:9997", Secret("")));
    CHECK(password_of_north().empty());
    CHECK(move_to("http://10.0.0.4:9997"));  // there is none to be sent
}

TEST_CASE_FIXTURE(NodeCase, "a publisher without a valid key learns nothing about nodes") {
    REQUIRE((*core)->create_node(north(), core->caller));
    NodePatch patch;
    patch.draining = true;
    REQUIRE((*core)->update_node("north", patch, core->caller));
    const auto key = core->key();
    const auto revoked = core->key("live/other");
    REQUIRE((*core)->revoke_stream_key(revoked.key.id, core->caller));

    const auto ask = [&](const std::string& node, const Secret& password, const std::string& path,
                         bool with_connection) {
        PublishRequest request;
        request.node = node;
        request.path = path;
        request.password = password;
        request.protocol = Protocol::kRtmp;
        if (with_connection) request.connection = ConnectionId{"c1"};
        return (*core)->decide_publish(request).value().refusal;
    };
    const Secret unknown("sk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    const std::string path = key.key.playback_path;
    for (const bool with_connection : {true, false}) {
        for (const std::string node : {"", "north", "nowhere", "\"><script>"}) {
            CAPTURE(node);
            CHECK(ask(node, Secret("x"), path, with_connection) == PublishRefusal::kUnknownKey);
            CHECK(ask(node, unknown, path, with_connection) == PublishRefusal::kUnknownKey);
            CHECK(ask(node, revoked.value, "live/other", with_connection) ==
                  PublishRefusal::kRevoked);
            CHECK(ask(node, key.value, "live/other", with_connection) ==
                  PublishRefusal::kWrongPath);
        }
        CHECK(ask("nowhere", key.value, path, with_connection) == PublishRefusal::kUnknownNode);
        CHECK(ask("north", key.value, path, with_connection) == PublishRefusal::kNodeDraining);
    }
    // Those requests have claimed nothing.
    CHECK_FALSE((*core)->find_stream_key(key.key.id).value().last_used_at);
    CHECK(ask("", key.value, path, true) == std::nullopt);
}
