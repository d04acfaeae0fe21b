#include "rules/audit_chain.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;
using namespace rescuestream::rules;
using std::chrono::seconds;
using Kind = AuditFinding::Kind;

namespace {

constexpr Timestamp kBegin{std::chrono::microseconds(1'768'644'000'000'000)};
constexpr const char* kKey = "key of the installation";

AuditEntry entry(std::uint8_t number, seconds after) {
    Uuid::Bytes bytes{};
    bytes[15] = number;
    AuditEntry made;
    made.id = AuditEntryId(Uuid(bytes));
    made.timestamp = kBegin + after;
    made.actor = "ann";
    made.action = "create";
    made.request_method = "POST";
    return made;
}

/// A log of six entries in three seals.
struct Chain {
    std::vector<std::vector<AuditEntry>> entries;
    std::vector<AuditSeal> seals;

    Chain() {
        for (std::uint8_t i = 0; i < 3; ++i) {
            entries.push_back(
                {entry(static_cast<std::uint8_t>(2 * i + 1), seconds(3'600 * i)),
                 entry(static_cast<std::uint8_t>(2 * i + 2), seconds(3'600 * i + 1))});
            seals.push_back(make_seal(seals.empty() ? std::nullopt : std::optional(seals.back()),
                                      entries.back(), kBegin + seconds(3'600 * i + 2), kKey));
        }
    }
    AuditVerification verify(std::optional<AuditCheckpoint> checkpoint = {},
                             std::string key = kKey) const {
        ChainCheck check(std::move(key), checkpoint, kBegin + seconds(9'000));
        for (std::size_t i = 0; i < seals.size(); ++i) check.add(seals[i], entries[i]);
        return check.finish();
    }
    AuditCheckpoint checkpoint(std::size_t seal) const {
        return {seals[seal].number, seals[seal].digest, seals[seal].sealed_at};
    }
};

std::vector<Kind> kinds_of(const AuditVerification& result) {
    std::vector<Kind> kinds;
    for (const auto& finding : result.findings) kinds.push_back(finding.kind);
    return kinds;
}

}  // namespace

TEST_CASE("an audit log that nobody changed has no findings") {
    const Chain chain;
    const auto result = chain.verify(chain.checkpoint(1));
    CHECK(result.findings.empty());
    CHECK(result.entries == 6);
    CHECK(result.seals == 3);
    CHECK(result.newest->number == 3);
    CHECK(result.signatures_checked);
    CHECK_FALSE(chain.verify({}, "").signatures_checked);
}

TEST_CASE("each member of an audit entry is part of its digest") {
    const AuditEntry same = entry(1, seconds(0));
    const std::vector<void (*)(AuditEntry&)> changes{
        [](AuditEntry& e) { e.id = AuditEntryId(Uuid({1})); },
        [](AuditEntry& e) { e.timestamp += std::chrono::microseconds(1); },
        [](AuditEntry& e) { e.actor = "bob"; },
        [](AuditEntry& e) { e.action = "delete"; },
        [](AuditEntry& e) { e.resource_type = ""; },
        [](AuditEntry& e) { e.resource_id = ""; },
        [](AuditEntry& e) { e.request_method = "PUT"; },
        [](AuditEntry& e) { e.request_path = "/"; },
        [](AuditEntry& e) { e.ip_address = "::1"; },
        [](AuditEntry& e) { e.outcome = AuditOutcome::kFailure; },
        [](AuditEntry& e) { e.failure_reason = ""; },
        [](AuditEntry& e) { e.metadata = JsonObject::parse(R"({"a":1})").value(); },
        [](AuditEntry& e) { e.request_id = ""; },
        [](AuditEntry& e) { e.origin = AuditOrigin::kServer; },
        // The same characters in other members.
        [](AuditEntry& e) { e.actor = "an", e.action = "ncreate"; },
    };
    for (const auto change : changes) {
        AuditEntry other = same;
        change(other);
        CHECK(digest_of(other) != digest_of(same));
    }
}

TEST_CASE("an edited and a removed entry are found and named") {
    Chain chain;
    chain.entries[1][0].actor = "bob";
    chain.entries[2].erase(chain.entries[2].begin());
    const auto result = chain.verify();
    REQUIRE(kinds_of(result) == std::vector{Kind::kEdited, Kind::kRemoved});
    CHECK(result.findings[0].entry == entry(3, seconds(0)).id);
    CHECK(result.findings[0].seal == 2);
    CHECK(result.findings[1].entry == entry(5, seconds(0)).id);
    CHECK(result.findings[1].text.find(entry(5, seconds(0)).id.to_string()) != std::string::npos);
}

TEST_CASE("an entry that was inserted is found whether it was sealed or not") {
    Chain chain;
    const AuditEntry old = entry(9, seconds(100));
    SUBCASE("in no seal") {
        ChainCheck check(kKey, {}, kBegin + seconds(9'000));
        for (std::size_t i = 0; i < 3; ++i) check.add(chain.seals[i], chain.entries[i]);
        check.add_unsealed(old.id, old.timestamp);
        check.add_unsealed(entry(10, seconds(0)).id, kBegin + seconds(7'300));
        const auto result = check.finish();
        REQUIRE(kinds_of(result) == std::vector{Kind::kInserted});
        CHECK(result.findings[0].entry == old.id);
        CHECK(result.unsealed == 1);
    }
    SUBCASE("with a time that has not come yet") {
        ChainCheck check(kKey, {}, kBegin + seconds(9'000));
        for (std::size_t i = 0; i < 3; ++i) check.add(chain.seals[i], chain.entries[i]);
        check.add_unsealed(old.id, kBegin + seconds(9'601));
        check.add_unsealed(entry(10, seconds(0)).id, kBegin + seconds(9'600));
        const auto result = check.finish();
        REQUIRE(kinds_of(result) == std::vector{Kind::kInserted});
        CHECK(result.findings[0].entry == old.id);
    }
    SUBCASE("with a time long after its seal") {
        const AuditEntry early = entry(9, seconds(8'002));
        chain.entries.push_back({early});
        chain.seals.push_back(
            make_seal(chain.seals.back(), {early}, kBegin + seconds(7'400), kKey));
        const auto result = chain.verify();
        REQUIRE(kinds_of(result) == std::vector{Kind::kInserted});
        CHECK(result.findings[0].entry == early.id);
    }
    SUBCASE("sealed by a server that took it for its own") {
        chain.entries.push_back({old});
        chain.seals.push_back(make_seal(chain.seals.back(), {old}, kBegin + seconds(7'400), kKey));
        const auto result = chain.verify();
        REQUIRE(kinds_of(result) == std::vector{Kind::kInserted});
        CHECK(result.findings[0].entry == old.id);
    }
}

TEST_CASE("the first seals may contain entries of any age") {
    const std::vector<AuditEntry> history{entry(1, seconds(-90'000)), entry(2, seconds(-80'000))};
    const auto first = make_seal({}, {history[0]}, kBegin, kKey);
    const auto second = make_seal(first, {history[1]}, kBegin + seconds(1), kKey);
    ChainCheck check(kKey, {}, kBegin + seconds(9'000));
    check.add(first, {history[0]});
    check.add(second, {history[1]});
    CHECK(check.finish().findings.empty());
}

TEST_CASE("a seal that was edited, removed or replaced is found") {
    Chain chain;
    SUBCASE("edited") {
        chain.seals[1].entries[0].digest = digest_of(chain.entries[0][0]);
        CHECK(kinds_of(chain.verify()) == std::vector{Kind::kBrokenChain, Kind::kEdited});
    }
    SUBCASE("edited with its digest") {
        chain.seals[1].entries.pop_back();
        chain.seals[1].digest = digest_of(chain.seals[1]);
        CHECK(kinds_of(chain.verify()) == std::vector{Kind::kBrokenChain, Kind::kBadSignature});
    }
    SUBCASE("removed") {
        chain.seals.erase(chain.seals.begin() + 1);
        chain.entries.erase(chain.entries.begin() + 1);
        CHECK(kinds_of(chain.verify()) == std::vector{Kind::kBrokenChain});
    }
    SUBCASE("the beginning removed") {
        chain.seals.erase(chain.seals.begin());
        chain.entries.erase(chain.entries.begin());
        CHECK(kinds_of(chain.verify()) == std::vector{Kind::kBrokenChain});
    }
}

TEST_CASE("a chain that was made anew without the key has no right signature") {
    Chain chain;
    std::optional<AuditSeal> last;
    for (std::size_t i = 0; i < 3; ++i) {
        chain.entries[i][0].actor = "bob";
        chain.seals[i] = make_seal(last, chain.entries[i], chain.seals[i].sealed_at, "another key");
        last = chain.seals[i];
    }
    const auto result = chain.verify();
    REQUIRE(kinds_of(result) == std::vector{Kind::kBadSignature});
    CHECK(result.findings[0].text.find("seals 1 to 3") != std::string::npos);
    CHECK(chain.verify({}, "").findings.empty());
}

TEST_CASE(
    "a checkpoint shows a chain that was made anew with the key, and one that was cut short") {
    const Chain before;
    Chain chain;
    SUBCASE("made anew") {
        std::optional<AuditSeal> last;
        for (std::size_t i = 0; i < 3; ++i) {
            chain.entries[i][0].actor = "bob";
            chain.seals[i] = make_seal(last, chain.entries[i], chain.seals[i].sealed_at, kKey);
            last = chain.seals[i];
        }
    }
    SUBCASE("cut short") {
        chain.seals.pop_back();
        chain.entries.pop_back();
    }
    CHECK(chain.verify().findings.empty());
    CHECK(kinds_of(chain.verify(before.checkpoint(2))) == std::vector{Kind::kNotCheckpoint});
}

TEST_CASE("seals before a checkpoint need no signature of the present key") {
    const Chain chain;
    CHECK(chain.verify(chain.checkpoint(2), "new key").findings.empty());
    CHECK(kinds_of(chain.verify(chain.checkpoint(1), "new key")) ==
          std::vector{Kind::kBadSignature});
}

TEST_CASE("what remains after a cut of retention is still proven, and only that cut explains it") {
    Chain chain;
    const auto cut = make_cut(chain.seals[2], chain.seals[1], 4, 10, kBegin + seconds(9'000), kKey);
    chain.seals.push_back(cut);
    chain.entries.emplace_back();
    chain.seals.erase(chain.seals.begin(), chain.seals.begin() + 2);
    chain.entries.erase(chain.entries.begin(), chain.entries.begin() + 2);
    const auto result = chain.verify();
    CHECK(result.findings.empty());
    CHECK(result.cut == 14);
    // One more seal is removed than the cut says.
    chain.seals.erase(chain.seals.begin());
    chain.entries.erase(chain.entries.begin());
    CHECK(kinds_of(chain.verify()) == std::vector{Kind::kBrokenChain});
}
