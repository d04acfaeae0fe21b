#include "storage/sql/step_parts.hpp"

#include <unordered_map>
#include <utility>

#include "storage/errors.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

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

Result<void> write_stream(Connection& connection, const Stream& stream) {
    if (connection.run(kWriteStream, values_of(stream))->size() == 0) {
        return defect("the stream belongs to another key");
    }
    return {};
}

bool is_shared(const SharedStatement& statement, const AuditDraft& change) {
    const RequestConditions& conditions = change.conditions();
    return !statement.one.empty() && conditions.versions.empty() && !conditions.reservation;
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
