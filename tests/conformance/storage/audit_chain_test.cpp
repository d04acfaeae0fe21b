#include "rules/audit_chain.hpp"

#include <algorithm>
#include <thread>

#include "conformance/storage/storage_case.hpp"
#include "support/time_range.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct AuditChain : StorageCase {
    static inline const Timestamp kMuchLater = at(seconds(1'000'000));

    AuditEntry append(microseconds when) {
        const AuditEntry entry = make_audit("login", at(when));
        REQUIRE(storage().append_audit(entry));
        return entry;
    }
    AuditSeal seal(std::size_t limit = 100) {
        const auto tail = storage().audit_tail(seconds(600), kMuchLater, limit).value();
        const auto made = rules::make_seal(tail.newest, tail.unsealed, at(seconds(1'000)), "key");
        REQUIRE(storage().append_audit_seal(made));
        return made;
    }
    std::vector<AuditEntryId> unsealed(microseconds overlap = seconds(600)) {
        return ids_of(storage().audit_tail(overlap, kMuchLater, 100).value().unsealed);
    }
};

void check_same(const AuditSeal& left, const AuditSeal& right) {
    CHECK(left.number == right.number);
    CHECK(left.previous == right.previous);
    CHECK(left.digest == right.digest);
    CHECK(left.sealed_at == right.sealed_at);
    CHECK(left.entries == right.entries);
    CHECK(left.first_at == right.first_at);
    CHECK(left.last_at == right.last_at);
    CHECK(left.through == right.through);
    CHECK(left.cut_number == right.cut_number);
    CHECK(left.cut_digest == right.cut_digest);
    CHECK(left.cut_entries == right.cut_entries);
    CHECK(left.signature == right.signature);
}

}  // namespace

TEST_CASE_FIXTURE(AuditChain, "entries are unsealed until a seal contains them") {
    CHECK_FALSE(storage().audit_tail(seconds(5), kMuchLater, 10).value().newest.has_value());
    const auto first = append(seconds(1));
    const auto second = append(seconds(2));
    CHECK(unsealed() == std::vector{first.id, second.id});
    CHECK(storage().audit_tail(seconds(5), kMuchLater, 10).value().unsealed ==
          std::vector{first, second});
    const auto made = seal();
    CHECK(unsealed().empty());
    const auto third = append(seconds(2));
    CHECK(unsealed() == std::vector{third.id});
    seal();
    const auto seals = storage().audit_seals(0, 10).value();
    REQUIRE(seals.size() == 2);
    check_same(seals[0], made);
    CHECK(rules::digest_of(seals[1]) == seals[1].digest);
    CHECK(storage().audit_seals(1, 10).value().size() == 1);
    CHECK(storage().audit_seals(0, 1).value().size() == 1);
}

TEST_CASE_FIXTURE(AuditChain, "many entries are sealed in parts, each once, oldest first") {
    std::vector<AuditEntryId> all;
    for (int i = 0; i < 25; ++i) all.push_back(append(seconds(i / 5)).id);
    std::vector<AuditEntryId> sealed;
    for (int i = 0; i < 4; ++i) {
        for (const auto& entry : seal(7).entries) sealed.push_back(entry.id);
    }
    CHECK(sealed == all);
    CHECK(unsealed().empty());
}

TEST_CASE_FIXTURE(AuditChain, "an entry that is committed late is found within the overlap") {
    append(seconds(100));
    seal();
    const auto late = append(seconds(40));
    CHECK(unsealed(seconds(60)) == std::vector{late.id});
    CHECK(unsealed(seconds(59)).empty());
    CHECK(seal().through.time == at(seconds(100)));
    CHECK(unsealed().empty());
}

TEST_CASE_FIXTURE(AuditChain, "an entry of any time is found, but not before its time") {
    const auto old =
        append(microseconds(-at(seconds(0)).time_since_epoch()) - std::chrono::hours(1));
    const auto now = append(seconds(10));
    const auto later = append(seconds(11));
    const auto tail = storage().audit_tail(seconds(5), at(seconds(10)), 10).value();
    CHECK(ids_of(tail.unsealed) == std::vector{old.id, now.id});
    CHECK(unsealed() == std::vector{old.id, now.id, later.id});
    CHECK(storage().audit_places({kEarliestTime, {}}, 1).value().at(0).id == old.id.uuid());
}

TEST_CASE_FIXTURE(AuditChain, "a seal that does not follow the newest one is refused") {
    append(seconds(1));
    const auto tail = storage().audit_tail(seconds(5), kMuchLater, 10).value();
    const auto one = rules::make_seal(tail.newest, tail.unsealed, at(seconds(5)), "key");
    const auto other = rules::make_seal(tail.newest, tail.unsealed, at(seconds(6)), "key");
    REQUIRE(storage().append_audit_seal(one));
    CHECK(code_of(storage().append_audit_seal(other)) == ErrorCode::kConflict);
    CHECK(code_of(storage().append_audit_seal(rules::make_seal(other, tail.unsealed, at(seconds(7)),
                                                               "key"))) == ErrorCode::kConflict);
    CHECK(storage().audit_seals(0, 10).value().size() == 1);
}

TEST_CASE_FIXTURE(AuditChain, "entries and places are read for a comparison") {
    const auto first = append(seconds(2));
    const auto second = append(seconds(1));
    auto found =
        storage().find_audit_entries({first.id, second.id, new_id<AuditEntryId>()}).value();
    std::sort(found.begin(), found.end(),
              [](const auto& left, const auto& right) { return left.timestamp < right.timestamp; });
    CHECK(found == std::vector{second, first});
    CHECK(storage().find_audit_entries({}).value().empty());
    const auto places = storage().audit_places({}, 10).value();
    CHECK(places == std::vector{Cursor{second.timestamp, second.id.uuid()},
                                Cursor{first.timestamp, first.id.uuid()}});
    CHECK(storage().audit_places(places[0], 10).value() == std::vector{places[1]});
    CHECK(storage().audit_places({}, 1).value() == std::vector{places[0]});
}

TEST_CASE_FIXTURE(AuditChain, "a cut deletes the seals up to it and their entries, and no others") {
    for (int i = 0; i < 250; ++i) append(seconds(i));
    const auto first = seal(120);
    const auto second = seal(120);
    const auto third = seal(120);
    const auto cut = rules::make_cut(third, second, 240, 0, at(seconds(2'000)), "key");
    REQUIRE(storage().append_audit_seal(cut));
    CHECK(audit_count() == 10);
    const auto seals = storage().audit_seals(0, 10).value();
    REQUIRE(seals.size() == 2);
    check_same(seals[0], third);
    check_same(seals[1], cut);
    CHECK(unsealed().empty());
    CHECK(storage().find_audit_entries({first.entries[0].id}).value().empty());
}

TEST_CASE_FIXTURE(AuditChain, "more than 10,000 entries are not counted") {
    constexpr std::size_t kThreads = 8;
    std::vector<AuditEntry> entries;
    for (int i = 0; i < 10'000; ++i) entries.push_back(make_audit("login"));
    std::vector<std::thread> threads;
    for (std::size_t first = 0; first < kThreads; ++first) {
        threads.emplace_back([&, first] {
            for (auto i = first; i < entries.size(); i += kThreads) {
                CHECK(storage().append_audit(entries[i]));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    auto page = storage().list_audit({}).value();
    CHECK(page.total == 10'000);
    CHECK(page.total_is_exact);
    for (int i = 0; i < 2; ++i) REQUIRE(storage().append_audit(make_audit("login")));
    for (const char* actor : {"", "a"}) {
        AuditFilter filter;
        filter.actor_contains = actor;
        filter.offset = 10'000;
        page = storage().list_audit(filter).value();
        CHECK(page.total == 10'001);
        CHECK_FALSE(page.total_is_exact);
        CHECK(page.entries.size() == 2);
    }
}

TEST_CASE_FIXTURE(AuditChain, "the whole log can be read in parts by any filter") {
    for (int i = 0; i < 9; ++i) {
        append(seconds(i / 3));
        AuditEntry other = make_audit("other", at(seconds(i)));
        other.actor = i % 2 == 0 ? "Ann" : "Bob";
        REQUIRE(storage().append_audit(other));
    }
    AuditFilter filter;
    filter.action = "login";
    const auto all = collect_pages<AuditEntry>(
        2, [&](const PageRequest& page) { return storage().export_audit(filter, page); });
    CHECK(all.size() == 9);
    CHECK(std::is_sorted(all.begin(), all.end(), [](const auto& left, const auto& right) {
        return Cursor{left.timestamp, left.id.uuid()} > Cursor{right.timestamp, right.id.uuid()};
    }));
    filter = {};
    filter.actor_contains = "aN";
    CHECK(storage().export_audit(filter, {}).value().items.size() == 5);
}
