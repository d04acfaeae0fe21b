#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/sessions.hpp"
#include "rescuestream/time.hpp"
#include "rules/cutoff.hpp"
#include "storage/sql/database.hpp"

// Parts of steps that several roles share. They run in the transaction of the step.
//
// A step that changes a key or its session locks the key's row first, and that of the broadcaster
// before it, so that steps on one key are serialized and no deadlock is possible.
namespace rescuestream::sql {

/// The session of a locked key, and the digests of its values.
struct LockedSession : Session {
    rules::KeyValues values;
    bool deleted = false;  ///< With its broadcaster.
    /// The row of the key, or of its stream, has a value that cannot be read.
    std::optional<Failure> failure = std::nullopt;

    /// Throws if not all of the key's row can be read.
    void require_readable() const;
};
/// Also of a deleted one; empty: there is none.
std::string name_of_broadcaster(Connection& connection, BroadcasterId id);
/// Those whose own ids can be read. Nobody is told about the others: polls and lists do that.
std::vector<Cutoff> read_cutoffs(const Rows& rows);
/// Returns an empty optional if there is no such key.
std::optional<LockedSession> lock_session(Connection& connection, const Dialect& dialect,
                                          StreamKeyId id);
/// The same, but also locks the other keys of its path, before or after it by the order of digests.
std::optional<LockedSession> lock_session_and_path(Connection& connection, const Dialect& dialect,
                                                   StreamKeyId id);
/// The sessions of all keys of the path of `id`, which are locked, in the order of
/// rules::sort_by_priority. Empty optional: a key has joined meanwhile; try again in another
/// transaction.
std::optional<std::vector<LockedSession>> lock_path(Connection& connection, const Dialect& dialect,
                                                    StreamKeyId id);
/// The same without locks: Storage::sessions_at_path.
std::vector<Session> read_path(Connection& connection, const std::string& path);
/// Returns the sessions of all keys of a broadcaster, which must be locked.
std::vector<LockedSession> lock_sessions(Connection& connection, const Dialect& dialect,
                                         BroadcasterId id);

/// Writes the cut-offs of rules::cutoffs_of. The key must be locked.
void write_cutoffs_of_key(Connection& connection, const LockedSession& session, EndCause cause,
                          Timestamp now);
/// The same, decided by an administrator.
void write_cutoffs_of_key(Connection& connection, const LockedSession& session, EndReason reason,
                          Timestamp now);
/// The key must be locked. It is a defect if the stream belongs to another key.
Result<void> write_stream(Connection& connection, const Stream& stream);

/// Returns whether a change can be made by `statement`, which checks no conditions.
bool is_shared(const SharedStatement& statement, const AuditDraft& change);

/// What one transaction at a time may do. The numbers are used for no other advisory locks.
enum class Turn : std::int64_t {
    kOpenIncident = 8243121563980100469,
    kOpenGuestLink = 8243121563980100470,
    kAddNode = 8243121563980100471,
};
/// Waits until no other transaction has the turn, and keeps it until the commit. Only `write_audit`
/// may lock something later.
void take_turn(Connection& connection, const Dialect& dialect, Turn turn);

/// Also marks the entry's reservation. Throws Failure (kSuperseded) if that cannot be marked.
void write_audit(Connection& connection, const ChangeEntry& entry);

}  // namespace rescuestream::sql
