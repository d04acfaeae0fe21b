// Every change of a key takes one path: the step, memory, and what it leaves on media servers.
#include "orchestrator/key_changes.hpp"

#include <doctest/doctest.h>

#include "orchestrator/counted_storage.hpp"
#include "orchestrator/cutoff_meter.hpp"
#include "orchestrator/key_follower.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

namespace key_changes_test {

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

// Nobody but KeyChanges can take these steps: a part of the path cannot be forgotten.
template <class T>
concept CanRevoke = requires(T& storage, const AuditEntry& audit) {
    storage.revoke_stream_key({}, {}, audit);
};
template <class T>
concept CanRotate = requires(T& storage, const AuditEntry& audit) {
    storage.rotate_stream_key({}, {}, audit);
};
template <class T>
concept CanUpdate = requires(T& storage, const AuditEntry& audit) {
    storage.update_stream_key({}, {}, audit);
};
template <class T>
concept CanCreate = requires(T& storage, const AuditEntry& audit) {
    storage.create_stream_key({}, audit);
};
template <class T>
concept CanStop = requires(T& storage, const AuditEntry& audit) {
    storage.begin_stop({}, {}, {}, {}, audit);
};
template <class T>
concept CanDisableBroadcaster = requires(T& storage, const AuditEntry& audit) {
    storage.set_broadcaster_disabled({}, true, {}, audit);
};
template <class T>
concept CanDeleteBroadcaster = requires(T& storage, const AuditEntry& audit) {
    storage.delete_broadcaster({}, true, {}, audit);
};

static_assert(CanRevoke<Storage> && !CanRevoke<CountedStorage>);
static_assert(CanRotate<Storage> && !CanRotate<CountedStorage>);
static_assert(CanUpdate<Storage> && !CanUpdate<CountedStorage>);
static_assert(CanCreate<Storage> && !CanCreate<CountedStorage>);
static_assert(CanStop<Storage> && !CanStop<CountedStorage>);
static_assert(CanDisableBroadcaster<Storage> && !CanDisableBroadcaster<CountedStorage>);
static_assert(CanDeleteBroadcaster<Storage> && !CanDeleteBroadcaster<CountedStorage>);

struct Worker final : CutoffWorker {
    CutoffReport carry_out(const std::vector<Cutoff>& given) override {
        cutoffs = given;
        CutoffReport report;
        report.kicked = static_cast<int>(given.size());
        return report;
    }
    std::vector<Cutoff> cutoffs;
};

/// A key that a connection holds, in a storage that counts, followed by a memory.
struct ChangesCase {
    ChangesCase() {
        broadcaster.id = BroadcasterId(uuid('1'));
        broadcaster.display_name = "Team";
        REQUIRE(storage.create_broadcaster(broadcaster, audit()));
        row.key.id = StreamKeyId(uuid('2'));
        row.key.broadcaster_id = broadcaster.id;
        row.key.playback_path = "live/a";
        row.digest.fill(1);
        keys.start();
        REQUIRE(changes.create(row, audit()));
        ClaimRequest request;
        request.digest = row.digest;
        request.claim.connection = ConnectionId{"a"};
        request.claim.claimed_at = now;
        REQUIRE(storage.claim(request).value().decision == ClaimDecision::kGranted);
        REQUIRE(eventually([&] {
            const auto known = keys.judge(row.digest, std::nullopt, now);
            return known && known->decision == ClaimDecision::kGranted;
        }));
    }
    ~ChangesCase() { keys.stop(); }

    static Uuid uuid(char last) {
        return *Uuid::parse(std::string("00000000-0000-7000-8000-00000000000") + last);
    }
    AuditEntry audit() {
        AuditEntry entry;
        entry.id = AuditEntryId(
            *Uuid::parse("00000000-0000-7000-9000-0000000000" + std::to_string(++audits)));
        entry.action = "change";
        return entry;
    }

    /// The connection was removed, and memory never grants the key by what it knew before.
    void check(const Result<KeyChanges::Done>& done) {
        const auto known = keys.judge(row.digest, std::nullopt, now);
        REQUIRE(done);
        CHECK(done->changed);
        REQUIRE(worker.cutoffs.size() == 1);
        CHECK(worker.cutoffs[0].connection == ConnectionId{"a"});
        CHECK(done->cutoff.kicked == 1);
        CHECK((!known || known->decision != ClaimDecision::kGranted));
    }

    int audits = 10;
    Timestamp now{seconds(1'000'000)};
    Broadcaster broadcaster;
    StreamKeyRow row;
    CountedStorage storage{TestOrchestrator::open_memory()};
    KeyFollower keys{storage, system_clock(), null_logger()};
    CutoffMeter meter;
    KeyChanges changes{storage, keys, meter};
    Worker worker;
};

}  // namespace

TEST_CASE_FIXTURE(ChangesCase,
                  "whatever takes a key away removes its connection and invalidates memory") {
    SUBCASE("revoked") {
        check(changes.revoke(worker, row.key.id, now, audit()));
    }
    SUBCASE("disabled") {
        StreamKeyChange change;
        change.id = row.key.id;
        change.disabled = true;
        check(changes.update(worker, change, now, audit()));
    }
    SUBCASE("rotated") {
        StreamKeyRotation rotation;
        rotation.id = row.key.id;
        rotation.digest.fill(2);
        check(changes.rotate(worker, rotation, now, audit()));
    }
    SUBCASE("its broadcaster disabled") {
        check(changes.set_broadcaster_disabled(worker, broadcaster.id, true, now, audit()));
    }
    SUBCASE("its broadcaster deleted") {
        check(changes.delete_broadcaster(worker, broadcaster.id, true, now, audit()));
    }
}

TEST_CASE_FIXTURE(ChangesCase, "a change that the storage refuses removes nobody") {
    const auto unknown = changes.revoke(worker, StreamKeyId(uuid('9')), now, audit());
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == ErrorCode::kNotFound);
    CHECK(worker.cutoffs.empty());
}

}  // namespace key_changes_test
