#include "rescuestream/playback.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "conformance/storage/at_once.hpp"
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace playback_test {
namespace {

struct PlaybackCase : StorageCase {
    PlaybackKey make_playback_key(const std::string& id, seconds when, bool is_own = true) {
        PlaybackKey key;
        key.id = id;
        key.is_own = is_own;
        key.algorithm = is_own ? TokenAlgorithm::kEs256 : TokenAlgorithm::kEdDsa;
        key.public_key = "-----BEGIN PUBLIC KEY-----\nx\n";
        key.sealed_private_key = is_own ? "sealed" : "";
        key.issuer = is_own ? "rescuestream" : "dispatch \"1\" \xC3\xBC";
        key.label = "label";
        if (!is_own) key.paths = {"live/*", "cam/**"};
        key.created_at = at(when);
        return key;
    }
    void add_playback(const PlaybackKey& key, std::optional<Timestamp> others = std::nullopt) {
        REQUIRE(storage().add_playback_key(key, others, make_audit()));
    }
    ShortPlaybackToken make_short(std::uint8_t number, seconds expires) {
        ShortPlaybackToken token;
        token.digest.fill(number);
        token.grant.id = "t" + std::to_string(number);
        token.grant.issuer = "rescuestream";
        token.grant.paths = {"live/a"};
        token.grant.viewer_id = "v";
        token.grant.expires_at = std::chrono::floor<seconds>(at(expires));
        return token;
    }
    void revoke(RevokedBy by, const std::string& value, seconds when, seconds until,
                seconds now = seconds(0)) {
        REQUIRE(storage().revoke_playback({by, value, at(when), at(until)}, at(now),
                                          make_audit("revoke")));
    }
    PlaybackChanges after(std::int64_t version) {
        return storage().playback_changes_after(version).value();
    }
    std::size_t audits() { return storage().list_audit({}).value().total; }
};

}  // namespace

TEST_CASE_FIXTURE(PlaybackCase, "playback keys are listed as they were added, newest first") {
    CHECK(storage().list_playback_keys()->empty());
    const auto own = make_playback_key("own", seconds(1));
    auto imported = make_playback_key("imported", seconds(2), false);
    imported.expires_at = at(seconds(100));
    add_playback(own);
    add_playback(imported);
    CHECK(*storage().list_playback_keys() == std::vector{imported, own});
    CHECK(audits() == 2);
    const auto again = storage().add_playback_key(own, std::nullopt, make_audit());
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::kConflict);
    CHECK(audits() == 2);
}

TEST_CASE_FIXTURE(PlaybackCase, "no more than a thousand playback keys are valid, on all servers") {
    const auto import = [&](const std::string& id, seconds when, const std::string& account = {}) {
        AuditDraft draft = make_audit();
        if (!account.empty()) draft = AuditDraft(make_audit(), {{}, {}, account});
        return storage().add_playback_key(make_playback_key(id, when, false), std::nullopt, draft);
    };
    // One that has expired does not count.
    auto expired = make_playback_key("expired", seconds(0), false);
    expired.expires_at = at(seconds(1));
    add_playback(expired);
    for (std::size_t i = 0; i < kMostPlaybackKeys / 2; ++i) {
        REQUIRE(import("a" + std::to_string(i), seconds(1), "aaaaaaaaaaaa"));
    }
    // One account has half, all limited ones together nine tenths.
    CHECK(code_of(import("more", seconds(1), "aaaaaaaaaaaa")) == ErrorCode::kConflict);
    for (std::size_t i = 0; i < 400; ++i) {
        REQUIRE(import("b" + std::to_string(i), seconds(1), "bbbbbbbbbbbb"));
    }
    const auto refused = import("more", seconds(1), "cccccccccccc");
    REQUIRE(code_of(refused) == ErrorCode::kConflict);
    CHECK(refused.error().message.find("900 of the 1,000") != std::string::npos);
    for (std::size_t i = 900; i + 1 < kMostPlaybackKeys; ++i) {
        REQUIRE(import("o" + std::to_string(i), seconds(1)));
    }
    // Several servers at once: one of them makes the last one.
    constexpr std::size_t kCallers = 4;
    for (int round = 0; round < 20; ++round) {
        std::vector<PlaybackKey> keys;
        std::vector<AuditEntry> entries;
        for (std::size_t i = 0; i < kCallers; ++i) {
            keys.push_back(make_playback_key("r" + std::to_string(round) + "-" + std::to_string(i),
                                             seconds(2 + round), false));
            entries.push_back(make_audit());
        }
        const auto answers = answers_at_once<void>(kCallers, [&](int caller) {
            const auto i = static_cast<std::size_t>(caller);
            return storage().add_playback_key(keys[i], std::nullopt, entries[i]);
        });
        std::size_t made = 0;
        for (std::size_t i = 0; i < kCallers; ++i) {
            if (answers[i]) {
                ++made;
                REQUIRE(storage().end_playback_key(keys[i].id, at(seconds(2 + round)),
                                                   make_audit("delete")));
            } else {
                CHECK(answers[i].error().code == ErrorCode::kConflict);
            }
        }
        REQUIRE(made == 1);
    }
    // Tokens can be signed all the same; only an overlap needs room.
    REQUIRE(import("last", seconds(50)));
    add_playback(make_playback_key("own", seconds(60)));
    add_playback(make_playback_key("next", seconds(61)), at(seconds(61)));
    CHECK(code_of(storage().add_playback_key(make_playback_key("overlap", seconds(62)),
                                             at(seconds(70)), make_audit())) ==
          ErrorCode::kConflict);
    const auto keys = storage().list_playback_keys().value();
    const auto next = std::find_if(keys.begin(), keys.end(),
                                   [](const PlaybackKey& key) { return key.id == "next"; });
    REQUIRE(next != keys.end());
    CHECK_FALSE(next->expires_at.has_value());
}

TEST_CASE_FIXTURE(PlaybackCase, "a new own key ends the other own keys, unless they end earlier") {
    auto first = make_playback_key("first", seconds(1));
    auto early = make_playback_key("early", seconds(2));
    early.expires_at = at(seconds(5));
    auto imported = make_playback_key("imported", seconds(3), false);
    add_playback(first);
    add_playback(early);
    add_playback(imported);
    const auto version = after(-1).version;
    const auto next = make_playback_key("next", seconds(4));
    add_playback(next, at(seconds(50)));
    first.expires_at = at(seconds(50));
    CHECK(*storage().list_playback_keys() == std::vector{next, imported, early, first});
    CHECK(after(version).keys.size() == 2);
}

TEST_CASE_FIXTURE(PlaybackCase,
                  "a key that is ended stays in the list; ending it again is no error") {
    const auto key = make_playback_key("own", seconds(1));
    add_playback(key);
    const auto ended = storage().end_playback_key("own", at(seconds(9)), make_audit("delete"));
    REQUIRE(ended);
    CHECK(ended->expires_at == at(seconds(9)));
    CHECK(audits() == 2);
    CHECK(storage().end_playback_key("own", at(seconds(20)), make_audit())->expires_at ==
          at(seconds(9)));
    CHECK(audits() == 2);
    CHECK(storage().end_playback_key("own", at(seconds(3)), make_audit())->expires_at ==
          at(seconds(3)));
    CHECK(storage().end_playback_key("other", at(seconds(3)), make_audit()).error().code ==
          ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(PlaybackCase, "changes are told from a version on, each at least once") {
    CHECK(after(-1).keys.empty());
    add_playback(make_playback_key("own", seconds(1)));
    const auto token = make_short(1, seconds(100));
    REQUIRE(storage().add_short_token(token, at(seconds(2)), make_audit()));
    revoke(RevokedBy::kViewer, "v", seconds(3), seconds(103));
    const auto all = after(-1);
    CHECK(all.keys.size() == 1);
    CHECK(all.short_tokens == std::vector{token});
    REQUIRE(all.revocations.size() == 1);
    CHECK(all.revocations[0] ==
          PlaybackRevocation{RevokedBy::kViewer, "v", at(seconds(3)), at(seconds(103))});
    CHECK_FALSE(all.from_start);
    const auto none = after(all.version);
    CHECK(none.keys.empty());
    CHECK(none.short_tokens.empty());
    CHECK(none.revocations.empty());
    CHECK(none.version == all.version);
    revoke(RevokedBy::kPath, "live/a", seconds(4), seconds(104));
    const auto more = after(all.version);
    CHECK(more.keys.empty());
    CHECK(more.revocations.size() == 1);
    // A database that was restored has counted less.
    const auto restored = after(more.version + 5);
    CHECK(restored.from_start);
    CHECK(restored.keys.size() == 1);
    CHECK(restored.revocations.size() == 2);
}

TEST_CASE_FIXTURE(PlaybackCase, "a repeated revocation has the later of both times") {
    revoke(RevokedBy::kToken, "t", seconds(5), seconds(50));
    revoke(RevokedBy::kToken, "t", seconds(3), seconds(60));
    const auto found = after(-1).revocations;
    REQUIRE(found.size() == 1);
    CHECK(found[0].revoked_at == at(seconds(5)));
    CHECK(found[0].expires_at == at(seconds(60)));
    revoke(RevokedBy::kViewer, "t", seconds(3), seconds(60));
    CHECK(after(-1).revocations.size() == 2);
}

TEST_CASE_FIXTURE(PlaybackCase, "what has expired is deleted by the next addition of its kind") {
    REQUIRE(storage().add_short_token(make_short(1, seconds(10)), at(seconds(0)), make_audit()));
    REQUIRE(storage().add_short_token(make_short(2, seconds(20)), at(seconds(15)), make_audit()));
    const auto tokens = after(-1).short_tokens;
    REQUIRE(tokens.size() == 1);
    CHECK(tokens[0].grant.id == "t2");
    revoke(RevokedBy::kToken, "a", seconds(1), seconds(10));
    revoke(RevokedBy::kToken, "b", seconds(1), seconds(20), seconds(10));
    const auto revocations = after(-1).revocations;
    REQUIRE(revocations.size() == 1);
    CHECK(revocations[0].value == "b");
}

TEST_CASE_FIXTURE(PlaybackCase, "no change is missed while several callers make changes") {
    constexpr int kCallers = 4;
    constexpr int kEach = 15;
    std::atomic<int> running{kCallers};
    std::atomic<int> failed{0};
    std::vector<AuditEntry> entries;
    for (int i = 0; i < kCallers * kEach; ++i) entries.push_back(make_audit());
    std::vector<std::thread> callers;
    for (int caller = 0; caller < kCallers; ++caller) {
        callers.emplace_back([&, caller] {
            for (int i = 0; i < kEach; ++i) {
                const int number = caller * kEach + i;
                const auto done = storage().revoke_playback(
                    {RevokedBy::kToken, std::to_string(number), at(seconds(1)), at(seconds(99))},
                    at(seconds(0)), entries[static_cast<std::size_t>(number)]);
                if (!done) ++failed;
            }
            --running;
        });
    }
    std::vector<std::string> seen;
    std::int64_t version = -1;
    for (bool last = false; !last;) {
        last = running == 0;
        const auto changes = after(version);
        version = changes.version;
        for (const auto& each : changes.revocations) seen.push_back(each.value);
    }
    for (auto& caller : callers) caller.join();
    CHECK(failed == 0);
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    CHECK(seen.size() == kCallers * kEach);
}

}  // namespace playback_test
