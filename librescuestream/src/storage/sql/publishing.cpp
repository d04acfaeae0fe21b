#include <array>

#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/sql_storage.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

constexpr int kAttempts = 4;

ClaimDecision parse_decision(const std::string& word) {
    for (const auto decision :
         {ClaimDecision::kGranted, ClaimDecision::kRevoked, ClaimDecision::kExpired,
          ClaimDecision::kDisabled, ClaimDecision::kBlocked, ClaimDecision::kWrongPath}) {
        if (word == to_string(decision)) return decision;
    }
    throw Failure{Failure::Kind::kDefect, "no such verdict: " + word};
}

/// Answer of Dialect::claim: empty when the key was not taken.
std::optional<ClaimOutcome> read_grant(const Rows& rows) {
    if (rows.size() == 0) return std::nullopt;
    RowReader row(rows, 0);
    ClaimOutcome outcome;
    outcome.decision = ClaimDecision::kGranted;
    outcome.stream_key_id = row.id<StreamKeyId>();
    outcome.replaced = row.optional([&] { return ConnectionId{row.text()}; });
    return outcome;
}

/// Answer of Dialect::look.
struct Verdict {
    ClaimOutcome outcome;  // when the key is not taken
    bool is_free = false;
};

Verdict read_verdict(const Rows& rows) {
    Verdict verdict;
    if (rows.size() == 0) return verdict;
    RowReader row(rows, 0);
    verdict.outcome.stream_key_id = row.id<StreamKeyId>();
    verdict.outcome.decision = parse_decision(row.text());
    const bool is_claimable = row.boolean();
    const bool is_foreign = row.boolean();
    if (verdict.outcome.decision == ClaimDecision::kGranted) {
        verdict.is_free = is_claimable && !is_foreign;
        verdict.outcome.decision =
            is_foreign ? ClaimDecision::kForeignConnection : ClaimDecision::kInUse;
    }
    return verdict;
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
        case Failure::Kind::kFull:
        case Failure::Kind::kReadOnly:
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
    if (dialect().remembers_claims) refuse_foreign(claims, requests);
    const auto asked = claims.open;
    decide(claims, dialect().claim, dialect().look);
    // Nobody's value, or one from before a rotation: worth a second question, since it is rare.
    for (const std::size_t place : asked) {
        const auto& outcome = claims.outcomes[place];
        if (outcome && outcome->decision == ClaimDecision::kUnknownKey) {
            claims.open.push_back(place);
        }
    }
    if (!claims.open.empty()) decide(claims, dialect().claim_previous, dialect().look_previous);
    if (dialect().remembers_claims) {
        for (const std::size_t place : asked) {
            const auto& request = requests[place];
            const auto& outcome = claims.outcomes[place];
            // What failed may have been granted all the same.
            if (!outcome || outcome->decision == ClaimDecision::kGranted) {
                recent_.keep(request);
            } else {
                recent_.forget(request.claim.connection, request.digest);
            }
        }
    }
    return std::move(claims.outcomes);
}

void SqlStorage::refuse_foreign(Claims& claims, const std::vector<ClaimRequest>& requests) {
    for (const std::size_t place : std::exchange(claims.open, {})) {
        const ClaimRequest& request = requests[place];
        auto holder = recent_.enter(request);
        if (holder && !holder->under_way && !still_holds(*holder, request)) {
            recent_.forget(request.claim.connection, holder->digest);
            holder = recent_.enter(request);
        }
        if (!holder) {
            claims.open.push_back(place);
            continue;
        }
        // Rare: whatever else is wrong with the key is the reason.
        auto verdict = check_key(request.digest, request.path, request.claim.claimed_at);
        if (verdict && verdict->decision == ClaimDecision::kGranted) {
            verdict->decision = ClaimDecision::kForeignConnection;
        }
        claims.outcomes[place] = std::move(verdict);
    }
}

bool SqlStorage::still_holds(const RecentClaims::Holder& holder, const ClaimRequest& request) {
    const auto session = load_session_by_digest(holder.digest);
    if (!session) return session.error().code != ErrorCode::kNotFound;
    const ConnectionId& connection = request.claim.connection;
    return (session->claim && session->claim->connection == connection) ||
           (session->stream && session->stream->source_id == connection);
}

Result<bool> SqlStorage::is_claimed_elsewhere(const ConnectionId& connection,
                                              StreamKeyId stream_key_id) {
    return read<bool>([&](Connection& access) -> Result<bool> {
        return access.run(kClaimedElsewhere, {connection.value, stream_key_id.uuid()})
            ->boolean(0, 0);
    });
}

void SqlStorage::decide(Claims& claims, const std::string& statement, const std::string& look) {
    // Of callers that race for a key one wins at once; the others find it taken when they look.
    for (int attempt = 0; attempt < kAttempts && !claims.open.empty(); ++attempt) {
        if (dialect().looks_first) {
            look_at(claims, look);
            take(claims, statement);
        } else {
            take(claims, statement);
            look_at(claims, look);
        }
    }
    claims.open.clear();
}

// What is not free is decided by it.
void SqlStorage::look_at(Claims& claims, const std::string& look) {
    const auto rows = ask(claims, [&](const std::vector<const Values*>& values) {
        return database_->look(look, values, claims.latest);
    });
    for (const auto& [place, row] : rows) {
        const Verdict verdict = read_verdict(*row);
        claims.outcomes[place] = verdict.outcome;
        if (verdict.is_free) claims.open.push_back(place);
    }
}

// What is taken is decided by it.
void SqlStorage::take(Claims& claims, const std::string& statement) {
    const auto rows = ask(claims, [&](const std::vector<const Values*>& values) {
        return database_->claim(statement, values, claims.latest);
    });
    for (const auto& [place, row] : rows) {
        if (const auto grant = read_grant(*row)) {
            claims.outcomes[place] = *grant;
        } else {
            claims.open.push_back(place);
        }
    }
}

// The rows of those that are open, of which none is left so. An error is an outcome.
template <class Ask>
SqlStorage::AnswersByPlace SqlStorage::ask(Claims& claims, const Ask& question) {
    AnswersByPlace answers;
    const auto places = std::exchange(claims.open, {});
    if (places.empty()) return answers;
    std::vector<const Values*> values;
    values.reserve(places.size());
    for (const std::size_t place : places) values.push_back(&claims.values[place]);
    bool each_alone = false;
    const auto asked = translate<bool>([&](Result<bool>& is_done) {
        is_done = true;
        try {
            auto rows = question(values);
            for (std::size_t i = 0; i < places.size(); ++i) {
                answers.emplace_back(places[i], std::move(rows[i]));
            }
        } catch (const Failure& failure) {
            each_alone = places.size() > 1 && is_trouble_of_one(failure.kind);
            if (!each_alone) throw;
        }
    });
    if (!asked) {
        for (const std::size_t place : places) claims.outcomes[place] = asked.error();
    }
    for (std::size_t i = 0; each_alone && i < places.size(); ++i) {
        claims.open = {places[i]};
        for (auto& answer : ask(claims, question)) answers.push_back(std::move(answer));
    }
    return answers;
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

Result<KeyFacts> SqlStorage::key_facts_after(const std::string& place, std::size_t limit) {
    return read<KeyFacts>([&](Connection& connection) -> Result<KeyFacts> {
        return dialect().key_facts(connection, place, limit);
    });
}

}  // namespace rescuestream::sql
