#pragma once

#include <functional>
#include <memory>
#include <string>

#include "admin/admin_api.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/media_server.hpp"

namespace rescuestream {
class StreamOrchestrator;
}

namespace rescuestream::cli {

/// Calls the library directly, with its own connections to the database and to the media server.
/// The process itself carries out cut-offs and reports their result.
class DirectAdmin final : public AdminApi {
public:
    /// Returns a media server's identity and version, without supervising it.
    using Probe = std::function<Result<MediaServerInfo>(const NodeStatus&)>;

    /// `storage` names the database, without a credential. Without `probe` the state of nodes is
    /// unknown.
    DirectAdmin(std::shared_ptr<StreamOrchestrator> orchestrator, std::string storage,
                Caller caller, Probe probe = {});

    Result<Broadcaster> create_broadcaster(const NewBroadcaster& input) override;
    Result<Broadcaster> find_broadcaster(BroadcasterId id) override;
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override;
    Result<Broadcaster> update_broadcaster(BroadcasterId id,
                                           const BroadcasterPatch& patch) override;
    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force) override;
    Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id) override;
    Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id) override;
    Result<CreatedKey> create_stream_key(const NewStreamKey& input) override;
    Result<StreamKey> find_stream_key(StreamKeyId id) override;
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override;
    Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) override;
    Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id) override;
    Result<ChangedStreamKey> disable_stream_key(StreamKeyId id) override;
    Result<ChangedStreamKey> enable_stream_key(StreamKeyId id) override;
    Result<RotatedKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) override;
    Result<Page<StreamWithAddresses>> list_streams(const StreamQuery& query,
                                                   const PageRequest& page) override;
    Result<StreamWithAddresses> find_stream(StreamId id) override;
    Result<std::vector<StreamTransition>> stream_timeline(StreamId id) override;
    Result<StoppedStreamWithAddresses> stop_stream(StreamId id,
                                                   std::chrono::seconds block) override;
    Result<std::vector<NodeStatus>> list_nodes() override;
    Result<NodeStatus> find_node(const std::string& name) override;
    Result<NodeStatus> create_node(const NewNode& input) override;
    Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch) override;
    Result<NodeStatus> enforce_node(const std::string& name) override;
    Result<void> delete_node(const std::string& name) override;
    Result<AuditPage> list_audit(const AuditFilter& filter) override;
    Result<SchemaReport> schema_status() override;
    Result<SchemaReport> migrate(std::optional<int> target) override;
    Result<HealthReport> health() override;
    Timestamp now() const override;

private:
    StreamWithAddresses with_addresses(Stream stream) const;
    NodeStatus probed(NodeStatus status) const;

    std::shared_ptr<StreamOrchestrator> orchestrator_;
    std::string storage_;
    Caller caller_;
    Probe probe_;
};

}  // namespace rescuestream::cli
