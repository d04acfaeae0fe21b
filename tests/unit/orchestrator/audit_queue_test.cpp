#include "orchestrator/audit_queue.hpp"

#include <doctest/doctest.h>

#include "support/faulty_storage.hpp"
#include "support/manual_clock.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;

namespace {

AuditEntry queued(const char* id) {
    AuditEntry entry;
    entry.id = AuditEntryId::parse(id).value();
    entry.actor = "rescuestream";
    entry.action = "cut_off";
    return entry;
}

constexpr const char* kFirst = "0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d11";
constexpr const char* kSecond = "0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d12";
constexpr const char* kThird = "0197c2a0-6d4e-7c33-9d1e-2f4b8a6c0d13";

}  // namespace

TEST_CASE("entries that nobody waits for are written later, with the time of the writing") {
    const auto faults = std::make_shared<StorageFaults>();
    FaultyStorage storage(TestOrchestrator::open_memory(), faults);
    ManualClock clock;
    AuditQueue queue(storage, clock, 2);
    for (const char* id : {kFirst, kSecond, kThird}) queue.add(queued(id));
    faults->fail_next(1);
    CHECK(queue.write() == 1);
    CHECK(storage.list_audit({})->total == 0);
    clock.advance(hours(1));
    CHECK(queue.write() == 0);
    const auto entries = storage.list_audit({}).value().entries;
    REQUIRE(entries.size() == 2);
    for (const auto& entry : entries) CHECK(entry.timestamp == clock.now());
    CHECK(queue.write() == 0);
    CHECK(storage.list_audit({})->total == 2);
}

TEST_CASE("an entry whose answer was lost is there once, and keeps no others from being written") {
    const auto faults = std::make_shared<StorageFaults>();
    FaultyStorage storage(TestOrchestrator::open_memory(), faults);
    ManualClock clock;
    AuditQueue queue(storage, clock, 2);
    queue.add(queued(kFirst));
    queue.add(queued(kSecond));
    faults->lose_next_answer("append_audit");
    CHECK(queue.write() == 0);
    CHECK(storage.list_audit({})->total == 1);
    CHECK(queue.write() == 0);
    CHECK(storage.list_audit({})->total == 2);
}
