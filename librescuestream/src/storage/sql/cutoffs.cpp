// Cut-offs: connections that must be removed.
#include <unordered_map>

#include "storage/sql/records.hpp"
#include "storage/sql/sql_storage.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

constexpr const char* kNoStream = "There is no stream with this id.";

LockedSession locked(Session session, RowReader row) {
    LockedSession locked{std::move(session), {}, false};
    locked.values.current = row.digest();
    locked.values.previous = row.optional([&] { return row.digest(); });
    locked.deleted = row.boolean();
    return locked;
}

}  // namespace

// Two statements, so that the second sees what was committed while the first waited.
std::optional<LockedSession> lock_session(Connection& connection, const Dialect& dialect,
                                          StreamKeyId id) {
    const Values this_one{id.uuid()};
    const auto key = connection.run(kLockKey + dialect.lock_row, this_one);
    if (key->size() == 0) return std::nullopt;
    const auto rows = connection.run(kLoadSessionOfAnyKey, this_one);
    if (rows->size() == 0) return std::nullopt;
    return locked(read_session({*rows, 0}), {*key, 0, kLockedValues});
}

std::vector<LockedSession> lock_sessions(Connection& connection, const Dialect& dialect,
                                         BroadcasterId id) {
    const Values this_one{id.uuid()};
    const auto keys = connection.run(kLockKeysOfBroadcaster + dialect.lock_row, this_one);
    std::unordered_map<StreamKeyId, std::size_t> row_of;
    for (std::size_t row = 0; row < keys->size(); ++row) {
        row_of.emplace(RowReader(*keys, row).id<StreamKeyId>(), row);
    }
    const auto rows = connection.run(kLoadSessionsOfBroadcaster, this_one);
    std::vector<LockedSession> sessions;
    for (auto& session : read_all(*rows, read_session)) {
        const auto row = row_of.find(session.key.id);
        if (row == row_of.end()) throw Failure{Failure::Kind::kDefect, "a key is not locked"};
        sessions.push_back(locked(std::move(session), {*keys, row->second, kLockedValues}));
    }
    return sessions;
}

void write_cutoffs_of_key(Connection& connection, const LockedSession& session, EndReason reason,
                          Timestamp now) {
    for (const auto& cutoff :
         rules::cutoffs_of(session, session.values, {reason, ObservedBy::kAdmin}, now)) {
        connection.run(kInsertCutoff, values_of(cutoff));
    }
}

Result<std::vector<Cutoff>> SqlStorage::begin_stop(StreamId id, EndCause cause,
                                                   std::optional<Timestamp> block_until,
                                                   Timestamp now, const AuditEntry& audit) {
    using Cutoffs = std::vector<Cutoff>;
    auto begun = write<Cutoffs>([&](Connection& connection) -> Result<Cutoffs> {
        const auto rows = connection.run(kFindStream, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoStream);
        const auto key_id = read_stream({*rows, 0}).stream_key_id;
        const auto session = lock_session(connection, dialect(), key_id);
        // Checked under the lock, because the stream may have ended while this step waited.
        if (!session || !session->stream || session->stream->id != id) return Cutoffs{};

        const auto stop = rules::stop_stream(*session, session->values, cause, now);
        Cutoffs cutoffs;
        if (stop.cutoff) {
            connection.run(kInsertCutoff, values_of(*stop.cutoff));
            cutoffs = read_all(
                *connection.run(kFindCutoff, {key_id.uuid(), stop.cutoff->connection.value}),
                read_cutoff);
        }
        connection.run(stop.ends_claim ? kEndClaim : kRaiseVersionFrom,
                       {key_id.uuid(), session->version});
        if (block_until) connection.run(kBlockKey, {key_id.uuid(), *block_until});
        write_audit(connection, audit);
        return cutoffs;
    });
    return block_until ? told(std::move(begun)) : begun;
}

Result<std::vector<Cutoff>> SqlStorage::pending_cutoffs(const std::string& node) {
    using Cutoffs = std::vector<Cutoff>;
    return read<Cutoffs>([&](Connection& connection) -> Result<Cutoffs> {
        return read_all(*connection.run(kPendingCutoffs, {node}), read_cutoff);
    });
}

Result<std::optional<Stream>> SqlStorage::finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                        std::optional<StreamTotals> totals) {
    using Ended = std::optional<Stream>;
    return write<Ended>([&](Connection& connection) -> Result<Ended> {
        const auto session = lock_session(connection, dialect(), cutoff.stream_key_id);
        if (!session) return Ended{};
        const Values name{cutoff.stream_key_id.uuid(), cutoff.connection.value};
        const auto rows = connection.run(kFindCutoff, name);
        if (rows->size() == 0) return Ended{};
        connection.run(kDeleteCutoff, name);
        const auto end = rules::finish_cutoff(*session, read_cutoff({*rows, 0}), now, totals);
        if (!end) return Ended{};
        if (auto written = write_stream(connection, end->stream); !written) return written.error();
        connection.run(kAppendTransition, values_of(end->stream.id, end->line));
        connection.run(kRaiseVersion, {cutoff.stream_key_id.uuid()});
        return Ended(end->stream);
    });
}

}  // namespace rescuestream::sql
