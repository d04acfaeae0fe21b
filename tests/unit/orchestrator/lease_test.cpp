#include "orchestrator/lease.hpp"

#include <doctest/doctest.h>

#include "support/faulty_storage.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

struct LeaseCase {
    ManualClock clock;
    std::shared_ptr<StorageFaults> faults = std::make_shared<StorageFaults>();
    FaultyStorage storage{TestOrchestrator::open_memory(), faults};
    Lease one{storage, clock, null_logger(), "default", "one"};
    Lease two{storage, clock, null_logger(), "default", "two"};
};

}  // namespace

TEST_CASE_FIXTURE(LeaseCase, "a lease is held by one at a time") {
    CHECK(one.hold());
    CHECK_FALSE(two.hold());
    CHECK(one.is_held());
    CHECK_FALSE(two.is_held());
    CHECK(two.holder() == "one");
}

TEST_CASE_FIXTURE(LeaseCase, "a lease that is renewed is never taken over") {
    CHECK(one.hold());
    for (int round = 0; round < 30; ++round) {
        clock.advance(seconds(1));
        CHECK(one.hold());
        CHECK_FALSE(two.hold());
    }
}

TEST_CASE_FIXTURE(LeaseCase,
                  "a lease that is not renewed is taken over, and its holder knows before") {
    CHECK(one.hold());
    CHECK_FALSE(two.hold());
    int waited = 0;
    do {
        clock.advance(seconds(1));
        ++waited;
        REQUIRE(waited < 10);
        // Never both: when two has it, one must have stopped believing so.
    } while (!two.hold());
    CHECK(waited >= 6);
    CHECK_FALSE(one.is_held());
    CHECK_FALSE(one.hold());
    CHECK(one.holder() == "two");
}

TEST_CASE_FIXTURE(LeaseCase, "a lease that is given up is free at once") {
    CHECK(one.hold());
    CHECK_FALSE(two.hold());
    one.give_up();
    CHECK_FALSE(one.is_held());
    CHECK(two.hold());
}

TEST_CASE_FIXTURE(LeaseCase, "without its storage a lease runs out") {
    CHECK(one.hold());
    faults->fail_method("hold_lease");
    clock.advance(seconds(3));
    CHECK(one.hold());
    clock.advance(seconds(3));
    CHECK_FALSE(one.hold());
    faults->clear();
    CHECK(one.hold());
}

TEST_CASE_FIXTURE(LeaseCase, "a lease is not renewed more often than needed") {
    CHECK(one.hold());
    CHECK(one.hold());
    CHECK(one.hold());
    CHECK(faults->calls("hold_lease") == 1);
}

TEST_CASE_FIXTURE(LeaseCase, "a program that is started again under its name goes on at once") {
    CHECK(one.hold());
    Lease again(storage, clock, null_logger(), "default", "one");
    CHECK(again.hold());
    CHECK_FALSE(two.hold());
}
