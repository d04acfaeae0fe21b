#pragma once

#include <atomic>
#include <memory>

#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Passes every step on to another storage, and counts those that may have changed what somebody
/// reads. It stands before all parts of an orchestrator, so that no change can be made without
/// being counted. Leases and a claim that was not granted change nothing that is read.
///
/// Thread-safety: that of the other storage.
class CountedStorage final : public Storage {
public:
    explicit CountedStorage(std::unique_ptr<Storage> real) : real_(std::move(real)) {}

    /// Rises after each of those steps, and before its caller has the answer.
    std::uint64_t changes() const noexcept { return changes_; }
    /// Something else was changed.
    void note_change() noexcept { ++changes_; }

    std::string_view backend() const noexcept override { return real_->backend(); }
    std::string description() const override { return real_->description(); }
    Result<void> ping() override { return real_->ping(); }
    std::optional<DiskSpace> disk_space() override { return real_->disk_space(); }
    Result<SchemaStatus> schema_status() override { return real_->schema_status(); }
    Result<SchemaStatus> migrate(std::optional<int> target, Timestamp now) override {
        return counted(real_->migrate(target, now));
    }

    Result<void> create_broadcaster(const Broadcaster& broadcaster,
                                    const AuditEntry& audit) override {
        return counted(real_->create_broadcaster(broadcaster, audit));
    }
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override {
        return real_->find_broadcaster(id);
    }
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override {
        return real_->list_broadcasters(page);
    }
    Result<void> update_broadcaster(const Broadcaster& broadcaster,
                                    const AuditEntry& audit) override {
        return counted(real_->update_broadcaster(broadcaster, audit));
    }
    Result<RevokeOutcome> delete_broadcaster(BroadcasterId id, bool force, Timestamp now,
                                             const AuditEntry& audit) override {
        return counted(real_->delete_broadcaster(id, force, now, audit));
    }
    Result<RevokeOutcome> set_broadcaster_disabled(BroadcasterId id, bool disabled, Timestamp now,
                                                   const AuditEntry& audit) override {
        return counted(real_->set_broadcaster_disabled(id, disabled, now, audit));
    }

    Result<void> create_stream_key(const StreamKeyRow& row, const AuditEntry& audit) override {
        return counted(real_->create_stream_key(row, audit));
    }
    Result<StreamKey> find_stream_key(StreamKeyId id) override {
        return real_->find_stream_key(id);
    }
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override {
        return real_->list_stream_keys(filter, page);
    }
    Result<RevokeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                            const AuditEntry& audit) override {
        return counted(real_->revoke_stream_key(id, now, audit));
    }
    Result<RevokeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                            const AuditEntry& audit) override {
        return counted(real_->update_stream_key(change, now, audit));
    }
    Result<RevokeOutcome> rotate_stream_key(const StreamKeyRotation& rotation, Timestamp now,
                                            const AuditEntry& audit) override {
        return counted(real_->rotate_stream_key(rotation, now, audit));
    }

    Result<ClaimOutcome> claim(const ClaimRequest& request) override {
        auto outcome = real_->claim(request);
        if (may_be_granted(outcome)) note_change();
        return outcome;
    }
    std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests,
        std::chrono::steady_clock::time_point latest) override {
        auto outcomes = real_->claim_all(requests, latest);
        for (const auto& outcome : outcomes) {
            if (!may_be_granted(outcome)) continue;
            note_change();
            break;
        }
        return outcomes;
    }
    Result<ClaimOutcome> check_key(const KeyDigest& digest, const std::optional<std::string>& path,
                                   Timestamp now) override {
        return real_->check_key(digest, path, now);
    }
    Result<bool> is_claimed_elsewhere(const ConnectionId& connection,
                                      StreamKeyId stream_key_id) override {
        return real_->is_claimed_elsewhere(connection, stream_key_id);
    }
    Result<KeyFacts> key_facts_after(const std::string& place, std::size_t limit) override {
        return real_->key_facts_after(place, limit);
    }

    Result<Session> load_session_by_path(const std::string& playback_path) override {
        return real_->load_session_by_path(playback_path);
    }
    Result<Session> load_session_by_digest(const KeyDigest& digest) override {
        return real_->load_session_by_digest(digest);
    }
    Result<Session> load_session(StreamKeyId id) override { return real_->load_session(id); }
    Result<void> commit_session(const SessionChange& change) override {
        return counted(real_->commit_session(change));
    }
    Result<std::vector<Session>> open_sessions(const std::string& node) override {
        return real_->open_sessions(node);
    }

    Result<Page<Stream>> list_streams(const StreamFilter& filter,
                                      const PageRequest& page) override {
        return real_->list_streams(filter, page);
    }
    Result<Stream> find_stream(StreamId id) override { return real_->find_stream(id); }
    Result<std::vector<StreamTransition>> list_transitions(StreamId id) override {
        return real_->list_transitions(id);
    }

    Result<std::vector<Cutoff>> begin_stop(StreamId id, EndReason reason,
                                           std::optional<Timestamp> block_until, Timestamp now,
                                           const AuditEntry& audit) override {
        return counted(real_->begin_stop(id, reason, block_until, now, audit));
    }
    Result<std::vector<Cutoff>> pending_cutoffs(const std::string& node) override {
        return real_->pending_cutoffs(node);
    }
    Result<std::optional<Stream>> finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                std::optional<StreamTotals> totals) override {
        return counted(real_->finish_cutoff(cutoff, now, totals));
    }

    Result<void> create_node(const Node& node, const AuditEntry& audit) override {
        return counted(real_->create_node(node, audit));
    }
    Result<std::vector<Node>> list_nodes() override { return real_->list_nodes(); }
    Result<void> update_node(const Node& node, const AuditEntry& audit) override {
        return counted(real_->update_node(node, audit));
    }
    Result<void> delete_node(const std::string& name, const AuditEntry& audit) override {
        return counted(real_->delete_node(name, audit));
    }
    Result<NodeStanding> find_node_standing(const std::string& node,
                                            const std::string& api_url) override {
        return real_->find_node_standing(node, api_url);
    }
    Result<bool> note_node_standing(const std::string& node, const std::string& api_url,
                                    const NodeStanding& standing,
                                    const std::optional<AuditEntry>& audit) override {
        return counted(real_->note_node_standing(node, api_url, standing, audit));
    }
    Result<void> set_unknown_sources(const std::string& node,
                                     const std::vector<UnknownSource>& sources) override {
        return counted(real_->set_unknown_sources(node, sources));
    }
    Result<NodeLease> hold_lease(const std::string& node, const std::string& holder,
                                 const std::optional<NodeLease>& expired) override {
        return real_->hold_lease(node, holder, expired);
    }
    Result<void> release_lease(const std::string& node, const std::string& holder) override {
        return real_->release_lease(node, holder);
    }
    /// What `listener` is told of counts as a change.
    void watch_changes(std::function<void()> listener) override;

    Result<AuditPage> list_audit(const AuditFilter& filter) override {
        return real_->list_audit(filter);
    }
    Result<void> append_audit(const AuditEntry& entry) override {
        return counted(real_->append_audit(entry));
    }
    Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                     Timestamp expires_at) override {
        return real_->note_signature(digest, now, expires_at);
    }

private:
    // A step whose answer was lost may have been carried out.
    static bool was_refused(ErrorCode code) noexcept {
        return code == ErrorCode::kNotFound || code == ErrorCode::kConflict ||
               code == ErrorCode::kInvalidArgument;
    }
    static bool may_be_granted(const Result<ClaimOutcome>& outcome) noexcept {
        return outcome ? outcome->decision == ClaimDecision::kGranted
                       : !was_refused(outcome.error().code);
    }
    template <class T>
    Result<T> counted(Result<T> result) noexcept {
        if (result || !was_refused(result.error().code)) note_change();
        return result;
    }

    const std::unique_ptr<Storage> real_;
    std::atomic<std::uint64_t> changes_{0};
};

}  // namespace rescuestream
