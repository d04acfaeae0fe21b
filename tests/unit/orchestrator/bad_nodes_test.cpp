// Nodes with a faulty control interface beside a healthy one.
#include <doctest/doctest.h>

#include "support/free_port.hpp"
#include "support/media_mtx_stub.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A running orchestrator with its default node and a node "bad", with one live stream on each.
class BadNodeCase {
public:
    BadNodeCase() {
        OrchestratorOptions options;
        options.storage = TestOrchestrator::open_memory();
        options.media_server = client_of(good_.url());
        options.open_media_server = [](const Node& node) {
            return Result<std::unique_ptr<MediaServer>>(client_of(node.api_url));
        };
        options.settings.poll_interval = milliseconds(20);
        options.settings.stale_after = seconds(60);  // no encoder sends bytes here
        core_ = std::make_unique<StreamOrchestrator>(std::move(options));
        broadcaster_ = core_->create_broadcaster({"Rescue 1", {}}, {}).value().id;
        add_node("bad", bad_.url());
        core_->start();
        publish("default", good_, "live/good", "c0ffee00-0000-4000-8000-000000000001");
        publish("bad", bad_, "live/bad", "c0ffee00-0000-4000-8000-000000000002");
        REQUIRE(eventually([&] { return is_listed("live/good") && is_listed("live/bad"); }));
        REQUIRE(eventually([&] { return state_of("bad") == NodeState::kUp; }));
        streams_ = live();
    }
    ~BadNodeCase() { core_->stop(); }

    static std::unique_ptr<MediaServer> client_of(const std::string& url) {
        MediaMtxOptions options;
        options.api_url = url;
        options.connect_timeout = milliseconds(300);
        options.request_timeout = milliseconds(300);
        options.max_response_bytes = 8'000'000;
        return open_media_mtx(options).value();
    }

    void add_node(const std::string& name, const std::string& url) {
        NewNode input;
        input.name = name;
        input.api_url = url;
        REQUIRE(core_->create_node(input, {}));
    }

    NodeStatus status_of(const std::string& name) { return core_->find_node(name).value(); }
    NodeState state_of(const std::string& name) { return status_of(name).state; }

    std::vector<StreamId> live() {
        StreamFilter filter;
        filter.states = {StreamState::kLive};
        std::vector<StreamId> ids;
        const auto page = core_->list_streams(filter).value();
        for (const auto& stream : page.items) ids.push_back(stream.id);
        return ids;
    }

    // The node shows its state and the reason; its stream continues, and the other node is
    // supervised.
    void expect_only_that(const std::string& node, NodeState state) {
        CHECK(eventually([&] { return state_of(node) == state; }));
        CHECK_FALSE(status_of(node).reason.empty());
        const auto looks = good_.requests().size();
        CHECK(eventually([&] { return good_.requests().size() > looks + 10; }));
        CHECK(status_of(node).state == state);
        CHECK(state_of("default") == NodeState::kUp);
        CHECK(live() == streams_);
    }
    void expect_recovery() {
        CHECK(eventually([&] { return state_of("bad") == NodeState::kUp; }));
        CHECK(status_of("bad").reason.empty());
        CHECK(live() == streams_);
    }

    MediaMtxStub& bad() { return bad_; }

private:
    bool is_listed(const std::string& path) {
        const auto page = core_->list_streams({}).value();
        return std::any_of(page.items.begin(), page.items.end(),
                           [&](const Stream& stream) { return stream.path == path; });
    }

    void publish(const std::string& node, MediaMtxStub& stub, const std::string& path,
                 const std::string& connection) {
        NewStreamKey input;
        input.broadcaster_id = broadcaster_;
        input.playback_path = path;
        const auto key = core_->create_stream_key(input, {}).value();
        PublishRequest request;
        request.node = node;
        request.path = path;
        request.password = key.value;
        request.protocol = Protocol::kRtmp;
        request.connection = ConnectionId{connection};
        REQUIRE(core_->decide_publish(request)->accepted());
        stub.model().publish(ConnectionKind::kRtmp, {connection}, path);
    }

    MediaMtxStub good_;
    MediaMtxStub bad_;
    std::unique_ptr<StreamOrchestrator> core_;
    BroadcasterId broadcaster_;
    std::vector<StreamId> streams_;
};

}  // namespace

TEST_CASE_FIXTURE(BadNodeCase,
                  "a node that does not answer is shown as faulty, and affects nothing else") {
    for (const auto fault : {MtxFault::kHang, MtxFault::kHalfPage, MtxFault::kDrip}) {
        CAPTURE(static_cast<int>(fault));
        bad().set_fault(fault);
        expect_only_that("bad", NodeState::kUnreachable);
        bad().set_fault(MtxFault::kNone);
        expect_recovery();
    }
}

TEST_CASE_FIXTURE(BadNodeCase,
                  "a node that refuses requests is shown as faulty, and affects nothing else") {
    bad().shut_down();
    expect_only_that("bad", NodeState::kUnreachable);
    bad().start();
    expect_recovery();
}

TEST_CASE_FIXTURE(BadNodeCase,
                  "a node with wrong answers is shown as faulty, and affects nothing else") {
    const std::string html = "<html><body>It works!</body></html>";
    for (const auto& answer : {
             MtxAnswer{200, "text/html", html},
             MtxAnswer{404, "text/html", html},
             MtxAnswer{200, "application/json", R"({"items": 7})"},
             MtxAnswer{200, "application/json", ""},
             MtxAnswer{401, "application/json", R"({"error": "authentication error"})"},
             MtxAnswer{500, "text/plain", "oops"},
         }) {
        CAPTURE(answer.status);
        CAPTURE(answer.body);
        bad().answer_all_with(answer);
        expect_only_that("bad", NodeState::kDegraded);
        bad().answer_all_with({});
        expect_recovery();
    }
}

TEST_CASE_FIXTURE(BadNodeCase, "a faulty node shows the reason of its newest poll") {
    const auto shows = [&](const std::string& part) {
        return eventually([&] { return status_of("bad").reason.find(part) != std::string::npos; });
    };
    bad().answer_all_with(
        MtxAnswer{401, "application/json", R"({"error": "authentication error"})"});
    REQUIRE(shows("credential"));
    const std::string first = status_of("bad").reason;
    bad().answer_all_with(MtxAnswer{404, "text/html", "<html></html>"});
    REQUIRE(eventually([&] { return status_of("bad").reason != first; }));
    const std::string second = status_of("bad").reason;
    CHECK_FALSE(second.empty());
    bad().set_fault(MtxFault::kHang);
    CHECK(eventually([&] {
        return state_of("bad") == NodeState::kUnreachable && status_of("bad").reason != second;
    }));
    bad().set_fault(MtxFault::kNone);
    // A reason that was shown before is shown again.
    bad().answer_all_with(
        MtxAnswer{401, "application/json", R"({"error": "authentication error"})"});
    CHECK(eventually([&] { return status_of("bad").reason == first; }));
    bad().answer_all_with({});
    expect_recovery();
}

TEST_CASE_FIXTURE(BadNodeCase,
                  "a node that answers 200 MB is shown as faulty, and affects nothing else") {
    bad().set_fault(MtxFault::kHugeBody);
    CHECK(eventually([&] { return state_of("bad") != NodeState::kUp; }));
    expect_only_that("bad", state_of("bad"));
    bad().set_fault(MtxFault::kNone);
    expect_recovery();
}

TEST_CASE_FIXTURE(BadNodeCase, "lists that change while they are read end no stream") {
    // Each page is a part of another list than the page before.
    int round = 0;
    bad().before_page([&](std::size_t) {
        const std::string name = "other/" + std::to_string(++round % 2);
        bad().model().publish(ConnectionKind::kSrt, {"c0ffee00-0000-4000-8000-00000000000a"}, name);
    });
    const auto looks = bad().requests().size();
    CHECK(eventually([&] { return bad().requests().size() > looks + 20; }));
    CHECK(state_of("bad") == NodeState::kUp);
    CHECK(live().size() == 2);
    bad().before_page({});
}

TEST_CASE_FIXTURE(BadNodeCase,
                  "a node that does not exist is shown as faulty, and affects nothing else") {
    add_node("nowhere", "http://no-such-host.invalid:9997");
    expect_only_that("nowhere", NodeState::kUnreachable);
    add_node("closed", "http://127.0.0.1:" + std::to_string(free_port()));
    expect_only_that("closed", NodeState::kUnreachable);
}
