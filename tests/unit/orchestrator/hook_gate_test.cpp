#include "orchestrator/hook_gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "support/media_mtx_stub.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct GateCase {
    ManualClock clock;
    HookGate gate;

    // A check that finds something new, or nothing.
    bool ask(const std::string& path, bool changes) {
        auto turn = gate.admit(path, clock);
        if (!turn) return false;
        if (changes) turn.changed_something();
        return true;
    }
};

}  // namespace

TEST_CASE_FIXTURE(GateCase, "after a hook that was right the next hook is checked at once") {
    for (int i = 0; i < 1'000; ++i) CHECK(ask("live/a", true));
    CHECK(ask("live/a", false));
}

TEST_CASE_FIXTURE(GateCase, "after a hook that was wrong its path is not checked for a while") {
    CHECK(ask("live/a", false));
    for (int i = 0; i < 100; ++i) CHECK_FALSE(ask("live/a", true));
    CHECK(ask("live/b", false));
    clock.advance(HookGate::kPause);
    CHECK(ask("live/a", true));
    CHECK(ask("live/a", true));
}

TEST_CASE_FIXTURE(GateCase, "wrong hooks about many paths have a common limit") {
    int asked = 0;
    for (int i = 0; i < 20'000; ++i) asked += ask("live/" + std::to_string(i), false);
    CHECK(asked >= 2 * HookGate::kVainPerSecond);
    CHECK(asked < 1'000);  // real time passes too
    // A right hook is not checked then either: the poll finds the stream.
    const auto refused = [&] { return !ask("live/right", true); };
    CHECK(eventually(refused, milliseconds(0)));
    clock.advance(seconds(1));
    CHECK(ask("live/right", true));
    CHECK(ask("live/other", false));
}

TEST_CASE_FIXTURE(GateCase,
                  "while a path is checked, one more hook waits and further ones are dropped") {
    auto first = std::make_unique<HookGate::Turn>(gate.admit("live/a", clock));
    REQUIRE(*first);
    std::atomic<int> admitted{0};
    std::atomic<int> turned_away{0};
    std::vector<std::thread> hooks;
    for (int i = 0; i < 5; ++i) {
        hooks.emplace_back([&] { ask("live/a", true) ? ++admitted : ++turned_away; });
    }
    REQUIRE(eventually([&] { return turned_away == 4; }));
    CHECK(admitted == 0);
    first->changed_something();
    first.reset();
    for (auto& hook : hooks) hook.join();
    CHECK(admitted == 1);
}

TEST_CASE("wrong hooks cause at most one request to the media server per path and half second") {
    MediaMtxStub media;
    ManualClock clock;
    OrchestratorOptions options;
    options.storage = TestOrchestrator::open_memory();
    MediaMtxOptions media_options;
    media_options.api_url = media.url();
    options.media_server = open_media_mtx(media_options).value();
    options.clock = &clock;
    StreamOrchestrator core(std::move(options));
    NewStreamKey input;
    input.broadcaster_id = core.create_broadcaster({"Rescue 1", {}}, {}).value().id;
    input.playback_path = "live/a";
    const auto key = core.create_stream_key(input, {}).value();
    const std::string id = "c0ffee00-0000-4000-8000-000000000001";
    const auto report_all = [&] {
        const ConnectionId other{"c0ffee00-0000-4000-8000-000000000002"};
        for (int i = 0; i < 50; ++i) {
            REQUIRE(core.source_available({"live/a", std::nullopt, std::nullopt}));
            REQUIRE(core.source_available({"live/a", "rtmpConn", other}));
            REQUIRE(core.source_available({"live/nobody", std::nullopt, std::nullopt}));
            REQUIRE(core.source_unavailable({"live/a", std::nullopt, std::nullopt}));
            REQUIRE(core.source_unavailable({"live/a", "rtmpConn", other}));
            REQUIRE(core.source_unavailable({"live/nobody", "rtmpConn", other}));
        }
    };
    const auto questions = [&] { return media.requests().size(); };

    report_all();  // no publisher has the key
    CHECK(questions() == 0);

    PublishRequest request;
    request.path = "live/a";
    request.password = key.value;
    request.protocol = Protocol::kRtmp;
    request.connection = ConnectionId{id};
    REQUIRE(core.decide_publish(request)->accepted());
    report_all();  // accepted, and not publishing yet
    CHECK(questions() == 1);
    clock.advance(HookGate::kPause);

    media.model().publish(ConnectionKind::kRtmp, {id}, "live/a");
    REQUIRE(core.source_available({"live/a", "rtmpConn", ConnectionId{id}}));
    CHECK(core.list_streams({}).value().items.size() == 1);
    CHECK(questions() == 2);
    report_all();  // live
    CHECK(questions() == 3);
    clock.advance(HookGate::kPause);

    media.model().disconnect({id});
    REQUIRE(core.source_unavailable({"live/a", "rtmpConn", ConnectionId{id}}));
    CHECK(questions() == 4);
    StreamFilter live;
    live.states = {StreamState::kLive};
    CHECK(core.list_streams(live).value().items.empty());
}
