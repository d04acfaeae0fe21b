#pragma once

#include "admin/admin_api.hpp"
#include "connection.hpp"
#include "http_client.hpp"

namespace rescuestream::cli {

/// Sends every operation to a rescuestream-server by its HTTP API.
class HttpAdmin final : public AdminApi {
public:
    explicit HttpAdmin(ServerConnection server, const Clock& clock = system_clock());

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
    // Sends one signed request. A status other than 2xx becomes an error.
    Result<HttpReply> call(const std::string& method, const std::string& path,
                           const std::string& query = {}, const std::string& body = {});

    ServerConnection server_;
    const Clock& clock_;
    HttpClient client_;
};

/// Returns the headers that authenticate a request. `path` is decoded and without a query. Source:
/// HMAC v1 of the HTTP contract: hex(HMAC-SHA256(secret, METHOD "
/// " PATH "
/// " TIMESTAMP "
/// " BODY)).
std::multimap<std::string, std::string> sign_request(const ServerConnection& server,
                                                     const std::string& method,
                                                     const std::string& path,
                                                     const std::string& body, Timestamp now);

}  // namespace rescuestream::cli
