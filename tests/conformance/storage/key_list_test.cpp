#include <map>
#include <pqxx/pqxx>
#include <random>

#include "conformance/storage/storage_case.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

/// Keeps a list of all keys by applying the reported changes.
struct KeyListCase : StorageCase {
    /// Reads the next changes, and returns them.
    KeyListChanges follow() {
        auto changes = storage().key_list_after(place).value();
        if (changes.from_start) kept.clear();
        for (const auto& entry : changes.entries) {
            if (entry.removed) {
                kept.erase(entry.key.id);
            } else {
                kept[entry.key.id] = entry.key;
            }
        }
        place = changes.next;
        return changes;
    }
    /// Returns whether the kept list equals the list that is read as a whole.
    bool is_right() {
        const auto changes = follow();
        const auto whole = storage().list_stream_keys({}, {}).value().items;
        if (kept.size() != changes.count || whole.size() != changes.count) return false;
        for (const auto& key : whole) {
            const auto found = kept.find(key.id);
            if (found == kept.end() || found->second != key) return false;
        }
        return true;
    }
    /// Returns whether a reading reports nothing. While any transaction of the PostgreSQL server is
    /// open, another test's too, changes that are younger are reported repeatedly; so it may take a
    /// moment.
    bool falls_silent() {
        return eventually([&] { return follow().entries.empty(); }, std::chrono::seconds(60));
    }
    bool tells_apart() { return !place.empty(); }

    std::string place;
    std::map<StreamKeyId, StreamKey> kept;
};

}  // namespace

TEST_CASE_FIXTURE(KeyListCase,
                  "a list of keys that is kept by applying changes equals the whole list") {
    CHECK(is_right());
    std::mt19937 random(7);
    std::vector<Broadcaster> owners;
    std::vector<StreamKeyRow> rows;
    owners.push_back(add_broadcaster());
    const auto any = [&](auto& list) -> auto& {
        return list[random() % list.size()];
    };
    for (int step = 0; step < 300; ++step) {
        const Timestamp now = at(seconds(10 + step));
        const auto choice = random() % 12;
        if (choice < 3 || rows.empty()) {
            auto row = make_key(any(owners).id, now);
            if (random() % 2 == 0) row.key.expires_at = now + seconds(30);
            // The broadcaster may have been deleted.
            if (storage().create_stream_key(row, make_audit())) rows.push_back(row);
            continue;
        }
        const auto& row = any(rows);
        StreamKeyChange change;
        change.id = row.key.id;
        // Some of these are refused (the key is revoked, its broadcaster deleted) and change
        // nothing.
        switch (choice) {
            case 3:
                change.label = "label " + std::to_string(step);
                (void)storage().update_stream_key(change, now, make_audit());
                break;
            case 4:
                change.disabled = random() % 2 == 0;
                (void)storage().update_stream_key(change, now, make_audit());
                break;
            case 5:
                change.expires_at = now + seconds(5);
                (void)storage().update_stream_key(change, now, make_audit());
                break;
            case 6:
                (void)storage().revoke_stream_key(row.key.id, now, make_audit());
                break;
            case 7:
                (void)storage().rotate_stream_key(
                    {row.key.id, make_key(row.key.broadcaster_id).digest, now + seconds(20)}, now,
                    make_audit());
                break;
            case 8:
            case 9:
                (void)storage().claim(make_request(row, "connection " + std::to_string(step), now));
                break;
            case 10:
                (void)storage().set_broadcaster_disabled(any(owners).id, random() % 2 == 0, now,
                                                         make_audit());
                break;
            default:
                owners.push_back(add_broadcaster(now));
                if (random() % 4 != 0) break;
                (void)storage().delete_broadcaster(owners[random() % (owners.size() - 1)].id, true,
                                                   now, make_audit());
        }
        if (random() % 3 == 0) CHECK(is_right());
    }
    CHECK(is_right());
    CHECK(rows.size() > 20);
}

TEST_CASE_FIXTURE(
    KeyListCase,
    "a stop that blocks a key, and a change of its session, are reported with the key") {
    const auto row = add_key();
    CHECK(is_right());
    const Stream stream = go_live(row, "c");
    CHECK(is_right());
    CHECK(kept.at(row.key.id).last_used_at.has_value());
    storage()
        .begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin}, at(seconds(60)),
                    at(seconds(12)), make_audit())
        .value();
    CHECK(is_right());
    CHECK(kept.at(row.key.id).blocked_until == at(seconds(60)));
}

// The following tests need a backend that reports single changes.

TEST_CASE_FIXTURE(KeyListCase, "only keys that changed are reported") {
    const auto owner = add_broadcaster();
    for (int i = 0; i < 20; ++i) add_key(owner.id);
    const auto row = add_key(owner.id);
    follow();
    if (!tells_apart()) return;
    CHECK(falls_silent());
    storage().revoke_stream_key(row.key.id, at(seconds(3)), make_audit()).value();
    const auto changes = follow();
    CHECK_FALSE(changes.from_start);
    CHECK(changes.count == 21);
    REQUIRE(changes.entries.size() == 1);
    CHECK(changes.entries.front().key.id == row.key.id);
    CHECK(changes.entries.front().key.revoked_at == at(seconds(3)));
    CHECK(falls_silent());
}

TEST_CASE_FIXTURE(KeyListCase,
                  "a change that is being written during a reading is reported by a later one") {
    if (backend().address().empty()) return;
    const auto early = add_key();
    const auto late = add_key();
    follow();
    pqxx::connection connection(backend().address());
    pqxx::work slow(connection);
    const std::string disable = "UPDATE rescuestream.stream_keys SET label = 'slow' WHERE id = '";
    {
        // Its transaction has another number, which no snapshot lists.
        pqxx::subtransaction part(slow);
        part.exec(disable + early.key.id.to_string() + "'");
        part.commit();
    }
    storage().revoke_stream_key(late.key.id, at(seconds(3)), make_audit()).value();
    CHECK(is_right());
    CHECK(kept.at(early.key.id).label != "slow");
    CHECK(is_right());
    slow.commit();
    CHECK(is_right());
    CHECK(kept.at(early.key.id).label == "slow");
    CHECK(falls_silent());
}

TEST_CASE_FIXTURE(KeyListCase, "a row that was deleted in SQL is noticed by the count of rows") {
    if (backend().address().empty()) return;
    const auto owner = add_broadcaster();
    const auto row = add_key(owner.id);
    add_key(owner.id);
    follow();
    pqxx::connection connection(backend().address());
    pqxx::nontransaction(connection)
        .exec("DELETE FROM rescuestream.stream_keys WHERE id = '" + row.key.id.to_string() + "'");
    CHECK(follow().count == 1);
    place.clear();
    CHECK(is_right());
}

TEST_CASE_FIXTURE(KeyListCase, "a place from another database gives the whole list") {
    if (backend().address().empty()) return;
    add_key();
    follow();
    const auto changes = storage().key_list_after("other-" + place).value();
    CHECK(changes.from_start);
    CHECK(changes.entries.size() == 1);
}
