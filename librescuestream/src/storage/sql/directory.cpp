#include "storage/sql/directory.hpp"

#include "fields/broadcaster.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/sql/field_columns.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
Result<void> SqlDirectory::create_broadcaster(const Broadcaster& broadcaster,
                                              const AuditEntry& audit) {
    if (!dialect().create_broadcaster.one.empty()) {
        return share<void>([&]() -> Result<void> {
            database_.share(dialect().create_broadcaster,
                            joined(values_of(broadcaster), values_of(audit)));
            return {};
        });
    }
    return write<void>([&](Connection& connection) -> Result<void> {
        connection.run(kInsertBroadcaster, values_of(broadcaster));
        write_audit(connection, audit);
        return {};
    });
}

Result<Broadcaster> SqlDirectory::find_broadcaster(BroadcasterId id) {
    return share<Broadcaster>([&]() -> Result<Broadcaster> {
        const auto rows = database_.share(dialect().find_broadcaster, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoBroadcaster);
        return read_broadcaster({*rows, 0});
    });
}

Result<Page<Broadcaster>> SqlDirectory::list_broadcasters(const PageRequest& page) {
    return read<Page<Broadcaster>>([&](Connection& connection) {
        Query query("SELECT " + kBroadcasterColumns + " FROM broadcasters b");
        query.where("b.deleted_at IS NULL");
        return run_page(connection, std::move(query), page, "b.created_at", "b.id",
                        read_broadcaster, [](const Broadcaster& broadcaster) {
                            return Cursor{broadcaster.created_at, broadcaster.id.uuid()};
                        });
    });
}

Result<void> SqlDirectory::update_broadcaster(const Broadcaster& broadcaster,
                                              const AuditEntry& audit) {
    return write<void>([&](Connection& connection) -> Result<void> {
        Values values{broadcaster.id.uuid()};
        fields::for_each_field(broadcaster, AddValue{values});
        values.emplace_back(broadcaster.updated_at);
        const auto rows = connection.run(kUpdateBroadcaster, values);
        if (rows->size() == 0) return not_found(kNoBroadcaster);
        write_audit(connection, audit);
        return {};
    });
}

Result<KeyChangeOutcome> SqlDirectory::delete_broadcaster(BroadcasterId id, bool force,
                                                          Timestamp now, const AuditEntry& audit) {
    return told(write<KeyChangeOutcome>([&](Connection& connection) -> Result<KeyChangeOutcome> {
        const Values this_one{id.uuid()};
        if (connection.run(kLockBroadcaster + dialect().lock_row, this_one)->size() == 0) {
            return not_found(kNoBroadcaster);
        }
        const auto sessions = lock_sessions(connection, dialect(), id);
        if (!force) {
            for (const auto& session : sessions) {
                if (session.stream && session.stream->state == StreamState::kLive)
                    return conflict("A stream of this broadcaster is live.");
            }
        }

        KeyChangeOutcome outcome;
        outcome.changed = true;
        for (const auto& session : sessions) {
            outcome.keys.push_back(session.key);
            if (session.key.revoked_at) continue;
            outcome.keys.back().revoked_at = now;
            write_cutoffs_of_key(connection, session, EndReason::kKeyRevoked, now);
        }
        connection.run(kRevokeKeysOfBroadcaster, {id.uuid(), now});
        connection.run(kDeleteKeysOfBroadcaster, {id.uuid(), now});
        connection.run(kDeleteBroadcaster, {id.uuid(), now});
        outcome.cutoffs = read_all(*connection.run(kCutoffsOfBroadcaster, this_one), read_cutoff);
        write_audit(connection, audit);
        return outcome;
    }));
}

Result<KeyChangeOutcome> SqlDirectory::set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                                Timestamp now,
                                                                const AuditEntry& audit) {
    return told(write<KeyChangeOutcome>([&](Connection& connection) -> Result<KeyChangeOutcome> {
        const Values this_one{id.uuid()};
        connection.run(kLockBroadcaster + dialect().lock_row, this_one);
        const auto found = connection.run(kFindBroadcaster, this_one);
        if (found->size() == 0) return not_found(kNoBroadcaster);

        KeyChangeOutcome outcome;
        outcome.changed = read_broadcaster({*found, 0}).disabled != disabled;
        for (auto& session : lock_sessions(connection, dialect(), id)) {
            if (outcome.changed && disabled) {
                write_cutoffs_of_key(connection, session, EndReason::kDisabled, now);
            }
            outcome.keys.push_back(std::move(session.key));
            outcome.keys.back().broadcaster_disabled = disabled;
        }
        if (outcome.changed) {
            connection.run(kSetBroadcasterDisabled, {id.uuid(), disabled, now});
            connection.run(disabled ? kRestKeysOfBroadcaster : kWakeKeysOfBroadcaster, this_one);
            write_audit(connection, audit);
        }
        outcome.cutoffs = read_all(*connection.run(kCutoffsOfBroadcaster, this_one), read_cutoff);
        return outcome;
    }));
}

}  // namespace rescuestream::sql
