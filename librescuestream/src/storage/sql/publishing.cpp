#include <array>

#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/sql_storage.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

// Of callers that race for a key one wins at once; the others find it taken when they look again.
constexpr int kAttempts = 4;

ClaimDecision parse_decision(const std::string& word) {
    for (const auto decision :
         {ClaimDecision::kGranted, ClaimDecision::kRevoked, ClaimDecision::kExpired,
          ClaimDecision::kDisabled, ClaimDecision::kBlocked, ClaimDecision::kWrongPath}) {
        if (word == to_string(decision)) return decision;
    }
    throw Failure{Failure::Kind::kDefect, "no such verdict: " + word};
}

/// Answer of Dialect::claim and Dialect::look.
struct Verdict {
    ClaimOutcome outcome;
    bool claimable = false;
    bool taken = false;  // by this call
};

Verdict read_verdict(const Rows& rows) {
    Verdict verdict;
    if (rows.size() == 0) return verdict;
    RowReader row(rows, 0);
    verdict.outcome.stream_key_id = row.id<StreamKeyId>();
    verdict.outcome.decision = parse_decision(row.text());
    verdict.claimable = row.boolean();
    verdict.taken = row.boolean();
    verdict.outcome.replaced = row.optional([&] { return ConnectionId{row.text()}; });
    return verdict;
}

// Of a key that this call did not take.
ClaimOutcome refusal(const Verdict& verdict) {
    ClaimOutcome outcome = verdict.outcome;
    if (outcome.decision == ClaimDecision::kGranted) outcome.decision = ClaimDecision::kInUse;
    outcome.replaced.reset();
    return outcome;
}

Values values_of(const ClaimRequest& request) {
    const Claim& claim = request.claim;
    const Timestamp now = claim.claimed_at;
    return {request.digest,
            nullable(request.path),
            claim.connection.value,
            claim.node,
            name_of(claim.protocol),
            claim.path_is_secret,
            claim.remote_address,
            claim.user_agent,
            now,
            name_of(request.default_on_duplicate),
            now - request.reservation_timeout,
            now - request.stale_after,
            now - request.same_device_interval};
}

}  // namespace

Result<ClaimOutcome> SqlStorage::claim(const ClaimRequest& request) {
    const auto values = values_of(request);
    auto outcome = claim_by(dialect().claim, dialect().look, values);
    if (!outcome || outcome->decision != ClaimDecision::kUnknownKey) return outcome;
    // Nobody's value, or one from before a rotation: worth a second question, since it is rare.
    return claim_by(dialect().claim_previous, dialect().look_previous, values);
}

Result<ClaimOutcome> SqlStorage::claim_by(const std::string& claim, const std::string& look,
                                          const Values& values) {
    if (!look.empty()) {
        // A look first, on a connection that only reads: a refusal waits for no writer.
        const auto seen = read<Verdict>(
            [&](Connection& connection) { return read_verdict(*connection.run(look, values)); });
        if (!seen) return seen.error();
        if (!seen->claimable) return refusal(*seen);
        if (seen->outcome.decision != ClaimDecision::kGranted) return seen->outcome;
    }
    return translate<ClaimOutcome>([&](Result<ClaimOutcome>& outcome) {
        Verdict verdict;
        for (int attempt = 0; attempt < kAttempts; ++attempt) {
            verdict = read_verdict(*database_->claim(claim, values));
            // The statement of a dialect with a look of its own answers grants alone.
            if (!look.empty() && !verdict.taken) {
                database_->read([&](Connection& connection) {
                    verdict = read_verdict(*connection.run(look, values));
                });
            }
            if (verdict.taken || !verdict.claimable ||
                verdict.outcome.decision != ClaimDecision::kGranted) {
                break;
            }
            // It could be had when this statement began, and somebody was quicker: what did he do?
        }
        outcome = verdict.taken ? verdict.outcome : refusal(verdict);
    });
}

Result<ClaimOutcome> SqlStorage::check_key(const KeyDigest& digest,
                                           const std::optional<std::string>& path, Timestamp now) {
    return read<ClaimOutcome>([&](Connection& connection) -> Result<ClaimOutcome> {
        ClaimOutcome outcome;
        for (const auto value : {KeyValue::kCurrent, KeyValue::kPrevious}) {
            const auto rows = connection.run(sql::check_key(value), {digest, nullable(path), now});
            if (rows->size() == 0) continue;
            RowReader row(*rows, 0);
            outcome.stream_key_id = row.id<StreamKeyId>();
            outcome.decision = parse_decision(row.text());
            break;
        }
        return outcome;
    });
}

Result<KeyFacts> SqlStorage::key_facts_after(std::int64_t version, std::size_t limit) {
    return read<KeyFacts>([&](Connection& connection) -> Result<KeyFacts> {
        KeyFacts found;
        const auto rows = connection.run(kKeyFactsAfter, {version, count_of(limit)});
        found.facts = read_all(*rows, read_key_fact);
        found.newest = found.facts.size() < limit && !found.facts.empty()
                           ? found.facts.back().version
                           : connection.run(kNewestKeyFact, {})->integer(0, 0);
        return found;
    });
}

}  // namespace rescuestream::sql
