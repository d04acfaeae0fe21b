#include "storage/sql/publishing.hpp"

#include <algorithm>
#include <array>

#include "rules/cutoff.hpp"
#include "rules/key.hpp"
#include "rules/path.hpp"
#include "rules/publisher.hpp"
#include "storage/sql/claim_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

constexpr int kAttempts = 4;

/// The row of Dialect::claim. There is none if the key was not claimed.
std::optional<ClaimOutcome> read_grant(const Rows& rows) {
    if (rows.size() == 0) return std::nullopt;
    RowReader row(rows, 0);
    ClaimOutcome outcome;
    outcome.decision = ClaimDecision::kGranted;
    outcome.stream_key_id = row.id<StreamKeyId>();
    outcome.replaced = row.optional([&] { return ConnectionId{row.text()}; });
    return outcome;
}

/// The row of Dialect::probe.
struct Seen {
    KeyFact fact;  ///< The newest.
    bool is_claimable = false;
    bool is_foreign = false;
};

/// Empty: no key has the value. A key that cannot be read is one that nobody may use.
std::optional<Seen> read_seen(const Rows& rows) {
    if (rows.size() == 0) return std::nullopt;
    std::optional<Failure> failure;
    RowReader row(rows, 0, 0, &failure);
    Seen seen;
    seen.fact = read_key_fact(row);
    row.skip(kKeyFactColumnCount);
    seen.fact.revision = row.integer();
    seen.is_claimable = row.boolean();
    seen.is_foreign = row.boolean();
    return seen;
}

// `digest` and `known` identify the key.
Values values_of(const ClaimRequest& request, const KeyDigest& digest, const KnownFact& known) {
    const Claim& claim = request.claim;
    const Timestamp now = claim.claimed_at;
    return {digest,
            known.revision,
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
            now - request.same_device_interval,
            known.by_previous_value};
}

// `path_is_free`: no other key of the path refuses the request. Otherwise that is found out first.
ClaimDecision decision_of(const Seen& seen, const ClaimRequest& request, bool path_is_free) {
    const auto decision =
        rules::judge_key(seen.fact, request.digest, request.path, request.claim.claimed_at);
    if (decision != ClaimDecision::kGranted) return decision;
    const auto by_policy = rules::judge_publisher(seen.fact.policies, request.claim);
    if (by_policy != ClaimDecision::kGranted) return by_policy;
    if (seen.is_foreign) return ClaimDecision::kForeignConnection;
    const bool may_share = seen.fact.policies.priority.has_value();
    return seen.is_claimable || (may_share && !path_is_free) ? ClaimDecision::kGranted
                                                             : ClaimDecision::kInUse;
}

}  // namespace

// Each list has one member for each request.
struct SqlPublishing::Claims {
    const std::vector<ClaimRequest>& requests;
    std::vector<Result<ClaimOutcome>> outcomes;
    Database::Deadline latest;
    std::vector<std::optional<KnownFact>> known;  // facts by which a key may be claimed
    std::vector<bool> path_is_free;               // for a key with a priority
    Places open;                                  // positions of requests that are not decided
};

Result<ClaimOutcome> SqlPublishing::claim(const ClaimRequest& request) {
    return claim_all({request}, Database::Deadline::max()).front();
}

std::vector<Result<ClaimOutcome>> SqlPublishing::claim_all(
    const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest) {
    Claims claims{requests, {requests.size(), ClaimOutcome{}}, latest, {}, {}, {}};
    claims.path_is_free.resize(requests.size());
    for (std::size_t place = 0; place < requests.size(); ++place) {
        claims.open.push_back(place);
        // Without a priority, the revision proves that no other key can have joined the path.
        const auto& known = requests[place].known;
        const bool is_believed = !dialect().probes_first && known && !known->has_priority;
        claims.known.push_back(is_believed ? known : std::nullopt);
    }
    if (dialect().remembers_claims) refuse_foreign(claims);
    const auto asked = claims.open;
    // Of concurrent callers one claims the key; the others then find that it is in use or has
    // changed.
    for (int attempt = 0; attempt < kAttempts && !claims.open.empty(); ++attempt) {
        judge(claims);
        take(claims);
    }
    judge(claims);
    if (dialect().remembers_claims) {
        for (const std::size_t place : asked) {
            const auto& request = requests[place];
            const auto& outcome = claims.outcomes[place];
            // A claim that failed may have been granted nevertheless.
            if (!outcome || outcome->decision == ClaimDecision::kGranted) {
                recent_.keep(request);
            } else {
                recent_.forget(request.claim.connection, request.digest);
            }
        }
    }
    return std::move(claims.outcomes);
}

void SqlPublishing::refuse_foreign(Claims& claims) {
    for (const std::size_t place : std::exchange(claims.open, {})) {
        const ClaimRequest& request = claims.requests[place];
        auto holder = recent_.enter(request);
        if (holder && !holder->under_way && !still_holds(*holder, request)) {
            recent_.forget(request.claim.connection, holder->digest);
            holder = recent_.enter(request);
        }
        if (!holder) {
            claims.open.push_back(place);
            continue;
        }
        // This is rare. A refusal that depends on the key alone has precedence.
        auto verdict = check_key(request.digest, request.path, request.claim.claimed_at);
        if (verdict && verdict->decision == ClaimDecision::kGranted) {
            verdict->decision = ClaimDecision::kForeignConnection;
        }
        claims.outcomes[place] = std::move(verdict);
    }
}

bool SqlPublishing::still_holds(const RecentClaims::Holder& holder, const ClaimRequest& request) {
    const auto holds = read<bool>([&](Connection& access) -> Result<bool> {
        const auto rows = access.run(kLoadSessionByDigest, {holder.digest});
        if (rows->size() == 0) return false;
        const Session session = read_one_leniently(*rows, 0, kSessionRows, read_session).record;
        const ConnectionId& connection = request.claim.connection;
        return (session.claim && session.claim->connection == connection) ||
               (session.stream && session.stream->source_id == connection);
    });
    return !holds || *holds;
}

Result<bool> SqlPublishing::is_claimed_elsewhere(const ConnectionId& connection,
                                                 StreamKeyId stream_key_id) {
    return read<bool>([&](Connection& access) -> Result<bool> {
        return access.run(kClaimedElsewhere, {connection.value, stream_key_id.uuid()})
            ->boolean(0, 0);
    });
}

// Reads and judges the newest fact of undecided requests without a known fact. This decides those
// that are refused; the others may be claimed.
void SqlPublishing::judge(Claims& claims) {
    Places unknown;
    for (const std::size_t place : std::exchange(claims.open, {})) {
        (claims.known[place] ? claims.open : unknown).push_back(place);
    }
    // By the value from before a rotation. This is rare, so it is a second statement.
    for (const auto* probe : {&dialect().probe, &dialect().probe_previous}) {
        const auto answers = ask(claims, std::exchange(unknown, {}), [&](const auto& values) {
            return database_.probe(*probe, values, claims.latest);
        });
        for (const auto& [place, rows] : answers) {
            const ClaimRequest& request = claims.requests[place];
            const auto seen = read_seen(*rows);
            if (!seen) {
                claims.outcomes[place] = ClaimOutcome{};
                unknown.push_back(place);
                continue;
            }
            if (!seen->is_claimable) held_.note(seen->fact.stream_key_id, seen->fact.digest);
            auto decision = decision_of(*seen, request, claims.path_is_free[place]);
            if (decision == ClaimDecision::kGranted) {
                claims.known[place] =
                    KnownFact{seen->fact.digest, seen->fact.revision,
                              rules::is_previous_value(seen->fact, request.digest),
                              seen->fact.policies.priority.has_value()};
                claims.open.push_back(place);
                decision = ClaimDecision::kInUse;  // until it is claimed
            }
            claims.outcomes[place] = ClaimOutcome{decision, seen->fact.stream_key_id, std::nullopt};
        }
    }
}

// Claims the keys and decides the requests that succeed. The other keys are in use or have changed.
void SqlPublishing::take(Claims& claims) {
    Places alone;  // keys that have their path alone
    for (const std::size_t place : std::exchange(claims.open, {})) {
        if (claims.known[place]->has_priority) {
            take_on_path(claims, place);
        } else {
            alone.push_back(place);
        }
    }
    const auto is_held = [&](std::size_t place) {
        return held_.is_held(claims.known[place]->digest);
    };
    const bool likely_free = std::none_of(alone.begin(), alone.end(), is_held);
    const auto answers = ask(claims, alone, [&](const auto& values) {
        return database_.claim(values, likely_free, claims.latest);
    });
    for (const auto& [place, rows] : answers) {
        if (const auto grant = read_grant(*rows)) {
            claims.outcomes[place] = *grant;
            held_.note(grant->stream_key_id, claims.known[place]->digest);
        } else {
            claims.known[place].reset();
            claims.open.push_back(place);
        }
    }
}

// The same for a key that may share its path: with the keys of the path locked.
void SqlPublishing::take_on_path(Claims& claims, std::size_t place) {
    const ClaimRequest& request = claims.requests[place];
    const KnownFact known = *claims.known[place];
    const StreamKeyId id = claims.outcomes[place]->stream_key_id;
    bool is_decided = false;
    bool path_is_free = false;
    auto taken = write<ClaimOutcome>([&](Connection& connection) -> Result<ClaimOutcome> {
        is_decided = path_is_free = false;  // the work may be repeated
        const auto sessions = lock_path(connection, dialect(), id);
        if (!sessions) return ClaimOutcome{};
        const auto own = std::find_if(sessions->begin(), sessions->end(),
                                      [&](const auto& each) { return each.key.id == id; });
        if (own == sessions->end()) return ClaimOutcome{};
        for (const auto& other : *sessions) {
            if (!rules::refuses_claim(other, own->key, request)) continue;
            is_decided = true;
            return ClaimOutcome{ClaimDecision::kPathInUse, id, std::nullopt, other.key.id};
        }
        path_is_free = true;
        const auto rows = connection.run(dialect().take, values_of(request, known.digest, known));
        const auto grant = read_grant(*rows);
        if (!grant) return ClaimOutcome{};
        is_decided = true;
        cut_off_waiting(connection, *sessions, own->key, request.claim);
        return *grant;
    });
    if (!taken || is_decided) {
        claims.outcomes[place] = std::move(taken);
        return;
    }
    claims.path_is_free[place] = path_is_free;
    claims.known[place].reset();
    claims.open.push_back(place);
}

void SqlPublishing::cut_off_waiting(Connection& connection,
                                    const std::vector<LockedSession>& sessions,
                                    const StreamKey& granted, Claim claim) {
    claim.live = false;
    for (const auto& other : sessions) {
        if (!rules::is_cut_off_by_grant(other, granted)) continue;
        const auto cutoff = rules::cutoff_of_replaced(other, other.values, claim);
        if (cutoff) connection.run(kInsertCutoff, values_of(*cutoff));
        connection.run(kEndClaimOfKey, {other.key.id.uuid()});
        held_.forget(other.key.id);
    }
}

// Returns the rows of the requests at `places`. An error becomes their outcome.
template <class Ask>
SqlPublishing::AnswersByPlace SqlPublishing::ask(Claims& claims, const Places& places,
                                                 const Ask& question) {
    AnswersByPlace answers;
    if (places.empty()) return answers;
    std::vector<Values> values;
    values.reserve(places.size());
    std::vector<const Values*> pointers;
    pointers.reserve(places.size());
    for (const std::size_t place : places) {
        const ClaimRequest& request = claims.requests[place];
        const auto& known = claims.known[place];
        values.push_back(known ? values_of(request, known->digest, *known)
                               : values_of(request, request.digest, {}));
        pointers.push_back(&values.back());
    }
    bool each_alone = false;
    const auto asked = translate<bool>([&](Result<bool>& is_done) {
        is_done = true;
        try {
            auto rows = question(pointers);
            for (std::size_t i = 0; i < places.size(); ++i) {
                answers.emplace_back(places[i], std::move(rows[i]));
            }
        } catch (const Failure& failure) {
            each_alone = places.size() > 1 && failure.may_concern_one();
            if (!each_alone) throw;
        }
    });
    if (!asked) {
        for (const std::size_t place : places) claims.outcomes[place] = asked.error();
    }
    for (std::size_t i = 0; each_alone && i < places.size(); ++i) {
        for (auto& answer : ask(claims, {places[i]}, question))
            answers.push_back(std::move(answer));
    }
    return answers;
}

Result<ClaimOutcome> SqlPublishing::check_key(const KeyDigest& digest,
                                              const std::optional<std::string>& path,
                                              Timestamp now) {
    return read<ClaimOutcome>([&](Connection& connection) -> Result<ClaimOutcome> {
        for (const auto value : {KeyValue::kCurrent, KeyValue::kPrevious}) {
            const auto rows = connection.run(find_fact(value), {digest});
            if (rows->size() == 0) continue;
            std::optional<Failure> failure;
            const KeyFact fact = read_key_fact({*rows, 0, 0, &failure});
            return ClaimOutcome{rules::judge_key(fact, digest, path, now), fact.stream_key_id,
                                std::nullopt};
        }
        return ClaimOutcome{};
    });
}

}  // namespace rescuestream::sql
