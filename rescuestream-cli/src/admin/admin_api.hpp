#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {

/// A key at its creation, with all addresses that its owner needs.
struct CreatedKey {
    CreatedStreamKey created;
    EncoderAddresses encoder;
    ViewerAddresses viewer;
};

/// The same after a rotation.
struct RotatedKey {
    RotatedStreamKey rotated;
    EncoderAddresses encoder;
    ViewerAddresses viewer;
};

struct StreamWithAddresses {
    Stream stream;
    ViewerAddresses addresses;
    std::optional<StreamFigures> figures;  ///< Of one that was asked for alone, and is measured.
};

struct StoppedStreamWithAddresses {
    StreamWithAddresses stopped;
    CutoffReport cutoff;
};

/// Which streams are wanted. Empty members: any.
struct StreamQuery {
    std::optional<StreamState> state;
    std::optional<StreamKeyId> stream_key_id;
    std::optional<BroadcasterId> broadcaster_id;
    std::optional<std::string> node;
    std::optional<Timestamp> from;  ///< Started then or later.
    std::optional<Timestamp> to;    ///< Started before.
};

struct SchemaReport {
    std::string storage;  ///< Where it is, without a credential.
    SchemaStatus status;
};

/// What commands ask for: records in, records out, whether the work is done on the library or by a
/// server over HTTP. Errors are those of StreamOrchestrator; over HTTP also kUnauthorized.
///
/// Thread-safety: used from one thread.
class AdminApi {
public:
    virtual ~AdminApi() = default;

    virtual Result<Broadcaster> create_broadcaster(const NewBroadcaster& input) = 0;
    virtual Result<Broadcaster> find_broadcaster(BroadcasterId id) = 0;
    virtual Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) = 0;
    virtual Result<Broadcaster> update_broadcaster(BroadcasterId id,
                                                   const BroadcasterPatch& patch) = 0;
    virtual Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force) = 0;
    virtual Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id) = 0;
    virtual Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id) = 0;

    virtual Result<CreatedKey> create_stream_key(const NewStreamKey& input) = 0;
    virtual Result<StreamKey> find_stream_key(StreamKeyId id) = 0;
    virtual Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                                     const PageRequest& page) = 0;
    virtual Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) = 0;
    virtual Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id) = 0;
    virtual Result<ChangedStreamKey> disable_stream_key(StreamKeyId id) = 0;
    virtual Result<ChangedStreamKey> enable_stream_key(StreamKeyId id) = 0;
    virtual Result<RotatedKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) = 0;

    virtual Result<Page<StreamWithAddresses>> list_streams(const StreamQuery& query,
                                                           const PageRequest& page) = 0;
    virtual Result<StreamWithAddresses> find_stream(StreamId id) = 0;
    virtual Result<std::vector<StreamTransition>> stream_timeline(StreamId id) = 0;
    virtual Result<StoppedStreamWithAddresses> stop_stream(StreamId id,
                                                           std::chrono::seconds block) = 0;

    /// What is known of how they do comes from the server, or from one look at each of them.
    virtual Result<std::vector<NodeStatus>> list_nodes() = 0;
    virtual Result<NodeStatus> find_node(const std::string& name) = 0;
    virtual Result<NodeStatus> create_node(const NewNode& input) = 0;
    virtual Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch) = 0;
    virtual Result<NodeStatus> enforce_node(const std::string& name) = 0;
    virtual Result<void> delete_node(const std::string& name) = 0;

    virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;

    /// kUnsupported over HTTP: a schema is worked on directly.
    virtual Result<SchemaReport> schema_status() = 0;
    virtual Result<SchemaReport> migrate(std::optional<int> target) = 0;

    /// The moment by which the states of keys are judged.
    virtual Timestamp now() const = 0;
};

}  // namespace rescuestream::cli
