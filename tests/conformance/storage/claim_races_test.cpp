// Many callers at once: an answer to one of them is true for all.
#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <thread>

#include "conformance/storage/at_once.hpp"
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

constexpr int kCallers = 8;
constexpr int kRounds = 30;

std::string connection_name(int round, int caller) {
    return "round " + std::to_string(round) + " caller " + std::to_string(caller);
}

}  // namespace

TEST_CASE_FIXTURE(StorageCase,
                  "when many connections claim one free key at once, exactly one gets it") {
    const auto row = add_key();
    for (int round = 0; round < kRounds; ++round) {
        CAPTURE(round);
        const auto answers = answers_at_once<ClaimOutcome>(kCallers, [&](int caller) {
            return storage().claim(make_request(row, connection_name(round, caller)));
        });
        int granted = 0;
        for (int caller = 0; caller < kCallers; ++caller) {
            const auto outcome = answers[static_cast<std::size_t>(caller)].value();
            CHECK_FALSE(outcome.replaced.has_value());
            if (outcome.decision == ClaimDecision::kGranted) {
                ++granted;
                CHECK(session(row).claim->connection.value == connection_name(round, caller));
            } else {
                CHECK(outcome.decision == ClaimDecision::kInUse);
            }
        }
        CHECK(granted == 1);
        commit_claim(row, std::nullopt);
    }
}

TEST_CASE_FIXTURE(StorageCase,
                  "when many connections claim one stale key at once, exactly one gets it") {
    const auto row = add_key();
    for (int round = 0; round < kRounds; ++round) {
        CAPTURE(round);
        const std::string old = "old of round " + std::to_string(round);
        claim(row, old, at(seconds(10)));
        Claim stalled = session(row).claim.value();
        stalled.live = true;
        stalled.stalled_since = at(seconds(10));
        commit_claim(row, stalled);
        const auto answers = answers_at_once<ClaimOutcome>(kCallers, [&](int caller) {
            auto request = make_request(row, connection_name(round, caller), at(seconds(20)));
            request.default_on_duplicate = OnDuplicate::kRejectIfHealthy;
            return storage().claim(request);
        });
        int granted = 0;
        for (const auto& answer : answers) {
            if (answer.value().decision != ClaimDecision::kGranted) continue;
            ++granted;
            CHECK(answer.value().replaced == ConnectionId{old});
        }
        CHECK(granted == 1);
        commit_claim(row, std::nullopt);
    }
}

TEST_CASE_FIXTURE(StorageCase,
                  "when many requests for many keys come at once, each gets its own answer") {
    // Every third key is revoked, every third is unknown; two callers claim each.
    constexpr int kMany = 48;
    std::vector<StreamKeyRow> rows;
    for (int i = 0; i < kMany / 2; ++i) {
        rows.push_back(i % 3 == 2 ? make_key(add_broadcaster().id) : add_key());
        if (i % 3 == 1) {
            REQUIRE(storage().revoke_stream_key(rows.back().key.id, at(seconds(1)), make_audit()));
        }
    }
    for (int round = 0; round < 10; ++round) {
        CAPTURE(round);
        const auto answers = answers_at_once<ClaimOutcome>(kMany, [&](int caller) {
            const auto& row = rows[static_cast<std::size_t>(caller / 2)];
            return storage().claim(make_request(row, connection_name(round, caller)));
        });
        for (int i = 0; i < kMany / 2; ++i) {
            CAPTURE(i);
            const auto& row = rows[static_cast<std::size_t>(i)];
            const auto one = answers[static_cast<std::size_t>(2 * i)].value();
            const auto other = answers[static_cast<std::size_t>(2 * i + 1)].value();
            if (i % 3 == 2) {
                CHECK(one.decision == ClaimDecision::kUnknownKey);
                CHECK(other.decision == ClaimDecision::kUnknownKey);
                continue;
            }
            CHECK(one.stream_key_id == row.key.id);
            CHECK(other.stream_key_id == row.key.id);
            if (i % 3 == 1) {
                CHECK(one.decision == ClaimDecision::kRevoked);
                CHECK(other.decision == ClaimDecision::kRevoked);
                continue;
            }
            const int winner = one.decision == ClaimDecision::kGranted ? 2 * i : 2 * i + 1;
            CHECK(std::set{one.decision, other.decision} ==
                  std::set{ClaimDecision::kGranted, ClaimDecision::kInUse});
            CHECK(session(row).claim->connection.value == connection_name(round, winner));
            commit_claim(row, std::nullopt);
        }
    }
}

TEST_CASE_FIXTURE(StorageCase,
                  "when takeovers happen at once, each displaces the one before, and none twice") {
    const auto row = add_key();
    for (int round = 0; round < kRounds; ++round) {
        CAPTURE(round);
        const auto answers = answers_at_once<ClaimOutcome>(kCallers, [&](int caller) {
            auto request = make_request(row, connection_name(round, caller));
            request.default_on_duplicate = OnDuplicate::kTakeover;
            return storage().claim(request);
        });
        std::multiset<std::string> displaced;
        for (const auto& answer : answers) {
            CHECK(answer.value().decision == ClaimDecision::kGranted);
            if (answer.value().replaced) displaced.insert(answer.value().replaced->value);
        }
        displaced.insert(session(row).claim->connection.value);
        std::multiset<std::string> all;
        for (int caller = 0; caller < kCallers; ++caller) {
            all.insert(connection_name(round, caller));
        }
        CHECK(displaced == all);
        commit_claim(row, std::nullopt);
        for (const auto& cutoff : pending(make_request(row, "x").claim.node)) {
            storage().finish_cutoff(cutoff, at(seconds(20)), std::nullopt).value();
        }
    }
}

TEST_CASE_FIXTURE(StorageCase,
                  "one connection that claims its key many times at once is always granted") {
    const auto row = add_key();
    for (int round = 0; round < kRounds; ++round) {
        const auto answers = answers_at_once<ClaimOutcome>(kCallers, [&](int) {
            return storage().claim(make_request(row, connection_name(round, 0)));
        });
        for (const auto& answer : answers) {
            CHECK(answer.value().decision == ClaimDecision::kGranted);
            CHECK_FALSE(answer.value().replaced.has_value());
        }
        commit_claim(row, std::nullopt);
    }
}

TEST_CASE_FIXTURE(
    StorageCase,
    "no connection is granted a key after its revocation returned, which cuts off all before it") {
    for (int round = 0; round < kRounds; ++round) {
        CAPTURE(round);
        const auto row = add_key();
        std::atomic<bool> revoked = false;
        std::atomic<int> granted = 0;
        std::atomic<int> granted_after = 0;
        std::atomic<int> refused_after = 0;
        std::atomic<int> strange = 0;
        std::mutex mutex;
        std::set<std::string> holders;  // granted, also if a later one displaced them

        std::latch start(kCallers + 1);
        std::vector<std::thread> threads;
        for (int caller = 0; caller < kCallers; ++caller) {
            threads.emplace_back([&, caller] {
                start.arrive_and_wait();
                // Two refusals after the revocation show that the claims were tried.
                for (int turn = 0, late = 0; late < 2; ++turn) {
                    const bool is_late = revoked.load();
                    late += is_late ? 1 : 0;
                    auto request = make_request(row, connection_name(turn, caller));
                    request.default_on_duplicate = OnDuplicate::kTakeover;
                    const auto outcome = storage().claim(request);
                    if (!outcome) {
                        ++strange;
                    } else if (outcome->decision == ClaimDecision::kGranted) {
                        ++granted;
                        if (is_late) ++granted_after;
                        const std::lock_guard lock(mutex);
                        holders.insert(request.claim.connection.value);
                    } else if (outcome->decision == ClaimDecision::kRevoked) {
                        if (is_late) ++refused_after;
                    } else if (outcome->decision != ClaimDecision::kInUse) {
                        ++strange;  // (kInUse: too many displaced connections are not removed)
                    }
                }
            });
        }
        start.arrive_and_wait();
        while (granted == 0 && strange == 0) std::this_thread::yield();
        const auto outcome = storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit());
        revoked = true;
        for (auto& thread : threads) thread.join();

        CHECK(granted_after == 0);
        CHECK(refused_after == 2 * kCallers);
        CHECK(strange == 0);
        CHECK_FALSE(session(row).claim.has_value());
        // Every connection that was granted the key is cut off, also if others displaced it.
        std::set<std::string> cut_off;
        for (const auto& cutoff : outcome.value().cutoffs) {
            cut_off.insert(cutoff.connection.value);
        }
        CHECK(holders == cut_off);
    }
}

TEST_CASE_FIXTURE(StorageCase,
                  "when a key is revoked many times at once, one revocation is written") {
    for (int round = 0; round < 10; ++round) {
        const auto row = add_key();
        claim(row, "a");
        const auto entries = audit_count();
        std::vector<AuditEntry> audits;
        for (int i = 0; i < kCallers; ++i) audits.push_back(make_audit("delete"));
        const auto answers = answers_at_once<KeyChangeOutcome>(kCallers, [&](int caller) {
            return storage().revoke_stream_key(row.key.id, at(seconds(20 + caller)),
                                               audits[static_cast<std::size_t>(caller)]);
        });
        int changed = 0;
        for (const auto& answer : answers) {
            changed += answer.value().changed ? 1 : 0;
            CHECK(answer.value().cutoffs.size() == 1);
        }
        CHECK(changed == 1);
        CHECK(audit_count() == entries + 1);
    }
}

TEST_CASE_FIXTURE(StorageCase,
                  "when many keys are created at once with one playback path, one gets it") {
    const auto owner = add_broadcaster().id;
    for (int round = 0; round < 10; ++round) {
        std::vector<StreamKeyRow> rows;
        std::vector<AuditEntry> audits;
        for (int i = 0; i < kCallers; ++i) {
            rows.push_back(make_key(owner));
            rows.back().key.playback_path = "live/wanted-" + std::to_string(round);
            audits.push_back(make_audit());
        }
        const auto answers = answers_at_once<StreamKey>(kCallers, [&](int caller) {
            const auto i = static_cast<std::size_t>(caller);
            return storage().create_stream_key(rows[i], audits[i]);
        });
        int created = 0;
        for (const auto& answer : answers) {
            if (answer) {
                ++created;
            } else {
                CHECK(code_of(answer) == ErrorCode::kConflict);
            }
        }
        CHECK(created == 1);
    }
}

TEST_CASE_FIXTURE(StorageCase, "when changes are made at once, each gets its own outcome") {
    const auto owner = add_broadcaster();
    const auto taken = add_key(owner.id);
    std::uint64_t entries = audit_count();
    for (int round = 0; round < kRounds; ++round) {
        CAPTURE(round);
        std::vector<StreamKeyRow> rows;
        std::vector<AuditEntry> audits;
        for (int caller = 0; caller < kCallers; ++caller) {
            rows.push_back(make_key(caller == 3 ? new_id<BroadcasterId>() : owner.id));
            if (caller == 5) rows.back().key.playback_path = taken.key.playback_path;
            if (caller == 6) rows.back().key.label = "desk_" + std::to_string(round);
            audits.push_back(make_audit());
        }
        const auto made = answers_at_once<StreamKey>(kCallers, [&](int caller) {
            const auto place = static_cast<std::size_t>(caller);
            return storage().create_stream_key(rows[place], audits[place]);
        });
        for (int caller = 0; caller < kCallers; ++caller) {
            CAPTURE(caller);
            const auto place = static_cast<std::size_t>(caller);
            const auto code = code_of(made[place]);
            if (caller == 3) {
                CHECK(code == ErrorCode::kNotFound);
            } else if (caller == 5) {
                CHECK(code == ErrorCode::kConflict);
            } else {
                CHECK_FALSE(code.has_value());
                CHECK(storage().find_stream_key(rows[place].key.id).value() == rows[place].key);
                ++entries;
            }
        }
        CHECK(audit_count() == entries);
    }
}

TEST_CASE_FIXTURE(StorageCase, "changes of different members of a key at once are all kept") {
    const auto row = add_key();
    for (int round = 0; round < kRounds; ++round) {
        CAPTURE(round);
        std::vector<StreamKeyChange> changes(5);
        std::vector<AuditEntry> audits;
        for (auto& change : changes) {
            change.id = row.key.id;
            audits.push_back(make_audit());
        }
        changes[0].label = "Drone of round " + std::to_string(round);
        changes[1].policies.stale_after = seconds(1 + round);
        changes[2].policies.reconnect_window = seconds(2 + round);
        changes[3].expires_at = at(seconds(1'000 + round));
        changes[4].disabled = round % 2 == 0;
        const auto answers =
            answers_at_once<KeyChangeOutcome>(static_cast<int>(changes.size()), [&](int caller) {
                const auto i = static_cast<std::size_t>(caller);
                return storage().update_stream_key(changes[i], at(seconds(20)), audits[i]);
            });
        for (const auto& answer : answers) CHECK(answer.value().changed);
        StreamKey expected = row.key;
        expected.label = *changes[0].label;
        expected.policies.stale_after = changes[1].policies.stale_after;
        expected.policies.reconnect_window = changes[2].policies.reconnect_window;
        expected.expires_at = changes[3].expires_at;
        expected.disabled = *changes[4].disabled;
        CHECK(storage().find_stream_key(row.key.id).value() == expected);
    }
}

TEST_CASE_FIXTURE(StorageCase,
                  "when look-ups are made at once, each gets the record that it asked for") {
    std::vector<Broadcaster> owners;
    std::vector<StreamKeyRow> rows;
    for (int i = 0; i < kCallers; ++i) {
        owners.push_back(add_broadcaster());
        rows.push_back(add_key(owners.back().id));
    }
    const auto unknown = new_id<StreamKeyId>();
    for (int round = 0; round < kRounds; ++round) {
        CAPTURE(round);
        const auto found = answers_at_once<StreamKey>(2 * kCallers, [&](int caller) {
            const auto place = static_cast<std::size_t>(caller / 2);
            return storage().find_stream_key(caller % 2 == 1 ? unknown : rows[place].key.id);
        });
        const auto seen = answers_at_once<Broadcaster>(kCallers, [&](int caller) {
            return storage().find_broadcaster(owners[static_cast<std::size_t>(caller)].id);
        });
        for (std::size_t place = 0; place < rows.size(); ++place) {
            CHECK(found[2 * place].value() == rows[place].key);
            CHECK(code_of(found[2 * place + 1]) == ErrorCode::kNotFound);
            CHECK(seen[place].value() == owners[place]);
        }
    }
}

TEST_CASE_FIXTURE(StorageCase, "no key is created for a broadcaster after its deletion returned") {
    for (int round = 0; round < 10; ++round) {
        CAPTURE(round);
        const auto owner = add_broadcaster().id;
        std::vector<StreamKeyRow> rows;
        std::vector<AuditEntry> audits;
        for (int i = 0; i < kCallers; ++i) {
            rows.push_back(make_key(owner));
            audits.push_back(make_audit());
        }
        const auto answers = answers_at_once<void>(kCallers, [&](int caller) -> Result<void> {
            const auto i = static_cast<std::size_t>(caller);
            if (i == 0) {
                const auto deleted =
                    storage().delete_broadcaster(owner, false, at(seconds(20)), audits[i]);
                return deleted ? Result<void>() : Result<void>(deleted.error());
            }
            const auto created = storage().create_stream_key(rows[i], audits[i]);
            return created ? Result<void>() : Result<void>(created.error());
        });
        CHECK(answers[0].has_value());
        // A key created before is revoked and deleted with its broadcaster. One created after is
        // refused.
        for (std::size_t i = 1; i < answers.size(); ++i) {
            if (!answers[i]) CHECK(code_of(answers[i]) == ErrorCode::kNotFound);
            const auto request = make_request(rows[i], "a");
            CHECK(decide(request) == ClaimDecision::kUnknownKey);
        }
    }
}

TEST_CASE_FIXTURE(StorageCase, "concurrent commits that are repeated on conflict lose no change") {
    constexpr int kCommits = 10;
    constexpr int kCommitters = 4;
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    const auto answers = answers_at_once<void>(kCommitters, [&](int) -> Result<void> {
        for (int i = 0; i < kCommits;) {
            auto loaded = storage().load_session(row.key.id);
            if (!loaded) return loaded.error();
            SessionChange change;
            change.stream_key_id = row.key.id;
            change.expected_version = loaded->version;
            change.stream = loaded->stream;
            ++change.stream->generation;
            const auto committed = storage().commit_session(change);
            if (committed) {
                ++i;
            } else if (committed.error().code != ErrorCode::kConflict) {
                return committed.error();
            }
        }
        return {};
    });
    for (const auto& answer : answers) {
        CHECK_MESSAGE(answer.has_value(), answer.error().message);
    }
    CHECK(storage().find_stream(stream.id).value().generation == 1 + kCommits * kCommitters);
}
