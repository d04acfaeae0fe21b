#include "storage/sql/directory.hpp"

#include "fields/broadcaster.hpp"
#include "rules/conditions.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/sql/field_columns.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
namespace {

// Returns the broadcaster, locked until the end of the transaction; empty: there is none.
std::optional<Lenient<Broadcaster>> lock_broadcaster(Connection& connection, const Dialect& dialect,
                                                     BroadcasterId id) {
    return read_first_leniently(*connection.run(kFindBroadcaster + dialect.lock_row, {id.uuid()}),
                                kBroadcasterRows, read_broadcaster);
}

}  // namespace

Result<void> SqlDirectory::create_broadcaster(const Broadcaster& broadcaster,
                                              const AuditDraft& audit) {
    if (is_shared(dialect().create_broadcaster, audit)) {
        return share<void>([&]() -> Result<void> {
            database_.share(dialect().create_broadcaster,
                            joined(values_of(broadcaster), values_of(audit.named(broadcaster))));
            return {};
        });
    }
    return write<void>([&](Connection& connection) -> Result<void> {
        connection.run(kInsertBroadcaster, values_of(broadcaster));
        write_audit(connection, audit.named(broadcaster));
        return {};
    });
}

Result<Broadcaster> SqlDirectory::find_broadcaster(BroadcasterId id) {
    return share<Broadcaster>([&]() -> Result<Broadcaster> {
        const auto rows = database_.share(dialect().find_broadcaster, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoBroadcaster);
        return read_named(*rows, 0, kBroadcasterRows, read_broadcaster);
    });
}

Result<Page<Broadcaster>> SqlDirectory::list_broadcasters(const PageRequest& page) {
    return read<Page<Broadcaster>>([&](Connection& connection) {
        Query query("SELECT " + kBroadcasterColumns + " FROM broadcasters b");
        query.where("b.deleted_at IS NULL");
        const PageOfRows of{kBroadcasterRows, "b.created_at", "b.id", unreadable()};
        return run_page(connection, std::move(query), page, of, read_broadcaster);
    });
}

Result<Broadcaster> SqlDirectory::update_broadcaster(BroadcasterId id,
                                                     const BroadcasterPatch& patch, Timestamp now,
                                                     const AuditDraft& audit) {
    return write<Broadcaster>([&](Connection& connection) -> Result<Broadcaster> {
        auto found = lock_broadcaster(connection, dialect(), id);
        if (!found) return not_found(kNoBroadcaster);
        found->require_readable();
        Broadcaster* const broadcaster = &found->record;
        if (auto same = rules::check_conditions(audit, *broadcaster); !same) return same.error();
        fields::apply(patch, *broadcaster);
        broadcaster->updated_at = now;
        Values values{id.uuid()};
        fields::for_each_field(*broadcaster, AddValue{values});
        values.emplace_back(now);
        connection.run(kUpdateBroadcaster, values);
        write_audit(connection, audit.named(*broadcaster));
        return std::move(*broadcaster);
    });
}

Result<KeyChangeOutcome> SqlDirectory::delete_broadcaster(BroadcasterId id, bool force,
                                                          Timestamp now, const AuditDraft& audit) {
    return told(write<KeyChangeOutcome>([&](Connection& connection) -> Result<KeyChangeOutcome> {
        const Values this_one{id.uuid()};
        const auto found = lock_broadcaster(connection, dialect(), id);
        if (!found) return not_found(kNoBroadcaster);
        const Broadcaster* const broadcaster = &found->record;
        if (auto same = rules::check_conditions(audit, *broadcaster); !same) return same.error();
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
        outcome.cutoffs = read_cutoffs(*connection.run(kCutoffsOfBroadcaster, this_one));
        write_audit(connection, audit.named(*broadcaster));
        return outcome;
    }));
}

Result<KeyChangeOutcome> SqlDirectory::set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                                Timestamp now,
                                                                const AuditDraft& audit) {
    return told(write<KeyChangeOutcome>([&](Connection& connection) -> Result<KeyChangeOutcome> {
        const Values this_one{id.uuid()};
        const auto found = lock_broadcaster(connection, dialect(), id);
        if (!found) return not_found(kNoBroadcaster);
        const Broadcaster* const broadcaster = &found->record;
        if (auto same = rules::check_conditions(audit, *broadcaster); !same) return same.error();

        KeyChangeOutcome outcome;
        outcome.changed = broadcaster->disabled != disabled;
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
            write_audit(connection, audit.named(*broadcaster));
        }
        outcome.cutoffs = read_cutoffs(*connection.run(kCutoffsOfBroadcaster, this_one));
        return outcome;
    }));
}

}  // namespace rescuestream::sql
