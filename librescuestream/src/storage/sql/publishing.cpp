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

// A lock that one of several has to wait for, or a text that cannot be sent, is no reason to refuse
// the others.
bool is_trouble_of_one(Failure::Kind kind) {
    switch (kind) {
        case Failure::Kind::kLocked:
        case Failure::Kind::kBadText:
        case Failure::Kind::kUnique:
        case Failure::Kind::kDefect:
            return true;
        case Failure::Kind::kUnavailable:
        case Failure::Kind::kTimeout:
        case Failure::Kind::kUnauthorized:
        case Failure::Kind::kMigrating:
        case Failure::Kind::kNoSchema:
            return false;
    }
    return false;
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

// One for each request.
struct SqlStorage::Claims {
    std::vector<Values> values;
    std::vector<Result<ClaimOutcome>> outcomes;
    Database::Deadline latest;
    std::vector<std::size_t> open;  // places of those that are not decided
};

Result<ClaimOutcome> SqlStorage::claim(const ClaimRequest& request) {
    return claim_all({request}, Database::Deadline::max()).front();
}

std::vector<Result<ClaimOutcome>> SqlStorage::claim_all(
    const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest) {
    Claims claims{{}, {requests.size(), ClaimOutcome{}}, latest, {}};
    claims.values.reserve(requests.size());
    for (const auto& request : requests) {
        claims.open.push_back(claims.values.size());
        claims.values.push_back(values_of(request));
    }
    decide(claims, dialect().claim, dialect().look);
    // Nobody's value, or one from before a rotation: worth a second question, since it is rare.
    for (std::size_t place = 0; place < requests.size(); ++place) {
        const auto& outcome = claims.outcomes[place];
        if (outcome && outcome->decision == ClaimDecision::kUnknownKey) {
            claims.open.push_back(place);
        }
    }
    if (!claims.open.empty()) decide(claims, dialect().claim_previous, dialect().look_previous);
    return std::move(claims.outcomes);
}

void SqlStorage::decide(Claims& claims, const std::string& statement, const std::string& look) {
    for (int attempt = 0; attempt < kAttempts && !claims.open.empty(); ++attempt) {
        if (!look.empty()) look_at(claims, look);
        // A key that could be had, and was not taken: somebody was quicker. What did he do?
        if (!claims.open.empty()) take(claims, statement, look.empty());
    }
    claims.open.clear();
}

// A look first, on a connection that only reads: a refusal waits for no writer.
void SqlStorage::look_at(Claims& claims, const std::string& look) {
    std::vector<std::size_t> claimable;
    for (const std::size_t place : claims.open) {
        const auto seen = read<Verdict>([&](Connection& connection) {
            return read_verdict(*connection.run(look, claims.values[place]));
        });
        if (!seen) {
            claims.outcomes[place] = seen.error();
            continue;
        }
        claims.outcomes[place] = refusal(*seen);
        if (seen->claimable && seen->outcome.decision == ClaimDecision::kGranted) {
            claimable.push_back(place);
        }
    }
    claims.open = std::move(claimable);
}

// `tells_all`: the statement also says why a key was not taken.
void SqlStorage::take(Claims& claims, const std::string& statement, bool tells_all) {
    std::vector<const Values*> values;
    values.reserve(claims.open.size());
    for (const std::size_t place : claims.open) values.push_back(&claims.values[place]);
    std::vector<std::size_t> raced;
    bool each_alone = false;
    const auto taken = translate<bool>([&](Result<bool>& is_done) {
        is_done = true;
        std::vector<std::unique_ptr<Rows>> rows;
        try {
            rows = database_->claim(statement, values, claims.latest);
        } catch (const Failure& failure) {
            each_alone = values.size() > 1 && is_trouble_of_one(failure.kind);
            if (!each_alone) throw;
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::size_t place = claims.open[i];
            const Verdict verdict = read_verdict(*rows[i]);
            if (verdict.taken) {
                claims.outcomes[place] = verdict.outcome;
                continue;
            }
            if (tells_all) claims.outcomes[place] = refusal(verdict);
            const bool was_free =
                verdict.claimable && verdict.outcome.decision == ClaimDecision::kGranted;
            if (was_free || !tells_all) raced.push_back(place);
        }
    });
    if (!taken) {
        for (const std::size_t place : claims.open) claims.outcomes[place] = taken.error();
    }
    if (each_alone) {
        for (const std::size_t place : std::exchange(claims.open, {})) {
            claims.open = {place};
            take(claims, statement, tells_all);
            raced.insert(raced.end(), claims.open.begin(), claims.open.end());
        }
    }
    claims.open = std::move(raced);
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
