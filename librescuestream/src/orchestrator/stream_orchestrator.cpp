#include "rescuestream/stream_orchestrator.hpp"

#include "orchestrator/addresses.hpp"
#include "orchestrator/health_checks.hpp"
#include "orchestrator/impl.hpp"

namespace rescuestream {

StreamOrchestrator::StreamOrchestrator(OrchestratorOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
StreamOrchestrator::StreamOrchestrator(StreamOrchestrator&&) noexcept = default;
StreamOrchestrator& StreamOrchestrator::operator=(StreamOrchestrator&&) noexcept = default;
StreamOrchestrator::~StreamOrchestrator() = default;

void StreamOrchestrator::start() {
    impl_->start();
}
void StreamOrchestrator::stop() {
    impl_->stop();
}
void StreamOrchestrator::tick() {
    impl_->nodes.tick();
}

void StreamOrchestrator::subscribe(std::function<void(const Event&)> listener) {
    impl_->events.add(std::move(listener));
}

void StreamOrchestrator::subscribe_changes(std::function<void()> listener) {
    impl_->change_listeners.push_back(std::move(listener));
}

std::uint64_t StreamOrchestrator::change_count() const noexcept {
    return impl_->storage->changes();
}

Health StreamOrchestrator::health() {
    const auto status = impl_->nodes.default_node()->status();
    Health health;
    const auto storage = impl_->storage->ping();
    health.storage_full = !storage && storage.error().code == ErrorCode::kStorageFull;
    health.storage_reachable = storage.has_value() || health.storage_full;
    if (!storage) health.storage_reason = storage.error().message;
    health.storage_warning = impl_->care.warning();
    health.unwritten = impl_->unwritten.size();
    health.media_server_reachable = status.reachable;
    health.media_server_version = status.version;
    health.media_server_seen_at = status.seen_at;
    health.first_poll_done = status.first_round_done;
    return health;
}

std::vector<HealthCheck> StreamOrchestrator::health_checks(const Health& health) {
    std::vector<NodeStatus> nodes;
    // From memory: a probe must not cause a call of the storage for each node.
    for (const auto& watch : impl_->nodes.all()) {
        NodeStatus status;
        status.node = watch->node();
        status.state = watch->state();
        status.seen_at = watch->status().seen_at;
        nodes.push_back(std::move(status));
    }
    const KeysHealth keys{impl_->keys.is_cut_off(), impl_->keys.figures().age};
    return rescuestream::health_checks(health, keys, nodes, now());
}

Result<SchemaStatus> StreamOrchestrator::schema_status() {
    return impl_->storage->schema_status();
}

Result<SchemaStatus> StreamOrchestrator::migrate(std::optional<int> target) {
    return impl_->storage->migrate(target, now());
}

EncoderAddresses StreamOrchestrator::encoder_addresses(const StreamKey& key,
                                                       const Secret& value) const {
    return make_encoder_addresses(impl_->settings.addresses, impl_->settings.legacy_path_keys,
                                  key.playback_path, value);
}

ViewerAddresses StreamOrchestrator::viewer_addresses(const StreamKey& key) const {
    return make_viewer_addresses(impl_->settings.addresses, key.playback_path);
}

ViewerAddresses StreamOrchestrator::viewer_addresses(const Stream& stream) const {
    const auto node = impl_->nodes.find(stream.node);
    return make_viewer_addresses(node ? node->node().addresses : impl_->settings.addresses,
                                 stream.path);
}

Timestamp StreamOrchestrator::now() const {
    return impl_->clock.now();
}

}  // namespace rescuestream
