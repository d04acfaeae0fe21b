#include "http/lane.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <vector>

#include "support/wait.hpp"

using namespace rescuestream::server;
using rescuestream::testing::eventually;
using std::chrono::milliseconds;

namespace {

/// A worker that is busy until the test releases it.
struct BusyLane {
    explicit BusyLane(LaneLimits limits) : lane("test", limits) {
        REQUIRE(lane.submit([this](bool) {
            begun.set_value();
            go_on.get_future().wait();
        }));
        begun.get_future().wait();
    }
    std::promise<void> begun;
    std::promise<void> go_on;
    Lane lane;
};

}  // namespace

TEST_CASE("jobs start in the order of their arrival, and all are done before a lane ends") {
    std::vector<int> order;
    {
        BusyLane busy({1, 100, std::chrono::hours(1)});
        for (int i = 0; i < 20; ++i) {
            REQUIRE(busy.lane.submit([&order, i](bool too_late) {
                CHECK_FALSE(too_late);
                order.push_back(i);
            }));
        }
        busy.go_on.set_value();
    }
    CHECK(order.size() == 20);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("jobs beyond the limit of waiting ones are refused at once") {
    int done = 0;
    {
        BusyLane busy({1, 2, std::chrono::hours(1)});
        CHECK(busy.lane.submit([&](bool) { ++done; }));
        CHECK(busy.lane.submit([&](bool) { ++done; }));
        CHECK_FALSE(busy.lane.submit([&](bool) { ++done; }));
        busy.go_on.set_value();
    }
    CHECK(done == 2);
}

TEST_CASE("a job that waits too long gets an answer even if no worker is free") {
    int told = 0;
    BusyLane busy({1, 100, milliseconds(1)});
    CHECK(busy.lane.submit([&](bool too_late) { told += too_late ? 1 : 100; }));
    CHECK(eventually([&] {
        busy.lane.shed_late();
        return told == 1;
    }));
    busy.go_on.set_value();
}

TEST_CASE("preferred jobs start before others, and have reserved places") {
    std::string order;
    {
        BusyLane busy({1, 4, std::chrono::hours(1), 2});
        CHECK(busy.lane.submit([&](bool) { order += "a"; }));
        CHECK(busy.lane.submit([&](bool) { order += "b"; }));
        CHECK_FALSE(busy.lane.submit([&](bool) { order += "c"; }));
        CHECK(busy.lane.submit([&](bool) { order += "P"; }, true));
        CHECK(busy.lane.submit([&](bool) { order += "Q"; }, true));
        CHECK_FALSE(busy.lane.submit([&](bool) { order += "R"; }, true));
        busy.go_on.set_value();
    }
    CHECK(order == "PQab");
}
