// Cut-offs: connections that must go.
#include "storage/cutoff_end.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/sql_storage.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

constexpr const char* kNoStream = "There is no stream with this id.";

std::optional<Session> load_locked_key(Connection& connection, const Dialect& dialect,
                                       StreamKeyId id) {
    const Values this_one{id.uuid()};
    // Two statements: the second sees what was committed while the first waited.
    connection.run(kLockKey + dialect.lock_row, this_one);
    const auto rows = connection.run(kLoadSessionOfAnyKey, this_one);
    if (rows->size() == 0) return std::nullopt;
    return read_session({*rows, 0});
}

bool holds_claim(const Session& session, const ConnectionId& connection) {
    return session.claim && session.claim->connection == connection;
}

}  // namespace

void write_cutoff(Connection& connection, const Session& session, const ConnectionId& source,
                  EndReason reason, Timestamp now) {
    Cutoff cutoff;
    cutoff.stream_key_id = session.key.id;
    cutoff.connection = source;
    cutoff.reason = reason;
    cutoff.requested_at = now;
    if (session.stream && session.stream->source_id == source) {
        cutoff.stream_id = session.stream->id;
        cutoff.node = session.stream->node;
    }
    if (holds_claim(session, source)) {
        cutoff.node = session.claim->node;
        cutoff.protocol = session.claim->protocol;
    }
    connection.run(kInsertCutoff, values_of(cutoff));
}

void write_cutoffs_of_key(Connection& connection, const Session& session, EndReason reason,
                          Timestamp now) {
    if (session.claim) {
        write_cutoff(connection, session, session.claim->connection, reason, now);
    }
    if (session.stream && session.stream->source_id) {
        write_cutoff(connection, session, *session.stream->source_id, reason, now);
    }
}

Result<std::vector<Cutoff>> SqlStorage::begin_stop(StreamId id, EndReason reason,
                                                   std::optional<Timestamp> block_until,
                                                   Timestamp now, const AuditEntry& audit) {
    using Cutoffs = std::vector<Cutoff>;
    auto begun = write<Cutoffs>([&](Connection& connection) -> Result<Cutoffs> {
        const auto rows = connection.run(kFindStream, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoStream);
        const auto key_id = read_stream({*rows, 0}).stream_key_id;
        const auto session = load_locked_key(connection, dialect(), key_id);
        // Under the lock: it may have ended while we waited.
        if (!session || !session->stream || session->stream->id != id) return Cutoffs{};

        Cutoffs cutoffs;
        const auto& source = session->stream->source_id;
        if (source) {
            write_cutoff(connection, *session, *source, reason, now);
            cutoffs =
                read_all(*connection.run(kFindCutoff, {key_id.uuid(), source->value}), read_cutoff);
        }
        connection.run(source && holds_claim(*session, *source) ? kEndClaim : kRaiseVersionFrom,
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
        const auto session = load_locked_key(connection, dialect(), cutoff.stream_key_id);
        if (!session) return Ended{};
        const auto rows =
            connection.run(kDeleteCutoff, {cutoff.stream_key_id.uuid(), cutoff.connection.value});
        if (rows->size() == 0 || !session->stream) return Ended{};
        RowReader row(*rows, 0);
        const auto stream_id = row.optional([&] { return row.id<StreamId>(); });
        const auto reason = row.name<EndReason>();

        Stream stream = *session->stream;
        // Another connection may deliver it by now: this end is not for that one.
        if (stream_id != stream.id || stream.source_id != cutoff.connection) return Ended{};
        const auto line = end_by_cutoff(stream, session->key, reason, now, totals);
        if (auto written = write_stream(connection, stream); !written) return written.error();
        connection.run(kAppendTransition, values_of(stream.id, line));
        connection.run(kRaiseVersion, {cutoff.stream_key_id.uuid()});
        return Ended(std::move(stream));
    });
}

}  // namespace rescuestream::sql
