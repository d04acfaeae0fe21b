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

TEST_CASE_FIXTURE(LeaseCase, "a lease is held by one program at a time") {
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

TEST_CASE_FIXTURE(
    LeaseCase, "a lease that is not renewed is taken over, after its holder has stopped using it") {
    CHECK(one.hold());
    CHECK_FALSE(two.hold());
    int waited = 0;
    do {
        clock.advance(seconds(1));
        ++waited;
        REQUIRE(waited < 10);
        // Never both: when "two" has the lease, "one" must already know that it has lost it.
    } while (!two.hold());
    CHECK(waited >= 6);
    CHECK_FALSE(one.is_held());
    CHECK_FALSE(one.hold());
    CHECK(one.holder() == "two");
}

TEST_CASE_FIXTURE(LeaseCase, "a released lease is free at once") {
    CHECK(one.hold());
    CHECK_FALSE(two.hold());
    one.give_up();
    CHECK_FALSE(one.is_held());
    CHECK(two.hold());
}

TEST_CASE_FIXTURE(LeaseCase, "a lease expires when its storage cannot be reached") {
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

TEST_CASE_FIXTURE(LeaseCase, "a program that restarts under the same name keeps its lease") {
    CHECK(one.hold());
    Lease again(storage, clock, null_logger(), "default", "one");
    CHECK(again.hold());
    CHECK_FALSE(two.hold());
}
