#include "storage/sql/keys.hpp"

#include "storage/errors.hpp"
#include "storage/key_change.hpp"
#include "storage/messages.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
namespace {

// Returns whether `owner`, a row of kLockBroadcaster, is as the creator of a key expected.
bool is_believed_owner(RowReader owner, const StreamKeyRow& row) {
    owner.skip(1);
    const std::string name = owner.text();
    return is_as_believed(row, name, owner.boolean());
}

// Runs `insert`, which creates a key.
template <class Insert>
Result<void> making_key(Insert insert) {
    try {
        return insert();
    } catch (const Failure& failure) {
        if (failure.kind == Failure::Kind::kUnique &&
            failure.detail.find("playback_path") != std::string::npos) {
            return conflict("Another stream key has this playback path.");
        }
        throw;
    }
}

}  // namespace

Result<void> SqlKeys::create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) {
    if (!dialect().create_key.one.empty()) {
        return told(share<void>([&] {
            return making_key([&]() -> Result<void> {
                const auto made = database_.share(
                    dialect().create_key,
                    joined(joined(values_of(row), owner_values(row)), values_of(audit)));
                if (made->size() == 0) return not_found(kNoBroadcaster);
                return {};
            });
        }));
    }
    return told(write<void>([&](Connection& connection) -> Result<void> {
        // Held until the commit: the broadcaster cannot be deleted meanwhile.
        const auto owner =
            connection.run(kLockBroadcaster + dialect().share_row, {row.key.broadcaster_id.uuid()});
        if (owner->size() == 0 || !is_believed_owner({*owner, 0}, row))
            return not_found(kNoBroadcaster);
        return making_key([&]() -> Result<void> {
            connection.run(kInsertKey, values_of(row));
            write_audit(connection, audit);
            return {};
        });
    }));
}

Result<StreamKey> SqlKeys::find_stream_key(StreamKeyId id) {
    return share<StreamKey>([&]() -> Result<StreamKey> {
        const auto rows = database_.share(dialect().find_key, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoKey);
        return read_key({*rows, 0});
    });
}

Result<Page<StreamKey>> SqlKeys::list_stream_keys(const StreamKeyFilter& filter,
                                                  const PageRequest& page) {
    return read<Page<StreamKey>>([&](Connection& connection) {
        Query query("SELECT " + kKeyColumns + " FROM stream_keys k");
        query.where("k.deleted_at IS NULL");
        if (filter.broadcaster_id) {
            query.where("k.broadcaster_id = " + query.bind(filter.broadcaster_id->uuid()));
        }
        return run_page(connection, std::move(query), page, "k.created_at", "k.id", read_key,
                        [](const StreamKey& key) {
                            return Cursor{key.created_at, key.id.uuid()};
                        });
    });
}

Result<KeyListChanges> SqlKeys::key_list_after(const std::string& place) {
    if (dialect().key_list == nullptr) return KeyStorage::key_list_after(place);
    return read<KeyListChanges>([&](Connection& connection) -> Result<KeyListChanges> {
        return dialect().key_list(connection, place);
    });
}

Result<KeyFacts> SqlKeys::key_facts_after(const std::string& place, std::size_t limit) {
    return read<KeyFacts>([&](Connection& connection) -> Result<KeyFacts> {
        return dialect().key_facts(connection, place, limit);
    });
}

template <class Work>
Result<KeyChangeOutcome> SqlKeys::change_key(StreamKeyId id, Work work) {
    return told(write<KeyChangeOutcome>([&](Connection& connection) -> Result<KeyChangeOutcome> {
        const Values this_one{id.uuid()};
        const auto session = lock_session(connection, dialect(), id);
        if (!session || session->deleted) return not_found(kNoKey);

        KeyChangeOutcome outcome;
        const Result<void> done = work(connection, *session, outcome);
        if (!done) return done.error();
        const auto rows = connection.run(kFindKey, this_one);
        outcome.keys.push_back(read_key({*rows, 0}));
        outcome.cutoffs = read_all(*connection.run(kCutoffsOfKey, this_one), read_cutoff);
        return outcome;
    }));
}

Result<KeyChangeOutcome> SqlKeys::revoke_stream_key(StreamKeyId id, Timestamp now,
                                                    const AuditEntry& audit) {
    if (!dialect().revoke_idle_key.one.empty()) {
        auto revoked = share<KeyChangeOutcome>([&]() -> Result<KeyChangeOutcome> {
            KeyChangeOutcome outcome;
            const auto rows = database_.share(dialect().revoke_idle_key,
                                              joined({id.uuid(), now}, values_of(audit)));
            outcome.keys = read_all(*rows, read_key);
            outcome.changed = !outcome.keys.empty();
            return outcome;
        });
        // Most keys are not in use, so their session need not be read.
        if (!revoked || revoked->changed) return told(std::move(revoked));
    }
    return change_key(id,
                      [&](Connection& connection, const LockedSession& session,
                          KeyChangeOutcome& outcome) -> Result<void> {
                          outcome.changed = !session.key.revoked_at.has_value();
                          if (!outcome.changed) return {};
                          write_cutoffs_of_key(connection, session, EndReason::kKeyRevoked, now);
                          connection.run(kRevokeKey, {id.uuid(), now});
                          write_audit(connection, audit);
                          return {};
                      });
}

Result<KeyChangeOutcome> SqlKeys::update_stream_key(const StreamKeyChange& change, Timestamp now,
                                                    const AuditEntry& audit) {
    return change_key(change.id,
                      [&](Connection& connection, const LockedSession& session,
                          KeyChangeOutcome& outcome) -> Result<void> {
                          if (session.key.revoked_at) return conflict(kRevoked);
                          const StreamKey key = changed_key(session.key, change);
                          outcome.changed = key != session.key;
                          if (!outcome.changed) return {};
                          connection.run(kUpdateKey, update_values(key));
                          if (key.disabled && !session.key.disabled) {
                              write_cutoffs_of_key(connection, session, EndReason::kDisabled, now);
                              connection.run(kEndClaimOfKey, {change.id.uuid()});
                          }
                          write_audit(connection, audit);
                          return {};
                      });
}

Result<KeyChangeOutcome> SqlKeys::rotate_stream_key(const StreamKeyRotation& rotation,
                                                    Timestamp now, const AuditEntry& audit) {
    return change_key(
        rotation.id,
        [&](Connection& connection, const LockedSession& session,
            KeyChangeOutcome& outcome) -> Result<void> {
            if (session.key.revoked_at) return conflict(kRevoked);
            outcome.changed = true;
            const bool at_once = !rotation.overlap_until.has_value();
            // The cut-off finds a source whose path is the old value by the digest.
            if (at_once) write_cutoffs_of_key(connection, session, EndReason::kKeyRotated, now);
            connection.run(kRotateKey,
                           {rotation.id.uuid(), rotation.digest, nullable(rotation.overlap_until)});
            if (at_once) connection.run(kEndClaimOfKey, {rotation.id.uuid()});
            write_audit(connection, audit);
            return {};
        });
}

}  // namespace rescuestream::sql
