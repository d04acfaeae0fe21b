#include <algorithm>
#include <map>
#include <pqxx/pqxx>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct KeyFactsCase : StorageCase {
    /// Returns all changes after `place`, and moves `place` behind them.
    std::vector<KeyFact> read(std::string& place, std::size_t limit = 100) {
        std::vector<KeyFact> facts;
        while (true) {
            auto piece = storage().key_facts_after(place, limit).value();
            CHECK(piece.facts.size() <= limit);
            CHECK(piece.from_start == place.empty());
            place = piece.next;
            for (auto& fact : piece.facts) facts.push_back(std::move(fact));
            if (piece.complete) return facts;
        }
    }
};

}  // namespace

TEST_CASE_FIXTURE(KeyFactsCase,
                  "the facts of a key contain everything that decides about its values") {
    std::string place;
    CHECK(read(place).empty());
    CHECK(read(place).empty());
    auto row = make_key(add_broadcaster().id, at(seconds(1)));
    row.key.expires_at = at(seconds(3600));
    add(row);
    const auto facts = read(place);
    REQUIRE(facts.size() == 1);
    KeyFact expected;
    expected.stream_key_id = row.key.id;
    expected.digest = row.digest;
    expected.playback_path = row.key.playback_path;
    expected.expires_at = row.key.expires_at;
    expected.revision = facts.front().revision;
    CHECK(facts.front() == expected);
    CHECK(read(place).empty());
    std::string from_start;
    CHECK(read(from_start) == facts);
}

TEST_CASE_FIXTURE(KeyFactsCase, "every change that affects a key's values is reported") {
    const auto owner = add_broadcaster();
    const auto row = make_key(owner.id);
    add(row);
    const auto id = row.key.id;
    std::string place;
    CHECK(read(place).size() == 1);
    const auto next = [&] {
        const auto facts = read(place);
        REQUIRE(facts.size() == 1);
        CHECK(facts.front().stream_key_id == id);
        CHECK(read(place).empty());
        return facts.front();
    };

    StreamKeyChange change;
    change.id = id;
    change.disabled = true;
    storage().update_stream_key(change, at(seconds(2)), make_audit()).value();
    CHECK(next().disabled);
    change.disabled = false;
    change.expires_at = at(seconds(9));
    storage().update_stream_key(change, at(seconds(2)), make_audit()).value();
    const auto changed = next();
    CHECK_FALSE(changed.disabled);
    CHECK(changed.expires_at == at(seconds(9)));

    storage().set_broadcaster_disabled(owner.id, true, at(seconds(2)), make_audit()).value();
    CHECK(next().disabled);
    storage().set_broadcaster_disabled(owner.id, false, at(seconds(2)), make_audit()).value();
    CHECK_FALSE(next().disabled);

    const KeyDigest other = make_key(owner.id).digest;
    storage().rotate_stream_key({id, other, at(seconds(60))}, at(seconds(2)), make_audit()).value();
    const auto rotated = next();
    CHECK(rotated.digest == other);
    CHECK(rotated.previous_digest == row.digest);
    CHECK(rotated.previous_expires_at == at(seconds(60)));

    storage().revoke_stream_key(id, at(seconds(7)), make_audit()).value();
    CHECK(next().revoked_at == at(seconds(7)));
    storage().delete_broadcaster(owner.id, true, at(seconds(8)), make_audit()).value();
    CHECK(next().deleted);
}

TEST_CASE_FIXTURE(KeyFactsCase, "a claim does not change the facts of a key") {
    const auto row = make_key(add_broadcaster().id);
    add(row);
    std::string place;
    CHECK(read(place).size() == 1);
    CHECK(decide(make_request(row, "c1")) == ClaimDecision::kGranted);
    CHECK(read(place).empty());
}

TEST_CASE_FIXTURE(KeyFactsCase, "facts that are read in several batches are complete") {
    const auto owner = add_broadcaster();
    std::vector<StreamKeyId> expected;
    for (int i = 0; i < 7; ++i) expected.push_back(add_key(owner.id).key.id);
    std::string place;
    std::vector<StreamKeyId> found;
    for (const auto& fact : read(place, 3)) found.push_back(fact.stream_key_id);
    CHECK(found == expected);

    // So are those of one step, which all change at the same moment.
    storage().set_broadcaster_disabled(owner.id, true, at(seconds(2)), make_audit()).value();
    found.clear();
    for (const auto& fact : read(place, 3)) {
        CHECK(fact.disabled);
        found.push_back(fact.stream_key_id);
    }
    std::sort(found.begin(), found.end());
    CHECK(found == expected);
    CHECK(read(place).empty());
}

TEST_CASE_FIXTURE(KeyFactsCase,
                  "a change between two batches of a reading is in that reading or in the next") {
    const auto owner = add_broadcaster();
    std::vector<StreamKeyRow> rows;
    for (int i = 0; i < 4; ++i) rows.push_back(add_key(owner.id));
    const auto first = storage().key_facts_after({}, 2).value();
    REQUIRE_FALSE(first.complete);
    std::map<StreamKeyId, KeyFact> known;
    for (const auto& fact : first.facts) known[fact.stream_key_id] = fact;
    const auto revoked = first.facts.front().stream_key_id;
    storage().revoke_stream_key(revoked, at(seconds(3)), make_audit()).value();
    const auto late = add_key(owner.id);
    std::string place = first.next;
    for (int reading = 0; reading < 2; ++reading) {
        for (const auto& fact : read(place, 2)) known[fact.stream_key_id] = fact;
    }
    CHECK(known.size() == 5);
    CHECK(known.contains(late.key.id));
    CHECK(known[revoked].revoked_at.has_value());
}

TEST_CASE_FIXTURE(KeyFactsCase,
                  "a place from another database starts the reading from the beginning") {
    std::string place;
    read(place);
    const auto row = add_key();
    CHECK(read(place).size() == 1);
    const bool is_number = backend().address().empty();
    const auto again = storage().key_facts_after((is_number ? "9" : "other-") + place, 10).value();
    CHECK(again.from_start);
    REQUIRE(again.facts.size() == 1);
    CHECK(again.facts.front().stream_key_id == row.key.id);
    place = again.next;
    CHECK(read(place).empty());
}

// The following tests need a backend with concurrent transactions.

TEST_CASE_FIXTURE(KeyFactsCase,
                  "changes are reported even when they are committed in another order than made") {
    if (backend().address().empty()) return;
    const auto owner = add_broadcaster();
    const auto early = add_key(owner.id);
    const auto late = add_key(owner.id);
    std::string place;
    CHECK(read(place).size() == 2);
    pqxx::connection connection(backend().address());
    pqxx::work slow(connection);
    slow.exec("UPDATE rescuestream.stream_keys SET disabled = TRUE WHERE id = '" +
              early.key.id.to_string() + "'");
    storage().revoke_stream_key(late.key.id, at(seconds(3)), make_audit()).value();
    auto facts = read(place);
    REQUIRE(facts.size() == 1);
    CHECK(facts.front().stream_key_id == late.key.id);
    CHECK(read(place).empty());
    slow.commit();
    facts = read(place);
    REQUIRE(facts.size() == 1);
    CHECK(facts.front().stream_key_id == early.key.id);
    CHECK(facts.front().disabled);
    CHECK(read(place).empty());
}

TEST_CASE_FIXTURE(KeyFactsCase,
                  "a transaction that never ends neither delays nor repeats other changes") {
    if (backend().address().empty()) return;
    const auto owner = add_broadcaster();
    std::string place;
    read(place);
    pqxx::connection connection(backend().address());
    pqxx::work endless(connection);
    endless.exec("SELECT pg_current_xact_id()");
    for (int i = 0; i < 5; ++i) {
        const auto row = add_key(owner.id);
        const auto facts = read(place, 2);
        REQUIRE(facts.size() == 1);
        CHECK(facts.front().stream_key_id == row.key.id);
    }
    CHECK(read(place).empty());
}

TEST_CASE_FIXTURE(KeyFactsCase, "keys that were restored from another cluster are reported once") {
    if (backend().address().empty()) return;
    const auto row = add_key();
    pqxx::connection connection(backend().address());
    pqxx::nontransaction(connection)
        .exec("UPDATE rescuestream.stream_keys SET fact_xid = '999999999999'");
    std::string place;
    CHECK(read(place).size() == 1);
    CHECK(read(place).empty());
    storage().revoke_stream_key(row.key.id, at(seconds(3)), make_audit()).value();
    CHECK(read(place).size() == 1);
}
