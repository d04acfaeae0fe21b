// Why clients were refused: what counts, when it is reported, and when it is stored.
#include <doctest/doctest.h>

#include <future>

#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

namespace refused_attempts_test {

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

struct Reported {
    RefusedAttempt attempt;
    std::string label;
};

struct RefusedCase {
    RefusedCase() : RefusedCase(std::make_shared<StorageFaults>()) {}
    explicit RefusedCase(std::shared_ptr<StorageFaults> the_faults)
        : faults(std::move(the_faults)),
          t(std::make_unique<FaultyStorage>(
                std::shared_ptr<Storage>(TestOrchestrator::open_memory()), faults),
            TestOrchestrator::default_settings()) {}

    RefusedQuestion question(const std::string& reason, Protocol protocol,
                             const std::string& connection = "c1",
                             std::optional<StreamKeyId> key = std::nullopt) {
        RefusedQuestion result;
        result.attempt.remote_address = "192.0.2.7";
        result.attempt.protocol = protocol;
        result.attempt.path = "live/a";
        result.attempt.reason = reason;
        result.attempt.stream_key_id = key;
        result.connection = ConnectionId{connection};
        result.has_credential = reason != "no_credential";
        result.on_counted = [this](const RefusedAttempt&) -> RefusedQuestion::Tell {
            return [this](const RefusedAttempt& attempt, const StreamKey* of_key) {
                reported.push_back({attempt, of_key != nullptr ? of_key->label : "-"});
            };
        };
        return result;
    }
    std::vector<RefusedAttempt> list(const RefusedAttemptFilter& filter = {}) {
        return t->list_refused_attempts(filter).value();
    }

    std::shared_ptr<StorageFaults> faults;
    std::vector<Reported> reported;
    TestOrchestrator t;
};

}  // namespace

TEST_CASE_FIXTURE(RefusedCase, "a refused attempt is listed at once and reported with its key") {
    NewStreamKey input;
    input.broadcaster_id = t.broadcaster("Team").id;
    input.label = "Drone";
    const auto key = t->create_stream_key(input, t.caller).value().key;
    t->note_refusal(question("wrong_path", Protocol::kSrt, "c1", key.id));
    REQUIRE(list().size() == 1);
    CHECK(list()[0].key_label == "Drone");
    CHECK(list()[0].broadcaster_name == "Team");
    CHECK(list()[0].last_at == t->now());
    CHECK(explain_refusal(list()[0]).ends_with("publish to " + key.playback_path + "."));
    REQUIRE(reported.size() == 1);
    CHECK(reported[0].label == "Drone");
}

TEST_CASE("a command that mends a refusal names the key and the path") {
    RefusedAttempt attempt;
    attempt.path = "live/other";
    for (const auto* reason : {"expired", "not_yet_valid", "in_use", "token_required"}) {
        attempt.reason = reason;
        attempt.playback_path = "live/drone1";
        const auto text = explain_refusal(attempt);
        INFO(text);
        CHECK(text.find("KEY") == std::string::npos);
        CHECK(text.find("PATH") == std::string::npos);
    }
    attempt.reason = "expired";
    CHECK(explain_refusal(attempt).find("key edit live/drone1 --expires 8h") != std::string::npos);
    attempt.reason = "token_required";
    CHECK(explain_refusal(attempt).find("playback token live/other)") != std::string::npos);
}

TEST_CASE("a path with a slash too many is explained, whatever the reason") {
    RefusedAttempt attempt;
    for (const auto* reason : {"wrong_path", "unknown_key", "invalid_path"}) {
        attempt.reason = reason;
        for (const auto* path : {"live//drone1", "live/drone1/", "live/"}) {
            CAPTURE(path);
            attempt.path = path;
            CHECK(explain_refusal(attempt).find("a slash too many") != std::string::npos);
        }
        attempt.path = "live/drone1";
        CHECK(explain_refusal(attempt).find("slash") == std::string::npos);
    }
}

TEST_CASE_FIXTURE(RefusedCase, "RTSP's first question without a credential is no attempt") {
    t->note_refusal(question("no_credential", Protocol::kRtsp));
    t->note_acceptance(ConnectionId{"c1"});
    t.clock.advance(seconds(60));
    t->tick();
    CHECK(list().empty());
    CHECK(reported.empty());
}

TEST_CASE_FIXTURE(RefusedCase, "of two RTSP questions of a connection the second one counts") {
    t->note_refusal(question("no_credential", Protocol::kRtsp));
    SUBCASE("with a credential") {
        t->note_refusal(question("unknown_key", Protocol::kRtsp));
        REQUIRE(list().size() == 1);
        CHECK(list()[0].reason == "unknown_key");
    }
    SUBCASE("without one again") {
        t->note_refusal(question("no_credential", Protocol::kRtsp));
        REQUIRE(list().size() == 1);
        CHECK(list()[0].reason == "no_credential");
    }
    t.clock.advance(seconds(60));
    t->tick();
    REQUIRE(list().size() == 1);
    CHECK(list()[0].times == 1);
    CHECK(reported.size() == 1);
}

TEST_CASE_FIXTURE(RefusedCase, "an RTSP question that nothing follows counts after five seconds") {
    const auto asked_at = t->now();
    t->note_refusal(question("no_credential", Protocol::kRtsp));
    t.clock.advance(seconds(4));
    t->tick();
    CHECK(list().empty());
    t.clock.advance(seconds(1));
    t->tick();
    REQUIRE(list().size() == 1);
    CHECK(list()[0].last_at == asked_at);
    CHECK(reported.size() == 1);
}

TEST_CASE_FIXTURE(RefusedCase,
                  "other protocols without a credential are refused attempts at once") {
    for (const auto protocol : {Protocol::kRtmp, Protocol::kSrt, Protocol::kWebRtc}) {
        t->note_refusal(question("no_credential", protocol));
    }
    CHECK(list().size() == 3);
    CHECK(reported.size() == 3);
}

TEST_CASE_FIXTURE(RefusedCase,
                  "a flood of first questions has a limit, and the oldest ones count") {
    for (int i = 0; i < 300; ++i) {
        t->note_refusal(question("no_credential", Protocol::kRtsp, "c" + std::to_string(i)));
    }
    REQUIRE(list().size() == 1);
    CHECK(list()[0].times == 300 - 256);
}

TEST_CASE_FIXTURE(RefusedCase, "attempts that cannot be stored are stored later, and none twice") {
    t->note_refusal(question("unknown_key", Protocol::kRtmp));
    faults->fail_method("add_refused_attempts");
    faults->fail_method("list_refused_attempts");
    t->tick();
    t->note_refusal(question("unknown_key", Protocol::kRtmp));
    CHECK_FALSE(t->list_refused_attempts({}));
    faults->clear();
    t->tick();
    t->tick();
    REQUIRE(list().size() == 1);
    CHECK(list()[0].times == 2);
}

TEST_CASE_FIXTURE(RefusedCase, "a wrong filter is refused with the name of its member") {
    RefusedAttemptFilter filter;
    filter.limit = 0;
    filter.reason = "because";
    const auto refused = t->list_refused_attempts(filter);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kInvalidArgument);
    REQUIRE(refused.error().fields.size() == 2);
    CHECK(refused.error().fields[0].pointer == "/limit");
    CHECK(refused.error().fields[1].pointer == "/reason");
}

TEST_CASE_FIXTURE(RefusedCase, "with its thread, an orchestrator stores and reports by itself") {
    const auto key = t.key().key;
    std::promise<std::string> path;
    auto refused = question("wrong_path", Protocol::kRtmp, "c1", key.id);
    refused.on_counted = [&](const RefusedAttempt&) -> RefusedQuestion::Tell {
        return [&](const RefusedAttempt&, const StreamKey* of_key) {
            path.set_value(of_key != nullptr ? of_key->playback_path : "");
        };
    };
    t->start();
    t->note_refusal(std::move(refused));
    auto reported_path = path.get_future();
    REQUIRE(reported_path.wait_for(seconds(30)) == std::future_status::ready);
    CHECK(reported_path.get() == "live/drone1");
    CHECK(eventually([&] { return faults->calls("add_refused_attempts") > 0; }));
    t->stop();
    REQUIRE(list().size() == 1);
    CHECK(list()[0].times == 1);
}

TEST_CASE("every reason of a refusal is explained in words") {
    for (int i = 1; i <= static_cast<int>(PublishRefusal::kNodeDraining); ++i) {
        const auto name = to_string(static_cast<PublishRefusal>(i));
        CAPTURE(std::string(name));
        CHECK(explain_refusal(name).size() > 20);
    }
    CHECK(explain_refusal("granted").empty());
    CHECK(explain_refusal("").empty());
}

}  // namespace refused_attempts_test
