#include "telemetry/span_queue.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>

#include "spans.hpp"

using namespace rescuestream;
using namespace rescuestream::server;
using rescuestream::server::testing::span_named;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a full queue drops the oldest spans and counts them") {
    SpanQueue queue(3, 3);
    for (const char* name : {"1", "2", "3", "4", "5"}) queue.push(span_named(name));
    CHECK(queue.size() == 3);
    CHECK(queue.dropped() == 2);
    CHECK(queue.is_full());
    const auto batch = queue.take_batch(milliseconds(0));
    CHECK_FALSE(queue.is_full());
    REQUIRE(batch.size() == 3);
    CHECK(batch[0]->name == "3");
    CHECK(batch[2]->name == "5");
    CHECK(queue.take_batch(milliseconds(0)).empty());
}

TEST_CASE("a full batch is taken without waiting, and a closed queue is emptied") {
    SpanQueue queue(10, 2);
    auto taken = std::async(std::launch::async, [&] { return queue.take_batch(seconds(60)); });
    queue.push(span_named("1"));
    queue.push(span_named("2"));
    CHECK(taken.get().size() == 2);
    queue.push(span_named("3"));
    queue.close();
    CHECK(queue.take_batch(seconds(60)).size() == 1);
    CHECK(queue.take_batch(seconds(60)).empty());
}
