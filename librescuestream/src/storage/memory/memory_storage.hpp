#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "rescuestream/storage.hpp"
#include "storage/memory/newest_first.hpp"

namespace rescuestream {

/// Returns an empty storage in memory, for tests, examples and first trials.
std::unique_ptr<Storage> make_memory_storage();

/// Keeps all records in maps behind one mutex. A step holds it from its first check to its last
/// write.
class MemoryStorage final : public Storage {
public:
    std::string_view backend() const noexcept override { return "memory"; }
    std::string description() const override { return "memory:"; }
    Result<void> ping() override { return {}; }

    Result<SchemaStatus> schema_status() override { return SchemaStatus{}; }
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
    Result<KeyChangeOutcome> revoke_stream_key(StreamKeyId id, Timestamp now,
                                               const AuditEntry& audit) override;
    Result<KeyChangeOutcome> update_stream_key(const StreamKeyChange& change, Timestamp now,
                                               const AuditEntry& audit) override;
    Result<KeyChangeOutcome> rotate_stream_key(const StreamKeyRotation& rotation, Timestamp now,
                                               const AuditEntry& audit) override;

    Result<ClaimOutcome> claim(const ClaimRequest& request) override;
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
    /// No other program can use it.
    void watch_changes(std::function<void()> /*listener*/) override {}

    Result<AuditPage> list_audit(const AuditFilter& filter) override;
    Result<void> append_audit(const AuditEntry& entry) override;

    Result<Timestamp> note_signature(const KeyDigest& digest, Timestamp now,
                                     Timestamp expires_at) override;

private:
    struct DigestHash {
        std::size_t operator()(const KeyDigest& digest) const noexcept {
            // Any eight bytes of a SHA-256 can serve as its hash.
            std::size_t value = 0;
            std::memcpy(&value, digest.data(), sizeof value);
            return value;
        }
    };

    struct KeyEntry {
        StreamKey key;
        KeyDigest digest{};
        std::optional<KeyDigest> previous_digest;  // from before a rotation
        bool deleted = false;                      // together with its broadcaster
        std::optional<Claim> claim;
        std::optional<StreamId> stream;  // the stream that has not ended
        std::int64_t version = 0;
        std::int64_t fact_version = 0;
        memory::NewestFirst streams;  // all streams of the key
    };

    struct BroadcasterEntry {
        Broadcaster broadcaster;
        memory::NewestFirst keys;
    };

    // All of these need `mutex_`. Pointers are null if the record does not exist (any more).
    BroadcasterEntry* visible_broadcaster(BroadcasterId id);
    KeyEntry* visible_key(StreamKeyId id);
    KeyEntry* visible_key(const KeyDigest& digest);
    Session session_of(const KeyEntry& entry) const;
    bool audit_exists(const AuditEntry& entry) const;
    void write_audit(const AuditEntry& entry);
    void write_stream(KeyEntry& entry, const Stream& stream);
    static KeyFact fact_of(const KeyEntry& entry);
    // Notes that the connection belongs to `entry` from now on.
    void remember_connection(const ConnectionId& connection, const KeyEntry& entry);
    bool has_claim(const KeyEntry& entry, const ConnectionId& connection) const;
    bool has_source(const KeyEntry& entry, const ConnectionId& connection) const;
    bool is_foreign(const KeyEntry& entry, const ClaimRequest& request) const;
    // Notes that the fact of the key has changed.
    void number_fact(KeyEntry& entry);
    // Revokes the key, ends its claim, and writes the cut-offs.
    void revoke(KeyEntry& entry, Timestamp now);
    // Ends the claim and writes the cut-offs.
    void cut_off(KeyEntry& entry, EndReason reason, Timestamp now);
    // Writes the cut-off that follows when the claim becomes `next`.
    void cut_off_replaced(const KeyEntry& entry, const std::optional<Claim>& next);
    KeyChangeOutcome outcome_of(const KeyEntry& entry, bool changed) const;
    // Returns the stored one.
    const Cutoff& write_cutoff(Cutoff cutoff);
    void append_cutoffs(StreamKeyId key, std::vector<Cutoff>& out) const;

    std::mutex mutex_;

    std::unordered_map<BroadcasterId, BroadcasterEntry> broadcasters_;
    memory::NewestFirst broadcaster_order_;

    std::unordered_map<StreamKeyId, KeyEntry> keys_;  // including keys of deleted broadcasters
    memory::NewestFirst key_order_;
    std::unordered_map<KeyDigest, StreamKeyId, DigestHash> key_by_digest_;
    std::unordered_map<std::string, StreamKeyId> key_by_path_;  // only keys that are not revoked

    // The key with which a connection was last seen; it may have lost it since.
    std::unordered_map<ConnectionId, StreamKeyId> key_of_connection_;

    std::map<std::int64_t, StreamKeyId> fact_order_;
    std::int64_t newest_fact_ = 0;

    std::unordered_map<StreamId, Stream> streams_;
    std::unordered_map<StreamId, std::vector<StreamTransition>> transitions_;
    memory::NewestFirst stream_order_;
    memory::NewestFirst open_stream_order_;  // streams that have not ended

    using CutoffName = std::pair<StreamKeyId, ConnectionId>;
    std::map<CutoffName, Cutoff> cutoffs_;  // pending cut-offs

    std::map<std::string, Node> nodes_;
    std::map<std::string, NodeLease> leases_;
    std::map<std::pair<std::string, std::string>, NodeStanding> standings_;  // by name, address
    std::map<std::string, std::vector<UnknownSource>> unknown_sources_;      // by node

    std::unordered_map<AuditEntryId, AuditEntry> audit_;
    memory::NewestFirst audit_order_;

    std::unordered_map<KeyDigest, Timestamp, DigestHash> signatures_;  // when first seen
    std::multimap<Timestamp, KeyDigest> signature_expiry_;
};

}  // namespace rescuestream
