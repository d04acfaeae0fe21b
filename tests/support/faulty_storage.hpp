#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/storage.hpp"

namespace rescuestream::testing {

/// Says which calls of a FaultyStorage fail. Shared with the test, since the storage itself is
/// given away.
///
/// Thread-safety: all methods may be called from any thread.
class StorageFaults {
public:
    /// The next `count` calls, of whatever method, answer `error` and do nothing.
    void fail_next(int count, Error error = unavailable());
    /// Every call of `method` ("claim", "commit_session", …) answers `error` and does nothing,
    /// until `clear`.
    void fail_method(std::string method, Error error = unavailable());
    /// The next call of `method` is carried out, and then answers `error`: a lost answer.
    void lose_next_answer(std::string method, Error error = timeout());
    /// Calls of `method` wait, until `release`.
    void hold_method(std::string method);
    void release();
    void clear();

    /// What a storage does when another program has changed something.
    void tell_changes();

    /// How often `method` was called, failed calls too.
    int calls(std::string_view method) const;
    /// How many claims each call of `claim_all` had, in order.
    std::vector<std::size_t> claims_together() const;

    static Error unavailable();
    static Error timeout();
    static Error full();

    /// Every call that writes answers `full()`, `ping` too, until `make_room`.
    void fill_disk();
    void make_room();
    /// What the storage says of its disk; the real one's when it is not set.
    void set_disk_space(DiskSpace space);

private:
    friend class FaultyStorage;
    std::optional<Error> before(std::string_view method);
    std::optional<Error> after(std::string_view method);

    using ErrorsByMethod = std::map<std::string, Error, std::less<>>;

    mutable std::mutex mutex_;
    std::condition_variable released_;
    std::string held_method_;
    int failing_calls_ = 0;
    Error failing_calls_error_;
    ErrorsByMethod failing_methods_;
    ErrorsByMethod lost_answers_;
    std::optional<DiskSpace> disk_space_;
    std::map<std::string, int, std::less<>> calls_;
    std::vector<std::size_t> claims_together_;
    std::map<const void*, std::function<void()>> listeners_;  // by storage
};

/// A real storage whose calls fail when the test says so.
class FaultyStorage final : public Storage {
public:
    FaultyStorage(std::shared_ptr<Storage> real, std::shared_ptr<StorageFaults> faults)
        : real_(std::move(real)), faults_(std::move(faults)) {}

    std::string_view backend() const noexcept override { return real_->backend(); }
    std::string description() const override { return real_->description(); }
    Result<void> ping() override;
    std::optional<DiskSpace> disk_space() override;
    Result<SchemaStatus> schema_status() override;
    Result<SchemaStatus> migrate(std::optional<int> target, Timestamp now) override;
    Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                    const AuditEntry& audit) override;
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override;
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override;
    Result<void> update_broadcaster(const Broadcaster& broadcaster,
                                    const AuditEntry& audit) override;
    Result<RevokeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                             const AuditEntry& audit) override;
    Result<RevokeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled, Timestamp now,
                                                   const AuditEntry& audit) override;
    Result<void> create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) override;
    Result<StreamKey> find_stream_key(StreamKeyId id) override;
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override;
    Result<RevokeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                            const AuditEntry& audit) override;
    Result<RevokeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                            const AuditEntry& audit) override;
    Result<RevokeOutcome> rotate_stream_key(const StreamKeyRotation& rotation, Timestamp now,
                                            const AuditEntry& audit) override;
    Result<ClaimOutcome> claim(const ClaimRequest& request) override;
    /// Each is a call of `claim`.
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
    Result<std::vector<Cutoff>> begin_stop(StreamId id, EndReason reason,
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
    template <class Call>
    auto guarded(std::string_view method, Call call) -> decltype(call());

    std::shared_ptr<Storage> real_;  // several may have one
    std::shared_ptr<StorageFaults> faults_;
};

}  // namespace rescuestream::testing
