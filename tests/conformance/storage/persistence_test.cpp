// Records after the end of a program, and several programs that use one place.
// They do nothing on a backend that keeps nothing: see Backend::is_persistent.
#include <latch>
#include <thread>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "all records are there after the storage is opened again") {
    if (!backend().is_persistent()) return;
    const auto live_key = add_key();
    const auto revoked_key = add_key();
    go_live(live_key, "a");
    go_live(revoked_key, "b");
    storage().revoke_stream_key(revoked_key.key.id, at(seconds(20)), make_audit()).value();
    const auto status = storage().schema_status().value();
    const auto broadcasters = storage().list_broadcasters({}).value().items;
    const auto keys = storage().list_stream_keys({}, {}).value().items;
    const auto streams = storage().list_streams({}, {}).value().items;
    const auto audit = storage().list_audit({}).value().entries;
    const auto cutoffs = pending();
    const auto live_session = session(live_key);
    const auto revoked_session = session(revoked_key);
    REQUIRE(cutoffs.size() == 1);

    reopen();
    CHECK(storage().ping().has_value());
    CHECK(storage().schema_status().value() == status);
    CHECK(storage().list_broadcasters({}).value().items == broadcasters);
    CHECK(storage().list_stream_keys({}, {}).value().items == keys);
    CHECK(storage().list_streams({}, {}).value().items == streams);
    CHECK(storage().list_audit({}).value().entries == audit);
    CHECK(pending() == cutoffs);
    CHECK(session(live_key) == live_session);
    CHECK(session(revoked_key) == revoked_session);
    CHECK(decide(make_request(live_key, "c", at(seconds(21)))) == ClaimDecision::kInUse);
}

TEST_CASE_FIXTURE(StorageCase, "deleted records stay deleted after the storage is opened again") {
    if (!backend().is_persistent()) return;
    const auto row = add_key();
    storage()
        .delete_broadcaster(row.key.broadcaster_id, false, at(seconds(20)), make_audit())
        .value();
    reopen();
    CHECK(code_of(storage().find_broadcaster(row.key.broadcaster_id)) == ErrorCode::kNotFound);
    CHECK(code_of(storage().find_stream_key(row.key.id)) == ErrorCode::kNotFound);
    CHECK(decide(make_request(row, "a")) == ClaimDecision::kUnknownKey);
}

TEST_CASE_FIXTURE(StorageCase, "two open storages on one place see each other's writes") {
    if (!backend().is_persistent()) return;
    const auto second = backend().open();
    CHECK(second->ping().has_value());
    const auto row = add_key();
    CHECK(second->find_stream_key(row.key.id).value() == row.key);
    CHECK(second->claim(make_request(row, "a")).value().decision == ClaimDecision::kGranted);
    CHECK(session(row).claim->connection == ConnectionId{"a"});
    CHECK(decide(make_request(row, "b")) == ClaimDecision::kInUse);
    storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()).value();
    CHECK(second->claim(make_request(row, "a", at(seconds(21)))).value().decision ==
          ClaimDecision::kRevoked);
}

TEST_CASE_FIXTURE(StorageCase, "when two storages claim one key at once, one gets it") {
    if (!backend().is_persistent()) return;
    const auto second = backend().open();
    const auto row = add_key();
    for (int round = 0; round < 20; ++round) {
        CAPTURE(round);
        std::latch start(2);
        std::optional<Result<ClaimOutcome>> theirs;
        std::thread thread([&] {
            start.arrive_and_wait();
            theirs = second->claim(make_request(row, "theirs " + std::to_string(round)));
        });
        start.arrive_and_wait();
        const auto ours = storage().claim(make_request(row, "ours " + std::to_string(round)));
        thread.join();
        const bool we_have_it = ours.value().decision == ClaimDecision::kGranted;
        const bool they_have_it = theirs->value().decision == ClaimDecision::kGranted;
        CHECK(we_have_it != they_have_it);
        commit_claim(row, std::nullopt);
    }
}

TEST_CASE_FIXTURE(StorageCase, "several storages can migrate one empty place at once") {
    if (!backend().is_persistent()) return;
    storage().migrate(0, at(seconds(1))).value();
    constexpr int kPrograms = 4;
    std::vector<std::unique_ptr<Storage>> storages;
    for (int i = 0; i < kPrograms; ++i) storages.push_back(backend().open());
    std::latch start(kPrograms);
    std::vector<Result<SchemaStatus>> answers(kPrograms, Result<SchemaStatus>(Error{}));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kPrograms; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            answers[i] = storages[i]->migrate(std::nullopt, at(seconds(2)));
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& answer : answers) CHECK(answer.value().pending.empty());
    CHECK(storage().ping().has_value());
}
