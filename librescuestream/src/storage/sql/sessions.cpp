#include "storage/sql/sessions.hpp"

#include <limits>

#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
namespace {

Values claim_values(const SessionChange& change) {
    const Claim& claim = *change.claim;
    return {change.stream_key_id.uuid(),
            change.expected_version,
            claim.connection.value,
            claim.node,
            name_of(claim.protocol),
            claim.path_is_secret,
            claim.remote_address,
            claim.user_agent,
            claim.claimed_at,
            claim.live,
            nullable(claim.stalled_since),
            nullable(claim.last_takeover_at),
            claim.by_previous_value};
}

// Returns true if the session had the expected version.
bool write_session(Connection& connection, const SessionChange& change) {
    if (change.set_claim && change.claim) {
        const auto& replace = change.cuts_off_replaced ? kReplaceClaimAndCutOff : kReplaceClaim;
        return connection.run(replace, claim_values(change))->size() == 1;
    }
    const auto& end = change.cuts_off_replaced ? kEndClaimAndCutOff : kEndClaim;
    return connection
               .run(change.set_claim ? end : kRaiseVersionFrom,
                    {change.stream_key_id.uuid(), change.expected_version})
               ->size() == 1;
}

// Without `ended` among the states, the small index of open streams can be used. For that the query
// must contain the condition of the index.
void add_states(Query& query, const std::vector<StreamState>& states) {
    if (states.empty()) return;
    bool ended = false;
    std::string list;
    for (const auto state : states) {
        ended = ended || state == StreamState::kEnded;
        list += (list.empty() ? "'" : ", '") + std::string(to_string(state)) + "'";
    }
    if (!ended) query.where("s.state <> 'ended'");
    query.where("s.state IN (" + list + ")");
}

}  // namespace

Result<Session> SqlSessions::load(const std::string& statement, Value value, const char* missing) {
    return read<Session>([&](Connection& connection) -> Result<Session> {
        const auto rows = connection.run(statement, {value});
        if (rows->size() == 0) return not_found(missing);
        return read_one_leniently(*rows, 0, kSessionRows, read_session).record;
    });
}

Result<std::vector<Session>> SqlSessions::sessions_at_path(const std::string& playback_path) {
    using Sessions = std::vector<Session>;
    return read<Sessions>([&](Connection& connection) -> Result<Sessions> {
        return read_path(connection, playback_path);
    });
}

Result<Session> SqlSessions::load_session_by_digest(const KeyDigest& digest) {
    return load(kLoadSessionByDigest, digest, "There is no such stream key.");
}

Result<Session> SqlSessions::load_session(StreamKeyId id) {
    return load(kLoadSession, id.uuid(), kNoKey);
}

Result<void> SqlSessions::commit_session(const SessionChange& change) {
    if (change.stream && change.stream->stream_key_id != change.stream_key_id) {
        return defect("the stream belongs to another key");
    }
    auto committed = write<void>([&](Connection& connection) -> Result<void> {
        if (!write_session(connection, change)) {
            if (connection.run(kLockKey, {change.stream_key_id.uuid()})->size() == 0) {
                return not_found(kNoKey);
            }
            return conflict("The session of this key has changed meanwhile.");
        }
        if (!change.stream) return {};
        auto written = write_stream(connection, *change.stream);
        if (!written) return written;
        for (const auto& line : change.transitions) {
            connection.run(kAppendTransition, values_of(change.stream->id, line));
        }
        return {};
    });
    if (committed && change.set_claim && !change.claim) held_.forget(change.stream_key_id);
    return committed;
}

Result<std::vector<Session>> SqlSessions::open_sessions(const std::string& node) {
    using Sessions = std::vector<Session>;
    std::vector<StreamKeyId> damaged;
    auto sessions = read<Sessions>([&](Connection& connection) -> Result<Sessions> {
        damaged.clear();  // the work may be repeated
        const auto read_and_note = [&](RowReader row) {
            Session session = read_session(row);
            if (row.has_failed()) damaged.push_back(session.key.id);
            return session;
        };
        return read_leniently(*connection.run(kOpenSessions, {node}), kSessionRows, &unreadable(),
                              read_and_note);
    });
    for (const StreamKeyId id : damaged) repair_stream(id);
    return sessions;
}

// Lists show only streams whose rows can be read, and a poll knows which are live. So the row gets
// what can be read. If that does not work, the next poll tries again.
void SqlSessions::repair_stream(StreamKeyId id) {
    (void)write<void>([&](Connection& connection) -> Result<void> {
        const auto session = lock_session(connection, dialect(), id);
        if (!session || !session->failure || !session->stream) return {};
        auto written = write_stream(connection, *session->stream);
        if (written) connection.run(kRaiseVersion, {id.uuid()});
        return written;
    });
}

Result<Page<ListedStream>> SqlSessions::list_streams(const StreamFilter& filter,
                                                     const PageRequest& page) {
    const bool is_whole = !page.limit && !page.after;
    if (is_whole && filter == StreamFilter::live() && !dialect().stream_version.empty()) {
        return read<Page<ListedStream>>([&](Connection& connection) {
            return Page<ListedStream>{live_streams_.list(connection, dialect(), unreadable()),
                                      std::nullopt};
        });
    }
    return read<Page<ListedStream>>([&](Connection& connection) {
        Query query(kSelectListedStream);
        add_states(query, filter.states);
        if (filter.stream_key_id) {
            query.where("s.stream_key_id = " + query.bind(filter.stream_key_id->uuid()));
        }
        if (filter.broadcaster_id) {
            query.where("s.broadcaster_id = " + query.bind(filter.broadcaster_id->uuid()));
        }
        if (filter.broadcaster_name) {
            query.where("b.display_name = " + query.bind(*filter.broadcaster_name));
        }
        if (filter.incident_id) {
            query.where("s.incident_id = " + query.bind(filter.incident_id->uuid()));
        }
        if (filter.label) query.where("k.label = " + query.bind(*filter.label));
        if (filter.node) query.where("s.node = " + query.bind(*filter.node));
        if (filter.from) query.where("s.started_at >= " + query.bind(*filter.from));
        if (filter.to) query.where("s.started_at < " + query.bind(*filter.to));
        const PageOfRows of{kStreamRows, "s.started_at", "s.id", unreadable()};
        return run_page(connection, std::move(query), page, of, read_listed_stream);
    });
}

Result<ListedStream> SqlSessions::find_stream(StreamId id) {
    return read<ListedStream>([&](Connection& connection) -> Result<ListedStream> {
        const auto rows = connection.run(kFindStream, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoStream);
        return read_named(*rows, 0, kStreamRows, read_listed_stream);
    });
}

Result<std::vector<StreamTransition>> SqlSessions::list_transitions(StreamId id,
                                                                    const TimelinePart& part) {
    using Lines = std::vector<StreamTransition>;
    return read<Lines>([&](Connection& connection) -> Result<Lines> {
        if (connection.run(kFindStream, {id.uuid()})->size() == 0) {
            return not_found(kNoStream);
        }
        // They are numbered from 1 without gaps.
        constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
        return read_readable(
            *connection.run(kListTransitions,
                            {id.uuid(), count_of(part.after), count_of(part.limit.value_or(kAll))}),
            kTransitionRows, unreadable(), read_transition);
    });
}

}  // namespace rescuestream::sql
