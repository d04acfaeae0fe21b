#include "storage/sql/step_parts.hpp"

#include <unordered_map>
#include <utility>

#include "rules/key.hpp"
#include "rules/path.hpp"
#include "storage/errors.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

// `key_row` is a row of the locked keys. What cannot be read does not prevent that a right ends.
LockedSession locked(Lenient<Session> session, const Rows& keys, std::size_t key_row) {
    LockedSession locked{std::move(session.record), {}, false, std::move(session.failure)};
    std::optional<Failure> failure;
    RowReader row(keys, key_row, kLockedValues, &failure);
    locked.values.current = row.digest();
    locked.values.previous = row.optional([&] { return row.digest(); });
    locked.deleted = row.boolean();
    return locked;
}

LockedSession locked(const Rows& sessions, const Rows& keys, std::size_t key_row) {
    return locked(read_one_leniently(sessions, 0, kSessionRows, read_session), keys, key_row);
}

// Empty: it cannot be read.
std::optional<StreamKeyId> key_at(const Rows& keys, std::size_t row) {
    try {
        return RowReader(keys, row).id<StreamKeyId>();
    } catch (const Failure&) {
        return std::nullopt;
    }
}

}  // namespace

void LockedSession::require_readable() const {
    if (failure && rules::is_unreadable(key.policies)) throw Failure(*failure);
}

std::string name_of_broadcaster(Connection& connection, BroadcasterId id) {
    const auto rows = connection.run(kNameOfBroadcaster, {id.uuid()});
    return rows->size() > 0 ? rows->text(0, 0) : std::string();
}

std::vector<Cutoff> read_cutoffs(const Rows& rows) {
    return read_leniently(rows, kCutoffRows, nullptr, read_cutoff);
}

// Two statements, so that the second sees what was committed while the first waited.
std::optional<LockedSession> lock_session(Connection& connection, const Dialect& dialect,
                                          StreamKeyId id) {
    const Values this_one{id.uuid()};
    const auto key = connection.run(kLockKey + dialect.lock_row, this_one);
    if (key->size() == 0) return std::nullopt;
    const auto rows = connection.run(kLoadSessionOfAnyKey, this_one);
    if (rows->size() == 0) return std::nullopt;
    return locked(*rows, *key, 0);
}

std::vector<LockedSession> lock_sessions(Connection& connection, const Dialect& dialect,
                                         BroadcasterId id) {
    const Values this_one{id.uuid()};
    const auto keys = connection.run(kLockKeysOfBroadcaster + dialect.lock_row, this_one);
    std::unordered_map<StreamKeyId, std::size_t> row_of;
    for (std::size_t row = 0; row < keys->size(); ++row) {
        if (const auto key = key_at(*keys, row)) row_of.emplace(*key, row);
    }
    const auto rows = connection.run(kLoadSessionsOfBroadcaster, this_one);
    std::vector<LockedSession> sessions;
    for (auto& session : read_leniently(*rows, kSessionRows, nullptr, read_session)) {
        const auto row = row_of.find(session.key.id);
        if (row == row_of.end()) throw Failure{Failure::Kind::kDefect, "a key is not locked"};
        sessions.push_back(locked({std::move(session), std::nullopt}, *keys, row->second));
    }
    return sessions;
}

std::optional<LockedSession> lock_session_and_path(Connection& connection, const Dialect& dialect,
                                                   StreamKeyId id) {
    const Values this_one{id.uuid()};
    const auto keys = connection.run(dialect.lock_path, this_one);
    for (std::size_t row = 0; row < keys->size(); ++row) {
        if (key_at(*keys, row) != id) continue;
        const auto rows = connection.run(kLoadSessionOfAnyKey, this_one);
        if (rows->size() == 0) return std::nullopt;
        return locked(*rows, *keys, row);
    }
    return std::nullopt;
}

std::vector<Session> read_path(Connection& connection, const std::string& path) {
    auto sessions = read_leniently(*connection.run(kSessionsAtPath, {path}), kSessionRows, nullptr,
                                   read_session);
    rules::sort_by_priority(sessions);
    return sessions;
}

// Two statements, so that the second sees what was committed while the first waited.
std::optional<std::vector<LockedSession>> lock_path(Connection& connection, const Dialect& dialect,
                                                    StreamKeyId id) {
    std::vector<LockedSession> sessions;
    const auto keys = connection.run(dialect.lock_path, {id.uuid()});
    if (keys->size() == 0) return sessions;
    constexpr int kPath = 4;
    for (auto& session : read_path(connection, keys->text(0, kPath))) {
        std::size_t row = 0;
        while (row < keys->size() && key_at(*keys, row) != session.key.id) ++row;
        if (row == keys->size()) return std::nullopt;
        sessions.push_back(locked({std::move(session), std::nullopt}, *keys, row));
    }
    return sessions;
}

void write_cutoffs_of_key(Connection& connection, const LockedSession& session, EndCause cause,
                          Timestamp now) {
    for (const auto& cutoff : rules::cutoffs_of(session, session.values, cause, now)) {
        connection.run(kInsertCutoff, values_of(cutoff));
    }
}

void write_cutoffs_of_key(Connection& connection, const LockedSession& session, EndReason reason,
                          Timestamp now) {
    write_cutoffs_of_key(connection, session, EndCause{reason, ObservedBy::kAdmin}, now);
}

Result<void> write_stream(Connection& connection, const Stream& stream) {
    const auto write = [&] { return connection.run(kWriteStream, values_of(stream))->size() > 0; };
    bool is_written = false;
    try {
        is_written = write();
    } catch (const Failure& failure) {
        // The open stream of the key may be one whose id cannot be read.
        if (failure.kind != Failure::Kind::kUnique) throw;
        connection.run(kEndUnreadableStreams, {stream.stream_key_id.uuid()});
        is_written = write();
    }
    if (!is_written) return defect("the stream belongs to another key");
    return {};
}

bool is_shared(const SharedStatement& statement, const AuditDraft& change) {
    const RequestConditions& conditions = change.conditions();
    return !statement.one.empty() && conditions.versions.empty() && !conditions.reservation;
}

void take_turn(Connection& connection, const Dialect& dialect, Turn turn) {
    if (dialect.lock_number.empty()) return;
    connection.run(dialect.lock_number, {static_cast<std::int64_t>(turn)});
}

void write_audit(Connection& connection, const ChangeEntry& entry) {
    if (entry.reservation) {
        const auto marked = connection.run(
            kMarkReservation,
            {*entry.reservation, nullable(entry.resource_type), nullable(entry.resource_id)});
        if (marked->size() == 0)
            throw Failure{Failure::Kind::kSuperseded, "the reservation is gone"};
    }
    connection.run(kInsertAuditActor, {entry.actor});
    connection.run(kInsertAuditEntry, values_of(entry));
}

}  // namespace rescuestream::sql
