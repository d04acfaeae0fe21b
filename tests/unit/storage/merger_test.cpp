#include "storage/sql/merger.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <latch>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

using rescuestream::sql::Merger;

namespace {

using Trips = Merger<int, int>;
using std::chrono::steady_clock;

/// Answers the tenfold, and notes who came with whom. The first trip waits for `release`.
struct Station {
    explicit Station(std::size_t at_once = 1) : merger(at_once, 4, std::chrono::milliseconds(1)) {}

    Trips merger;
    std::latch held{1};
    std::latch release{1};
    std::mutex mutex;
    std::vector<std::vector<int>> trips;

    static bool may_join(const Trips::Trip& trip, int question) {
        return std::none_of(trip.begin(), trip.end(),
                            [&](const auto* other) { return other->question == question; });
    }
    void run(const Trips::Trip& trip) {
        std::vector<int> questions;
        for (auto* passenger : trip) {
            questions.push_back(passenger->question);
            if (passenger->question < 0) {
                passenger->failure = std::make_exception_ptr(std::runtime_error("negative"));
            } else {
                passenger->answer = passenger->question * 10;
            }
        }
        bool first = false;
        {
            const std::lock_guard lock(mutex);
            first = trips.empty();
            trips.push_back(questions);
        }
        if (first) {
            held.count_down();
            release.wait();
        }
        if (questions.front() == 13) throw std::runtime_error("the trip failed");
    }
    std::optional<int> ask(int question, steady_clock::duration patience = std::chrono::hours(1)) {
        return merger.ask(question, steady_clock::now() + patience, may_join,
                          [&](const Trips::Trip& trip) { run(trip); });
    }

    /// Asks on a thread of its own; returns when the question waits for its turn.
    std::future<std::optional<int>> ask_behind(int question) {
        const std::size_t before = merger.waiting();
        auto answer = std::async(std::launch::async, [this, question] { return ask(question); });
        while (merger.waiting() == before) std::this_thread::yield();
        return answer;
    }
    /// A trip under way that holds everybody else up.
    std::future<std::optional<int>> hold() {
        auto answer = std::async(std::launch::async, [this] { return ask(1); });
        held.wait();
        return answer;
    }
};

}  // namespace

TEST_CASE("merger: who is alone goes alone") {
    Station station;
    station.release.count_down();
    CHECK(station.ask(2) == 20);
    CHECK(station.ask(3) == 30);
    CHECK(station.trips == std::vector<std::vector<int>>{{2}, {3}});
}

TEST_CASE("merger: those who had to wait go together, as many as there are seats") {
    Station station;
    auto first = station.hold();
    std::vector<std::future<std::optional<int>>> others;
    for (int question = 2; question <= 7; ++question) {
        others.push_back(station.ask_behind(question));
    }
    station.release.count_down();
    CHECK(first.get() == 10);
    for (int i = 0; i < 6; ++i) CHECK(others[static_cast<std::size_t>(i)].get() == (i + 2) * 10);
    CHECK(station.trips == std::vector<std::vector<int>>{{1}, {2, 3, 4, 5}, {6, 7}});
}

TEST_CASE("merger: questions that may not be on one trip are on two") {
    Station station;
    auto first = station.hold();
    auto second = station.ask_behind(5);
    auto third = station.ask_behind(5);
    auto fourth = station.ask_behind(6);
    station.release.count_down();
    CHECK(first.get() == 10);
    CHECK(second.get() == 50);
    CHECK(third.get() == 50);
    CHECK(fourth.get() == 60);
    CHECK(station.trips == std::vector<std::vector<int>>{{1}, {5, 6}, {5}});
}

TEST_CASE("merger: a trip that is held up holds up nobody else, where more may be under way") {
    Station station(2);
    auto first = station.hold();
    CHECK(station.ask(2) == 20);
    CHECK(station.ask(3) == 30);
    station.release.count_down();
    CHECK(first.get() == 10);
    CHECK(station.ask(4) == 40);
}

TEST_CASE("merger: a trip that fails fails for all on it, and the next one leaves") {
    Station station;
    auto first = station.hold();
    auto leader = station.ask_behind(13);
    auto follower = station.ask_behind(14);
    station.release.count_down();
    CHECK(first.get() == 10);
    CHECK_THROWS_WITH_AS(leader.get(), "the trip failed", std::runtime_error);
    CHECK_THROWS_WITH_AS(follower.get(), "the trip failed", std::runtime_error);
    CHECK(station.ask(2) == 20);
}

TEST_CASE("merger: one passenger's failure is his alone") {
    Station station;
    auto first = station.hold();
    auto good = station.ask_behind(2);
    auto bad = station.ask_behind(-1);
    station.release.count_down();
    CHECK(first.get() == 10);
    CHECK(good.get() == 20);
    CHECK_THROWS_WITH_AS(bad.get(), "negative", std::runtime_error);
}

TEST_CASE("merger: who runs out of time leaves the queue, and nothing is asked for him") {
    Station station;
    auto first = station.hold();
    CHECK(station.ask(2, steady_clock::duration::zero()) == std::nullopt);
    CHECK(station.merger.waiting() == 0);
    auto third = station.ask_behind(3);
    station.release.count_down();
    CHECK(first.get() == 10);
    CHECK(third.get() == 30);
    CHECK(station.trips == std::vector<std::vector<int>>{{1}, {3}});
}
