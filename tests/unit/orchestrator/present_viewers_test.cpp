// Who may join by the sessions that tokens permit, and what is kept of a viewer.
#include "orchestrator/present_viewers.hpp"

#include <doctest/doctest.h>
#include <malloc.h>

#include "orchestrator/playback_index.hpp"
#include "rescuestream/ids.hpp"

using namespace rescuestream;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace present_viewers_test {
namespace {

using enum ViewerDecision;
using Ids = std::vector<std::string>;

constexpr const char* kName = "Lavf59.27.100";

struct PresentCase {
    Viewer viewer(const std::string& id, Protocol protocol, const std::string& name = {},
                  const std::string& address = "192.0.2.7") {
        Viewer made;
        made.id = ConnectionId{id};
        made.node = "default";
        made.path = "live/a";
        made.protocol = protocol;
        made.remote_address = address;
        made.user_agent = name;
        PlaybackGrant grant;
        grant.id = "token";
        grant.max_sessions = most;
        made.grants = {grant};
        made.since = now;
        return made;
    }
    // A question about an RTSP client; one with a name is about its session.
    ViewerDecision ask(const std::string& id, const std::string& name = {},
                       const std::string& address = "192.0.2.7") {
        now += milliseconds(10);
        return present.admit(viewer(id, Protocol::kRtsp, name, address));
    }
    ViewerDecision join(const std::string& id) { return present.admit(viewer(id, Protocol::kSrt)); }
    // The ids that would be stored after a while.
    Ids stored_after(milliseconds time) {
        now += time;
        present.settle(now);
        for (const auto& each : present.take_new()) stored.push_back(each.id.value);
        return stored;
    }

    Timestamp now{seconds(1'000)};
    std::int64_t most = 1;
    PresentViewers present;
    Ids stored;
};

}  // namespace

TEST_CASE_FIXTURE(PresentCase, "an RTSP client is one session, although it is asked about twice") {
    CHECK(ask("connection") == kAccepted);
    CHECK(ask("session", kName) == kAccepted);
    CHECK(ask("another", kName) == kTokenInUse);
    CHECK(ask("another") == kTokenInUse);
    CHECK(join("srt") == kTokenInUse);
    CHECK(stored_after(seconds(20)) == Ids{"session"});
    CHECK(present.size() == 1);
    present.remove({"session"});
    CHECK(join("srt") == kAccepted);
}

TEST_CASE_FIXTURE(PresentCase, "an RTSP client without a name is one session, too") {
    CHECK(ask("connection") == kAccepted);
    CHECK(ask("session") == kAccepted);
    CHECK(ask("connection 2") == kTokenInUse);
    CHECK(join("srt") == kTokenInUse);
    CHECK(present.confirm({"session"}));
    CHECK(ask("connection 3") == kTokenInUse);
    CHECK(stored_after(seconds(20)) == Ids{"session"});
}

TEST_CASE_FIXTURE(PresentCase, "a client whose two questions have the same id is one session") {
    CHECK(ask("connection") == kAccepted);
    CHECK(ask("connection") == kAccepted);
    CHECK(ask("other") == kTokenInUse);
    CHECK(ask("other", {}, "192.0.2.8") == kTokenInUse);
    CHECK(stored_after(milliseconds(0)) == Ids{"connection"});
    CHECK(ask("connection") == kAccepted);
}

TEST_CASE_FIXTURE(PresentCase,
                  "of two clients whose questions with the same ids cross, one joins") {
    CHECK(ask("a") == kAccepted);
    CHECK(ask("b") == kAccepted);
    CHECK(ask("a") == kAccepted);
    CHECK(ask("b") == kTokenInUse);
    CHECK(present.size() == 1);
    const auto refused = present.take_refused();
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].value == "b");
    CHECK(present.take_refused().empty());
    CHECK(stored_after(seconds(20)) == Ids{"a"});
}

TEST_CASE_FIXTURE(PresentCase,
                  "twelve questions of six clients make as many sessions as are permitted") {
    most = 2;
    int sessions = 0;
    SUBCASE("one client after the other") {
        for (int i = 0; i < 6; ++i) {
            if (ask("c" + std::to_string(i)) != kAccepted) continue;
            sessions += ask("s" + std::to_string(i), kName) == kAccepted ? 1 : 0;
        }
    }
    SUBCASE("all connections first") {
        for (int i = 0; i < 6; ++i) (void)ask("c" + std::to_string(i));
        for (int i = 0; i < 6; ++i) {
            sessions += ask("s" + std::to_string(i), kName) == kAccepted ? 1 : 0;
        }
    }
    SUBCASE("from different addresses") {
        const auto address = [](int i) { return "192.0.2." + std::to_string(i); };
        for (int i = 0; i < 6; ++i) (void)ask("c" + std::to_string(i), {}, address(i));
        for (int i = 0; i < 6; ++i) {
            sessions += ask("s" + std::to_string(i), kName, address(i)) == kAccepted ? 1 : 0;
        }
    }
    SUBCASE("sessions without a question about the connection") {
        for (int i = 0; i < 12; ++i) {
            sessions += ask("s" + std::to_string(i), kName) == kAccepted ? 1 : 0;
        }
    }
    SUBCASE("with one id for both questions") {
        for (int i = 0; i < 6; ++i) (void)ask("c" + std::to_string(i));
        for (int i = 0; i < 6; ++i) {
            if (!present.contains({"c" + std::to_string(i)})) continue;
            sessions += ask("c" + std::to_string(i)) == kAccepted ? 1 : 0;
        }
    }
    CHECK(sessions == 2);
}

TEST_CASE_FIXTURE(PresentCase,
                  "sessions that passed for questions about connections are told to be too many") {
    CHECK(ask("s1") == kAccepted);
    CHECK(ask("s2") == kAccepted);
    // Only sessions are readers.
    CHECK(present.confirm({"s1"}));
    CHECK_FALSE(present.confirm({"s2"}));
    CHECK_FALSE(present.confirm({"s2"}));
    CHECK(join("other") == kTokenInUse);
}

TEST_CASE_FIXTURE(PresentCase, "a viewer beyond the limit stays so until it is gone") {
    most = 2;
    CHECK(ask("s1") == kAccepted);
    CHECK(ask("s2") == kAccepted);
    CHECK(join("srt") == kAccepted);
    CHECK(present.confirm({"srt"}));
    stored_after(seconds(20));  // both are still there, so both are sessions
    CHECK(present.confirm({"s1"}) == false);
    CHECK(present.find({"s1"})->is_excess);
    CHECK(present.confirm({"s2"}));
    CHECK_FALSE(present.confirm({"s1"}));
    CHECK(ask("s1") == kTokenInUse);
    present.remove({"s1"});
    CHECK(join("srt 2") == kTokenInUse);
    present.remove({"s2"});
    CHECK(join("srt 2") == kAccepted);
}

TEST_CASE_FIXTURE(PresentCase,
                  "a question is stored when nothing follows it, and ends like a viewer") {
    CHECK(ask("connection") == kAccepted);
    CHECK(stored_after(milliseconds(900)).empty());
    CHECK(stored_after(milliseconds(200)) == Ids{"connection"});
    CHECK(present.remove({"connection"}));
    CHECK_FALSE(present.remove({"connection"}));
    CHECK(join("srt") == kAccepted);
}

TEST_CASE_FIXTURE(PresentCase, "sessions that another program has accepted count") {
    most = 2;
    present.merge(viewer("there", Protocol::kSrt), now);
    present.merge(viewer("asked there", Protocol::kRtsp), now);
    CHECK(join("here") == kTokenInUse);
    CHECK(ask("session here", kName) == kAccepted);  // of the client that was asked about there
    CHECK(present.confirm({"there"}));
    CHECK(stored_after(seconds(20)) == Ids{"session here"});
    auto removed = viewer("there", Protocol::kSrt);
    removed.removed_at = now;
    present.merge(removed, now);
    CHECK(present.find({"there"})->is_removed);
    CHECK(present.remove({"there"}));
    CHECK(join("here") == kAccepted);
}

TEST_CASE_FIXTURE(PresentCase,
                  "what is kept of a viewer is found, and nothing remains of one that is gone") {
    auto made = viewer("v1", Protocol::kWebRtc);
    made.is_helper = true;
    CHECK(present.admit(made) == kAccepted);
    const auto found = present.find({"v1"});
    REQUIRE(found);
    CHECK(found->protocol == Protocol::kWebRtc);
    CHECK(found->since == made.since);
    CHECK(found->is_helper);
    CHECK(found->grants == made.grants);
    CHECK(present.at("default").size() == 1);
    CHECK(present.at("other").empty());
    CHECK(present.remove({"v1"}));
    CHECK_FALSE(present.find({"v1"}));
    CHECK(present.at("default").empty());
}

// Bytes that this program has allocated; 0: unknown, as with a sanitizer's allocator.
std::size_t allocated() {
    return mallinfo2().uordblks;
}

std::string uuid(std::size_t number, std::uint8_t kind) {
    Uuid::Bytes bytes{kind, 1, 2, 3, 4, 5, 0x40, 7, 0x80};
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[12 + i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return Uuid(bytes).to_string();
}

TEST_CASE("a short token takes at most 150 bytes") {
    constexpr std::size_t kTokens = 20'000;
    const std::size_t before = allocated();
    if (before == 0) {
        MESSAGE("Skipped: this allocator does not tell how much is allocated");
        return;
    }
    PlaybackIndex index{Secret()};
    for (std::size_t i = 0; i < kTokens; ++i) {
        ShortPlaybackToken token;
        for (std::size_t byte = 0; byte < 4; ++byte) {
            token.digest[byte] = static_cast<std::uint8_t>(i >> (8 * byte));
        }
        token.grant.id = uuid(i, 3);
        token.grant.issuer = "rescuestream";
        token.grant.paths = {"live/drone-" + std::to_string(i % 100)};
        token.grant.viewer_id = "tablet " + std::to_string(i);
        token.grant.issued_at = Timestamp(seconds(1'700'000'000));
        token.grant.expires_at = Timestamp(seconds(1'700'003'600));
        PlaybackChanges changes;
        changes.short_tokens.push_back(std::move(token));
        (void)index.apply(std::move(changes), Timestamp(seconds(1'700'000'000)));
    }
    const std::size_t bytes = (allocated() - before) / kTokens;
    MESSAGE("bytes a short token: ", bytes);
    CHECK(bytes <= 150);
    CHECK(index.size().short_tokens == kTokens);
    (void)index.apply({}, Timestamp(seconds(1'700'004'000)));
    CHECK(index.size().short_tokens == 0);
}

TEST_CASE_FIXTURE(PresentCase, "a viewer with a token of its own takes at most 200 bytes") {
    constexpr std::size_t kViewers = 20'000;
    const std::size_t before = allocated();
    if (before == 0) {
        MESSAGE("Skipped: this allocator does not tell how much is allocated");
        return;
    }
    for (std::size_t i = 0; i < kViewers; ++i) {
        Viewer each = viewer(uuid(i, 1), Protocol::kWebRtc, "Mozilla/5.0 (X11; Linux x86_64)");
        each.path = "live/drone-" + std::to_string(i % 100);
        PlaybackGrant& grant = each.grants.front();
        grant.id = uuid(i, 2);
        grant.issuer = "rescuestream";
        grant.key_id = "Xk3vN0t8Yd1rJ5mQ2wE7bA9cF4hL6pS0uZ1xV3nT8gk";
        grant.paths = {each.path};
        grant.viewer_id = "tablet " + std::to_string(i);
        grant.issued_at = now;
        grant.expires_at = now + seconds(3'600);
        grant.max_sessions.reset();
        REQUIRE(present.admit(each) == kAccepted);
        if (i % 1'000 == 0) (void)present.take_new();  // they are stored
    }
    (void)present.take_new();
    const std::size_t bytes = (allocated() - before) / kViewers;
    MESSAGE("bytes a viewer: ", bytes);
    CHECK(bytes <= 200);
}

}  // namespace present_viewers_test
