#include "admin/direct_admin.hpp"

#include <utility>

#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {

DirectAdmin::DirectAdmin(std::shared_ptr<StreamOrchestrator> orchestrator, std::string storage,
                         Caller caller, Probe probe)
    : orchestrator_(std::move(orchestrator)),
      storage_(std::move(storage)),
      caller_(std::move(caller)),
      probe_(std::move(probe)) {}

Result<Broadcaster> DirectAdmin::create_broadcaster(const NewBroadcaster& input) {
    return orchestrator_->create_broadcaster(input, caller_);
}

Result<Broadcaster> DirectAdmin::find_broadcaster(BroadcasterId id) {
    return orchestrator_->find_broadcaster(id);
}

Result<Page<Broadcaster>> DirectAdmin::list_broadcasters(const PageRequest& page) {
    return orchestrator_->list_broadcasters(page);
}

Result<Broadcaster> DirectAdmin::update_broadcaster(BroadcasterId id,
                                                    const BroadcasterPatch& patch) {
    return orchestrator_->update_broadcaster(id, patch, caller_);
}

Result<CutoffReport> DirectAdmin::delete_broadcaster(BroadcasterId id, bool force) {
    return orchestrator_->delete_broadcaster(id, force, caller_);
}

Result<ChangedBroadcaster> DirectAdmin::disable_broadcaster(BroadcasterId id) {
    return orchestrator_->disable_broadcaster(id, caller_);
}

Result<ChangedBroadcaster> DirectAdmin::enable_broadcaster(BroadcasterId id) {
    return orchestrator_->enable_broadcaster(id, caller_);
}

Result<CreatedKey> DirectAdmin::create_stream_key(const NewStreamKey& input) {
    auto created = orchestrator_->create_stream_key(input, caller_);
    if (!created) return std::move(created).error();
    CreatedKey result;
    result.encoder = orchestrator_->encoder_addresses(created->key, created->value);
    result.viewer = orchestrator_->viewer_addresses(created->key);
    result.created = *std::move(created);
    return result;
}

Result<StreamKey> DirectAdmin::find_stream_key(StreamKeyId id) {
    return orchestrator_->find_stream_key(id);
}

Result<Page<StreamKey>> DirectAdmin::list_stream_keys(const StreamKeyFilter& filter,
                                                      const PageRequest& page) {
    return orchestrator_->list_stream_keys(filter, page);
}

Result<StreamKey> DirectAdmin::update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) {
    return orchestrator_->update_stream_key(id, patch, caller_);
}

Result<RevokedStreamKey> DirectAdmin::revoke_stream_key(StreamKeyId id) {
    return orchestrator_->revoke_stream_key(id, caller_);
}

Result<ChangedStreamKey> DirectAdmin::disable_stream_key(StreamKeyId id) {
    return orchestrator_->disable_stream_key(id, caller_);
}

Result<ChangedStreamKey> DirectAdmin::enable_stream_key(StreamKeyId id) {
    return orchestrator_->enable_stream_key(id, caller_);
}

Result<RotatedKey> DirectAdmin::rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) {
    auto rotated = orchestrator_->rotate_stream_key(id, overlap, caller_);
    if (!rotated) return std::move(rotated).error();
    RotatedKey result;
    result.encoder = orchestrator_->encoder_addresses(rotated->key, rotated->value);
    result.viewer = orchestrator_->viewer_addresses(rotated->key);
    result.rotated = *std::move(rotated);
    return result;
}

Result<Page<StreamWithAddresses>> DirectAdmin::list_streams(const StreamQuery& query,
                                                            const PageRequest& page) {
    StreamFilter filter;
    if (query.state) filter.states.push_back(*query.state);
    filter.stream_key_id = query.stream_key_id;
    filter.broadcaster_id = query.broadcaster_id;
    filter.node = query.node;
    filter.from = query.from;
    filter.to = query.to;
    auto streams = orchestrator_->list_streams(filter, page);
    if (!streams) return std::move(streams).error();
    Page<StreamWithAddresses> result;
    result.next = streams->next;
    for (auto& stream : streams->items) result.items.push_back(with_addresses(std::move(stream)));
    return result;
}

Result<StreamWithAddresses> DirectAdmin::find_stream(StreamId id) {
    auto stream = orchestrator_->find_stream(id);
    if (!stream) return std::move(stream).error();
    auto found = with_addresses(*std::move(stream));
    if (found.stream.state != StreamState::kEnded) {
        found.figures = orchestrator_->stream_figures(id);
    }
    return found;
}

Result<std::vector<StreamTransition>> DirectAdmin::stream_timeline(StreamId id) {
    return orchestrator_->stream_timeline(id);
}

Result<StoppedStreamWithAddresses> DirectAdmin::stop_stream(StreamId id,
                                                            std::chrono::seconds block) {
    auto stopped = orchestrator_->stop_stream(id, block, caller_);
    if (!stopped) return std::move(stopped).error();
    return StoppedStreamWithAddresses{with_addresses(std::move(stopped->stream)), stopped->cutoff};
}

Result<AuditPage> DirectAdmin::list_audit(const AuditFilter& filter) {
    return orchestrator_->list_audit(filter);
}

Result<SchemaReport> DirectAdmin::schema_status() {
    auto status = orchestrator_->schema_status();
    if (!status) return std::move(status).error();
    return SchemaReport{storage_, *std::move(status)};
}

Result<SchemaReport> DirectAdmin::migrate(std::optional<int> target) {
    auto status = orchestrator_->migrate(target);
    if (!status) return std::move(status).error();
    return SchemaReport{storage_, *std::move(status)};
}

Timestamp DirectAdmin::now() const {
    return orchestrator_->now();
}

StreamWithAddresses DirectAdmin::with_addresses(Stream stream) const {
    auto addresses = orchestrator_->viewer_addresses(stream);
    return {std::move(stream), std::move(addresses), std::nullopt};
}

NodeStatus DirectAdmin::probed(NodeStatus status) const {
    if (!probe_) return status;
    const auto info = probe_(status);
    if (info) {
        status.state = NodeState::kUp;
        status.version = info->version;
        status.seen_at = now();
        judge_standing(status);
        return status;
    }
    const ErrorCode code = info.error().code;
    const bool answers = code == ErrorCode::kUnauthorized || code == ErrorCode::kInternal;
    status.state = answers ? NodeState::kDegraded : NodeState::kUnreachable;
    status.reason = info.error().message;
    return status;
}

Result<std::vector<NodeStatus>> DirectAdmin::list_nodes() {
    auto nodes = orchestrator_->list_nodes();
    if (!nodes) return nodes;
    for (auto& status : *nodes) status = probed(std::move(status));
    return nodes;
}

Result<NodeStatus> DirectAdmin::find_node(const std::string& name) {
    auto status = orchestrator_->find_node(name);
    if (!status) return status;
    return probed(*std::move(status));
}

Result<NodeStatus> DirectAdmin::create_node(const NewNode& input) {
    auto status = orchestrator_->create_node(input, caller_);
    if (!status) return status;
    return probed(*std::move(status));
}

Result<NodeStatus> DirectAdmin::update_node(const std::string& name, const NodePatch& patch) {
    auto status = orchestrator_->update_node(name, patch, caller_);
    if (!status) return status;
    return probed(*std::move(status));
}

Result<NodeStatus> DirectAdmin::enforce_node(const std::string& name) {
    auto status = orchestrator_->enforce_node(name, caller_);
    if (!status) return status;
    return probed(*std::move(status));
}

Result<void> DirectAdmin::delete_node(const std::string& name) {
    return orchestrator_->delete_node(name, caller_);
}

Result<HealthReport> DirectAdmin::health() {
    const Health health = orchestrator_->health();
    HealthReport report{health.storage_reachable && !health.storage_full, {}};
    for (auto& check : orchestrator_->health_checks(health)) {
        // The others are about threads that only a server has.
        if (check.name.starts_with("database")) report.checks.push_back(std::move(check));
    }
    const auto nodes = list_nodes();
    if (!nodes) return report;  // the check of the database says why
    for (const auto& node : *nodes) report.checks.push_back(check_of(node, now()));
    return report;
}

}  // namespace rescuestream::cli
