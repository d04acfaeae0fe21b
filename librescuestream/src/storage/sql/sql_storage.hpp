#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "rescuestream/storage.hpp"
#include "rules/cutoff.hpp"
#include "storage/sql/database.hpp"
#include "storage/sql/recent_claims.hpp"

namespace rescuestream::sql {

/// Implements the steps of Storage as transactions and statements on a database. This is what
/// SQLite and PostgreSQL have in common.
///
/// A step that changes a key or its session locks the key's row first, and that of the broadcaster
/// before it, so that steps on one key are serialized and no deadlock is possible.
class SqlStorage final : public Storage {
public:
    explicit SqlStorage(std::unique_ptr<Database> database) : database_(std::move(database)) {}

    std::string_view backend() const noexcept override { return dialect().name; }
    std::string description() const override { return database_->description(); }
    Result<void> ping() override;
    std::optional<DiskSpace> disk_space() override { return database_->disk_space(); }
    StorageFigures figures() override { return database_->figures(); }

    Result<SchemaStatus> schema_status() override;
    Result<SchemaStatus> migrate(std::optional<int> target, Timestamp now) override;

    Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                    const AuditEntry& audit) override;
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override;
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override;
    Result<void> update_broadcaster(const Broadcaster& broadcaster,
                                    const AuditEntry& audit) override;
    Result<KeyChangeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                                const AuditEntry& audit) override;
    Result<KeyChangeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                      Timestamp now,
                                                      const AuditEntry& audit) override;

    Result<void> create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) override;
    Result<StreamKey> find_stream_key(StreamKeyId id) override;
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override;
    Result<KeyListChanges> key_list_after(const std::string& place) override;
    Result<KeyChangeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                               const AuditEntry& audit) override;
    Result<KeyChangeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                               const AuditEntry& audit) override;
    Result<KeyChangeOutcome> rotate_stream_key(const StreamKeyRotation& rotation, Timestamp now,
                                               const AuditEntry& audit) override;

    Result<ClaimOutcome> claim(const ClaimRequest& request) override;
    std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests,
        std::chrono::steady_clock::time_point latest) override;
    Result<bool> is_claimed_elsewhere(const ConnectionId& connection,
                                      StreamKeyId stream_key_id) override;
    Result<ClaimOutcome> check_key(const KeyDigest& digest, const std::optional<std::string>& path,
                                   Timestamp now) override;

    Result<KeyFacts> key_facts_after(const std::string& place, std::size_t limit) override;

    Result<Session> load_session_by_path(const std::string& playback_path) override;
    Result<Session> load_session_by_digest(const KeyDigest& digest) override;
    Result<Session> load_session(StreamKeyId id) override;
    Result<void> commit_session(const SessionChange& change) override;
    Result<std::vector<Session>> open_sessions(const std::string& node) override;
    Result<Page<Stream>> list_streams(const StreamFilter& filter, const PageRequest& page) override;
    Result<Stream> find_stream(StreamId id) override;
    Result<std::vector<StreamTransition>> list_transitions(StreamId id) override;

    Result<std::vector<Cutoff>> begin_stop(StreamId id, EndCause cause,
                                           std::optional<Timestamp> block_until, Timestamp now,
                                           const AuditEntry& audit) override;
    Result<std::vector<Cutoff>> pending_cutoffs(const std::string& node) override;
    Result<std::optional<Stream>> finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                std::optional<StreamTotals> totals) override;

    Result<void> create_node(const Node& node, const AuditEntry& audit) override;
    Result<std::vector<Node>> list_nodes() override;
    Result<void> update_node(const Node& node, const AuditEntry& audit) override;
    Result<void> delete_node(const std::string& name, const AuditEntry& audit) override;
    Result<NodeStanding> find_node_standing(const std::string& node,
                                            const std::string& api_url) override;
    Result<bool> note_node_standing(const std::string& node, const std::string& api_url,
                                    const NodeStanding& standing,
                                    const std::optional<AuditEntry>& audit) override;
    Result<void> set_unknown_sources(const std::string& node,
                                     const std::vector<UnknownSource>& sources) override;
    Result<NodeLease> hold_lease(const std::string& node, const std::string& holder,
                                 const std::optional<NodeLease>& expired) override;
    Result<void> release_lease(const std::string& node, const std::string& holder) override;
    void watch_changes(std::function<void()> listener) override;

    Result<AuditPage> list_audit(const AuditFilter& filter) override;
    Result<void> append_audit(const AuditEntry& entry) override;

    Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                     Timestamp expires_at) override;

private:
    const Dialect& dialect() const noexcept { return database_->dialect(); }

    // The kinds of access, which convert Failure to Error. `work(connection)` returns a Result; an
    // error rolls the transaction back.
    template <class T, class Work>
    Result<T> read(Work work) {
        return translate<T>([&](Result<T>& result) {
            database_->read([&](Connection& connection) { result = work(connection); });
        });
    }
    template <class T, class Work>
    Result<T> write(Work work) {
        return translate<T>([&](Result<T>& result) {
            database_->write([&](Connection& connection) {
                result = work(connection);
                return result.has_value();
            });
        });
    }
    // `ask` returns a Result from the rows of Database::share.
    template <class T, class Ask>
    static Result<T> share(Ask ask) {
        return translate<T>([&](Result<T>& result) { result = ask(); });
    }
    // Notifies other programs if a step has changed keys, and returns its result.
    template <class T>
    Result<T> told(Result<T> result) {
        if (result) database_->tell_keys_changed();
        return result;
    }
    template <class T, class Access>
    static Result<T> translate(Access access) {
        Result<T> result = Error{};
        try {
            access(result);
        } catch (const Failure& failure) {
            return failure.error();
        } catch (const std::exception& error) {
            return Failure{Failure::Kind::kDefect, error.what()}.error();
        }
        return result;
    }

    // Claims that are being decided; see publishing.cpp.
    struct Claims;
    using AnswersByPlace = std::vector<std::pair<std::size_t, std::unique_ptr<Rows>>>;
    using Places = std::vector<std::size_t>;
    // Decides the requests whose connection is known to belong to another key.
    void refuse_foreign(Claims& claims);
    bool still_holds(const RecentClaims::Holder& holder, const ClaimRequest& request);
    void judge(Claims& claims);
    void take(Claims& claims);
    template <class Ask>
    AnswersByPlace ask(Claims& claims, const Places& places, const Ask& question);

    // Locks a key, calls `work(connection, locked_session, outcome)`, and adds the pending cut-offs
    // to the outcome.
    template <class Work>
    Result<KeyChangeOutcome> change_key(StreamKeyId id, Work work);
    Result<Session> load(const std::string& statement, Value value, const char* missing);

    std::unique_ptr<Database> database_;
    RecentClaims recent_;
    std::atomic<std::uint32_t> signatures_noted_{0};
};

Error not_found(const char* message);
Error conflict(const char* message);
Error defect(const char* detail);

// Parts of steps. They need a transaction that has locked the key.

/// The session of a locked key, and the digests of its values.
struct LockedSession : Session {
    rules::KeyValues values;
    bool deleted = false;  ///< With its broadcaster.
};
/// Returns an empty optional if there is no such key.
std::optional<LockedSession> lock_session(Connection& connection, const Dialect& dialect,
                                          StreamKeyId id);
/// Returns the sessions of all keys of a broadcaster, which must be locked.
std::vector<LockedSession> lock_sessions(Connection& connection, const Dialect& dialect,
                                         BroadcasterId id);

void write_audit(Connection& connection, const AuditEntry& entry);
/// Writes the cut-offs of rules::cutoffs_of, decided by an administrator.
void write_cutoffs_of_key(Connection& connection, const LockedSession& session, EndReason reason,
                          Timestamp now);
/// It is a defect if the stream belongs to another key.
Result<void> write_stream(Connection& connection, const Stream& stream);

}  // namespace rescuestream::sql
