#include "orchestrator/viewer_kicks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "rescuestream/fake_media_server.hpp"
#include "support/manual_clock.hpp"

namespace orchestrator_viewer_kicks_test {

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

/// Notes the kicks. `meets`: a kick waits until so many are in progress, or for ten seconds.
class NotingMediaServer final : public FakeMediaServer {
public:
    explicit NotingMediaServer(const Clock& clock) : FakeMediaServer(clock) {}

    Result<void> kick(ConnectionKind kind, const ConnectionId& id) override {
        std::unique_lock lock(mutex_);
        begun.push_back(id.value);
        most = std::max(most, ++in_progress_[kind]);
        most_at_once = std::max(most_at_once, ++all_in_progress_);
        changed_.notify_all();
        const bool waits = meets > 0;
        if (waits) {
            const bool met = changed_.wait_for(lock, std::chrono::seconds(10),
                                               [&] { return most_at_once >= meets; });
            all_met = all_met && met;
        }
        --in_progress_[kind];
        --all_in_progress_;
        const auto answer = answers.find(id.value);
        if (answer != answers.end()) return Error{answer->second, "no", {}, {}};
        return {};
    }

    std::map<std::string, ErrorCode> answers;  // errors; others succeed
    std::size_t meets = 0;
    std::vector<std::string> begun;
    std::size_t most = 0;  // of one kind at once
    std::size_t most_at_once = 0;
    bool all_met = true;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<ConnectionKind, std::size_t> in_progress_;
    std::size_t all_in_progress_ = 0;
};

std::vector<ViewerKick> kicks_of(ConnectionKind kind, int count) {
    std::vector<ViewerKick> kicks;
    for (int i = 0; i < count; ++i) kicks.push_back({kind, {"v" + std::to_string(i)}});
    return kicks;
}

int tried(const std::vector<ViewerKick>& kicks) {
    return static_cast<int>(std::count_if(kicks.begin(), kicks.end(),
                                          [](const auto& each) { return bool(each.outcome); }));
}

struct KicksCase {
    ManualClock clock;
    NotingMediaServer server{clock};
};

}  // namespace

TEST_CASE_FIXTURE(KicksCase, "viewers are kicked four at a time, never more") {
    server.meets = kKicksAtOnce;
    auto kicks = kicks_of(ConnectionKind::kSrt, 41);
    kick_viewers(server, kicks);
    CHECK(server.all_met);
    CHECK(server.most_at_once == kKicksAtOnce);
    CHECK(server.begun.size() == 41);
    CHECK(tried(kicks) == 41);
}

TEST_CASE_FIXTURE(KicksCase, "the first viewers are kicked first") {
    server.meets = kKicksAtOnce;  // the first four wait for each other
    auto kicks = kicks_of(ConnectionKind::kWebRtc, 100);
    kick_viewers(server, kicks);
    REQUIRE(server.begun.size() == 100);
    std::sort(server.begun.begin(), server.begun.begin() + kKicksAtOnce);
    for (std::size_t i = 0; i < kKicksAtOnce; ++i) CHECK(server.begun[i] == kicks[i].id.value);
}

TEST_CASE_FIXTURE(KicksCase, "RTSP sessions are kicked one at a time and in order") {
    auto kicks = kicks_of(ConnectionKind::kRtsp, 20);
    kicks[7].kind = ConnectionKind::kRtsps;
    kick_viewers(server, kicks);
    CHECK(server.most_at_once == 1);
    REQUIRE(server.begun.size() == 20);
    for (std::size_t i = 0; i < 20; ++i) CHECK(server.begun[i] == kicks[i].id.value);
}

TEST_CASE_FIXTURE(KicksCase, "other viewers are kicked beside RTSP sessions") {
    server.meets = 2;
    auto kicks = kicks_of(ConnectionKind::kRtsp, 2);
    kicks.push_back({ConnectionKind::kRtmp, {"rtmp"}});
    kick_viewers(server, kicks);
    CHECK(server.all_met);
    CHECK(server.most == 1);
    CHECK(tried(kicks) == 3);
}

TEST_CASE_FIXTURE(KicksCase, "a kick that fails, or finds nobody, does not end the others") {
    server.answers = {{"v3", ErrorCode::kInternal}, {"v5", ErrorCode::kNotFound}};
    auto kicks = kicks_of(ConnectionKind::kSrt, 20);
    kick_viewers(server, kicks);
    CHECK(tried(kicks) == 20);
    for (std::size_t i = 0; i < 20; ++i) {
        const auto& outcome = *kicks[i].outcome;
        CHECK(outcome.has_value() == (i != 3 && i != 5));
        if (i == 3) CHECK(outcome.error().code == ErrorCode::kInternal);
        if (i == 5) CHECK(outcome.error().code == ErrorCode::kNotFound);
    }
}

TEST_CASE_FIXTURE(KicksCase, "when the media server does not answer, no further kick begins") {
    for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kTimeout}) {
        for (const auto kind : {ConnectionKind::kSrt, ConnectionKind::kRtsp}) {
            server.begun.clear();
            server.answers.clear();
            auto kicks = kicks_of(kind, 200);
            for (const auto& each : kicks) server.answers[each.id.value] = code;
            kick_viewers(server, kicks);
            CHECK(server.begun.size() >= 1);
            CHECK(server.begun.size() <= kKicksAtOnce);
            CHECK(tried(kicks) == static_cast<int>(server.begun.size()));
        }
    }
}

TEST_CASE_FIXTURE(KicksCase, "nobody to kick is not an error") {
    std::vector<ViewerKick> none;
    kick_viewers(server, none);
    CHECK(server.begun.empty());
}

}  // namespace orchestrator_viewer_kicks_test
