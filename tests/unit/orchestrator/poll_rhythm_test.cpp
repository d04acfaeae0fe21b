#include "orchestrator/poll_rhythm.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace rescuestream;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a media server that answers is polled once an interval, or up to a fifth earlier") {
    PollRhythm rhythm(milliseconds(1'000), system_random());
    std::set<milliseconds> pauses;
    for (int i = 0; i < 1'000; ++i) pauses.insert(rhythm.next(true, {}));
    CHECK(*pauses.begin() >= milliseconds(800));
    CHECK(*pauses.rbegin() <= milliseconds(1'000));
    CHECK(pauses.size() > 20);
}

TEST_CASE("a media server that stopped answering is polled often at first, and then less often") {
    PollRhythm rhythm(milliseconds(1'000), system_random());
    PollRhythm::SteadyTime now{};
    for (const auto later : {0, 50, 100, 4'900}) {
        CHECK(rhythm.next(false, now + milliseconds(later)) == milliseconds(50));
    }
    now += seconds(5);
    for (const auto pause : {100, 200, 400, 800, 1'000, 1'000}) {
        CHECK(rhythm.next(false, now) == milliseconds(pause));
    }
    rhythm.next(true, now);
    CHECK(rhythm.next(false, now) == milliseconds(50));
}

TEST_CASE("no pause is longer than the interval") {
    PollRhythm rhythm(milliseconds(5), system_random());
    CHECK(rhythm.next(false, {}) == milliseconds(5));
    CHECK(rhythm.next(true, {}) <= milliseconds(5));
}

TEST_CASE("the poll after a source has fallen silent is when it becomes stale") {
    PollRhythm rhythm(milliseconds(1'000), system_random());
    CHECK(rhythm.next(true, {}, milliseconds(431)) == milliseconds(431));
    CHECK(rhythm.next(true, {}, milliseconds(4'000)) >= milliseconds(800));
}

TEST_CASE("sources that become stale one after the other do not cause a poll each") {
    PollRhythm rhythm(milliseconds(1'000), system_random());
    CHECK(rhythm.next(true, {}, milliseconds(3)) == milliseconds(200));
    CHECK(rhythm.next(true, {}, milliseconds(-3)) == milliseconds(200));
    PollRhythm fast(milliseconds(50), system_random());
    CHECK(fast.next(true, {}, milliseconds(3)) <= milliseconds(50));
}
