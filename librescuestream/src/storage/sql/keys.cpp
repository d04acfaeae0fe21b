#include "storage/sql/keys.hpp"

#include "rules/conditions.hpp"
#include "rules/path.hpp"
#include "storage/assignment_errors.hpp"
#include "storage/errors.hpp"
#include "storage/key_change.hpp"
#include "storage/messages.hpp"
#include "storage/sql/incident_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {
namespace {

constexpr int kNameOfLocked = 1;  // positions in a row of kLockBroadcaster
constexpr int kDisabledOfLocked = 2;
constexpr int kIncidentOfLocked = 3;

std::optional<IncidentId> incident_at(const Rows& rows, int column) {
    RowReader row(rows, 0);
    row.skip(column);
    return row.optional([&] { return row.id<IncidentId>(); });
}

void add_status(Query& query, StreamKeyStatus status, Timestamp at) {
    switch (status) {
        case StreamKeyStatus::kRevoked:
            query.where("k.revoked_at IS NOT NULL");
            return;
        case StreamKeyStatus::kExpired:
            query.where("k.revoked_at IS NULL AND k.expires_at <= " + query.bind(at));
            return;
        case StreamKeyStatus::kActive:
            query.where("k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > " +
                        query.bind(at) + ")");
            return;
    }
}

constexpr int kAttemptsToJoin = 4;

constexpr RowSource kOwnersOfPaths{"stream_keys", &kOwnerColumns};

// A row of kOwnerOfPath: what decides who may share the path.
StreamKey read_owner_of_path(RowReader row) {
    StreamKey key;
    key.broadcaster_id = row.id<BroadcasterId>();
    key.policies = read_policies(row);
    return key;
}

bool is_path_taken(const Result<StreamKey>& result) {
    return !result && result.error().code == ErrorCode::kConflict &&
           result.error().message == kPathTaken;
}

// Runs `work`, which writes the path of a key.
template <class Work>
auto with_path(Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const Failure& failure) {
        if (failure.kind == Failure::Kind::kUnique &&
            failure.detail.find("playback_path") != std::string::npos) {
            return path_taken();
        }
        throw;
    }
}

}  // namespace

Result<StreamKey> SqlKeys::create_stream_key(const StreamKeyRow& row, const AuditDraft& audit) {
    StreamKey key = row.key;
    // The incident that is given must be open, and stay so until the commit.
    if (is_shared(dialect().create_key, audit) && !row.key.incident_id &&
        !row.key.policies.priority) {
        bool is_made = false;
        auto made = share<StreamKey>([&] {
            return with_path([&]() -> Result<StreamKey> {
                const auto rows = database_.share(
                    dialect().create_key, joined(values_of(row), values_of(audit.without_names())));
                is_made = rows->size() == 1;
                if (!is_made) return key;
                key.broadcaster_disabled = rows->boolean(0, 0);
                key.incident_id = incident_at(*rows, 1);
                return key;
            });
        });
        if (is_made) return told(std::move(made));
        if (!made) return is_path_taken(made) ? explained(row.key) : told(std::move(made));
    }
    // Between the look for the path's owner and the insertion, another key may become its owner.
    for (int attempt = 1;; ++attempt) {
        auto made = create_alone(row, audit);
        if (!is_path_taken(made)) return told(std::move(made));
        if (!row.key.policies.priority || attempt == kAttemptsToJoin) return explained(row.key);
    }
}

// Says why the key cannot have its path.
Result<StreamKey> SqlKeys::explained(const StreamKey& key) {
    return read<StreamKey>([&](Connection& connection) -> Result<StreamKey> {
        const auto owner = read_first_named(*connection.run(kOwnerOfPath, {key.playback_path}),
                                            kOwnersOfPaths, read_owner_of_path);
        return owner ? may_not_share(rules::may_share(*owner, key)) : path_taken();
    });
}

Result<StreamKey> SqlKeys::create_alone(const StreamKeyRow& row, const AuditDraft& audit) {
    StreamKey key = row.key;
    return write<StreamKey>([&](Connection& connection) -> Result<StreamKey> {
        if (row.key.incident_id) {
            const auto incident = read_first_named(
                *connection.run(kFindIncident + dialect().share_row, {row.key.incident_id->uuid()}),
                kIncidentRows, read_incident);
            if (!incident || incident->closed_at) return no_open_incident();
        }
        // Held until the commit: the broadcaster cannot be deleted meanwhile.
        const auto owner =
            connection.run(kLockBroadcaster + dialect().share_row, {row.key.broadcaster_id.uuid()});
        if (owner->size() == 0) return not_found(kNoBroadcaster);
        key.broadcaster_disabled = owner->boolean(0, kDisabledOfLocked);
        if (!key.incident_id) key.incident_id = incident_at(*owner, kIncidentOfLocked);
        const std::string* insert = &kInsertKey;
        if (key.policies.priority && !key.revoked_at) {
            // The lock keeps the owner until the commit as it is: its priority and its path.
            const auto member = read_first_named(
                *connection.run(kOwnerOfPath + dialect().lock_row, {key.playback_path}),
                kOwnersOfPaths, read_owner_of_path);
            if (member) {
                const auto sharing = rules::may_share(*member, key);
                if (sharing != rules::Sharing::kPermitted) return may_not_share(sharing);
                insert = &kInsertJoinedKey;
            }
        }
        return with_path([&]() -> Result<StreamKey> {
            connection.run(*insert, joined(values_of(row), {uuid_of(row.key.incident_id)}));
            write_audit(connection, audit.named(key, owner->text(0, kNameOfLocked)));
            return key;
        });
    });
}

Result<StreamKey> SqlKeys::find_stream_key(StreamKeyId id) {
    return share<StreamKey>([&]() -> Result<StreamKey> {
        const auto rows = database_.share(dialect().find_key, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoKey);
        return read_named(*rows, 0, kKeyRows, read_key);
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
        if (filter.broadcaster_name) {
            query.where(
                "k.broadcaster_id IN (SELECT b.id FROM broadcasters b WHERE "
                "b.display_name = " +
                query.bind(*filter.broadcaster_name) + ")");
        }
        if (filter.incident_id) {
            query.where("k.incident_id = " + query.bind(filter.incident_id->uuid()));
        }
        if (filter.label) query.where("k.label = " + query.bind(*filter.label));
        if (filter.playback_path) {
            query.where("k.playback_path = " + query.bind(*filter.playback_path));
        }
        if (filter.status) add_status(query, *filter.status, filter.at);
        if (filter.disabled) {
            query.where(std::string(*filter.disabled ? "" : "NOT ") +
                        "(k.disabled OR k.broadcaster_disabled)");
        }
        const PageOfRows of{kKeyRows, "k.created_at", "k.id", unreadable()};
        return run_page(connection, std::move(query), page, of, read_key);
    });
}

Result<KeyListChanges> SqlKeys::key_list_after(const std::string& place) {
    if (dialect().key_list == nullptr) return KeyStorage::key_list_after(place);
    return read<KeyListChanges>([&](Connection& connection) -> Result<KeyListChanges> {
        return dialect().key_list(connection, place, unreadable());
    });
}

Result<KeyFacts> SqlKeys::key_facts_after(const std::string& place, std::size_t limit) {
    return read<KeyFacts>([&](Connection& connection) -> Result<KeyFacts> {
        return dialect().key_facts(connection, place, limit, unreadable());
    });
}

template <class Work>
Result<KeyChangeOutcome> SqlKeys::change_key(StreamKeyId id, const AuditDraft& audit, Work work) {
    return told(write<KeyChangeOutcome>([&](Connection& connection) -> Result<KeyChangeOutcome> {
        const Values this_one{id.uuid()};
        const auto session = lock_session_and_path(connection, dialect(), id);
        if (!session || session->deleted) return not_found(kNoKey);
        if (auto same = rules::check_conditions(audit, session->key); !same) return same.error();

        KeyChangeOutcome outcome;
        const Result<void> done = work(connection, *session, outcome);
        if (!done) return done.error();
        if (outcome.changed) {
            write_audit(connection,
                        audit.named(session->key,
                                    name_of_broadcaster(connection, session->key.broadcaster_id)));
        }
        const auto rows = connection.run(kFindKey, this_one);
        outcome.keys.push_back(read_one_leniently(*rows, 0, kKeyRows, read_key).record);
        outcome.cutoffs = read_cutoffs(*connection.run(kCutoffsOfKey, this_one));
        return outcome;
    }));
}

Result<KeyChangeOutcome> SqlKeys::revoke_stream_key(StreamKeyId id, Timestamp now,
                                                    const AuditDraft& audit) {
    if (is_shared(dialect().revoke_idle_key, audit)) {
        auto revoked = share<KeyChangeOutcome>([&]() -> Result<KeyChangeOutcome> {
            KeyChangeOutcome outcome;
            const auto rows =
                database_.share(dialect().revoke_idle_key,
                                joined({id.uuid(), now}, values_of(audit.without_names())));
            outcome.keys = read_leniently(*rows, kKeyRows, nullptr, read_key);
            outcome.changed = rows->size() > 0;
            return outcome;
        });
        // Most keys are not in use, so their session need not be read.
        if (!revoked || revoked->changed) return told(std::move(revoked));
    }
    return change_key(id, audit,
                      [&](Connection& connection, const LockedSession& session,
                          KeyChangeOutcome& outcome) -> Result<void> {
                          outcome.changed = !session.key.revoked_at.has_value();
                          if (!outcome.changed) return {};
                          write_cutoffs_of_key(connection, session, EndReason::kKeyRevoked, now);
                          connection.run(kRevokeKey, {id.uuid(), now});
                          return {};
                      });
}

Result<KeyChangeOutcome> SqlKeys::update_stream_key(const StreamKeyChange& change, Timestamp now,
                                                    const AuditDraft& audit) {
    return change_key(change.id, audit,
                      [&](Connection& connection, const LockedSession& session,
                          KeyChangeOutcome& outcome) -> Result<void> {
                          session.require_readable();
                          if (session.key.revoked_at) return conflict(kRevoked);
                          const StreamKey key = changed_key(session.key, change);
                          outcome.changed = key != session.key;
                          if (!outcome.changed) return {};
                          const bool had_priority = session.key.policies.priority.has_value();
                          if (had_priority && !key.policies.priority) {
                              // A key that has joined while the lock was awaited is seen now.
                              const auto keys =
                                  connection.run(kKeysOfPath, {session.key.playback_path});
                              if (keys->size() > 1) return priority_needed();
                          }
                          if (key.playback_path != session.key.playback_path) {
                              if (had_priority) return conflict(kPriorityKeepsPath);
                              if (session.claim || session.stream) return conflict(kKeyInUse);
                              return with_path([&]() -> Result<void> {
                                  connection.run(kUpdateKey, update_values(key));
                                  return {};
                              });
                          }
                          connection.run(kUpdateKey, update_values(key));
                          if (key.disabled && !session.key.disabled) {
                              write_cutoffs_of_key(connection, session, EndReason::kDisabled, now);
                              connection.run(kEndClaimOfKey, {change.id.uuid()});
                          }
                          return {};
                      });
}

Result<KeyChangeOutcome> SqlKeys::rotate_stream_key(const StreamKeyRotation& rotation,
                                                    Timestamp now, const AuditDraft& audit) {
    return change_key(
        rotation.id, audit,
        [&](Connection& connection, const LockedSession& session,
            KeyChangeOutcome& outcome) -> Result<void> {
            session.require_readable();
            if (session.key.revoked_at) return conflict(kRevoked);
            outcome.changed = true;
            const bool at_once = !rotation.overlap_until.has_value();
            // The cut-off finds a source whose path is the old value by the digest.
            if (at_once) write_cutoffs_of_key(connection, session, EndReason::kKeyRotated, now);
            connection.run(kRotateKey,
                           {rotation.id.uuid(), rotation.digest, nullable(rotation.overlap_until),
                            rotation_time(session.key, now)});
            if (at_once) connection.run(kEndClaimOfKey, {rotation.id.uuid()});
            return {};
        });
}

}  // namespace rescuestream::sql
