#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct KeyFactsCase : StorageCase {
    std::vector<KeyFact> after(std::int64_t version, std::size_t limit = 100) {
        return storage().key_facts_after(version, limit).value().facts;
    }
    std::int64_t newest() { return storage().key_facts_after(0, 1).value().newest; }
};

}  // namespace

TEST_CASE_FIXTURE(KeyFactsCase, "the facts of a key are what its values are judged by") {
    CHECK(newest() == 0);
    CHECK(after(0).empty());
    auto row = make_key(add_broadcaster().id, at(seconds(1)));
    row.key.expires_at = at(seconds(3600));
    add(row);
    const auto facts = after(0);
    REQUIRE(facts.size() == 1);
    KeyFact expected;
    expected.version = newest();
    expected.stream_key_id = row.key.id;
    expected.digest = row.digest;
    expected.playback_path = row.key.playback_path;
    expected.expires_at = row.key.expires_at;
    CHECK(facts.front() == expected);
    CHECK(newest() > 0);
    CHECK(after(newest()).empty());
}

TEST_CASE_FIXTURE(KeyFactsCase,
                  "every change that matters for a key's values makes its fact newer") {
    const auto owner = add_broadcaster();
    const auto row = make_key(owner.id);
    add(row);
    const auto id = row.key.id;
    std::int64_t seen = newest();
    const auto next = [&] {
        const auto facts = after(seen);
        REQUIRE(facts.size() == 1);
        CHECK(facts.front().stream_key_id == id);
        CHECK(facts.front().version > seen);
        seen = facts.front().version;
        CHECK(newest() == seen);
        return facts.front();
    };

    StreamKeyChange change;
    change.id = id;
    change.disabled = true;
    storage().update_stream_key(change, at(seconds(2)), make_audit()).value();
    CHECK(next().disabled);
    change.disabled = false;
    change.set_expires_at = true;
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

TEST_CASE_FIXTURE(KeyFactsCase, "a claim changes no fact") {
    const auto row = make_key(add_broadcaster().id);
    add(row);
    const auto seen = newest();
    CHECK(decide(make_request(row, "c1")) == ClaimDecision::kGranted);
    CHECK(newest() == seen);
}

TEST_CASE_FIXTURE(KeyFactsCase, "facts are read in pieces, and none is missed") {
    const auto owner = add_broadcaster();
    std::vector<StreamKeyId> expected;
    for (int i = 0; i < 7; ++i) {
        const auto row = make_key(owner.id);
        add(row);
        expected.push_back(row.key.id);
    }
    std::vector<StreamKeyId> read;
    std::int64_t version = 0;
    while (true) {
        const auto facts = after(version, 3);
        if (facts.empty()) break;
        CHECK(facts.size() <= 3);
        for (const auto& fact : facts) {
            CHECK(fact.version > version);
            version = fact.version;
            read.push_back(fact.stream_key_id);
        }
    }
    CHECK(read == expected);
    CHECK(version == newest());
}
