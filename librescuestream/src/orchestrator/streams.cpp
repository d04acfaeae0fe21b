// Streams: what is live, what was, and how one is stopped.

#include <algorithm>

#include "orchestrator/audit.hpp"
#include "orchestrator/impl.hpp"
#include "orchestrator/validation.hpp"

namespace rescuestream {
namespace {

constexpr std::chrono::seconds kLongestBlock{std::chrono::hours(24)};

// A node that does not answer leaves only what was known when it was seen last.
void mark_unseen(Stream& stream, const Nodes& nodes) {
    const auto node = nodes.find(stream.node);
    if (!node) return;
    const auto status = node->status();
    if (status.reachable || !status.first_round_done) return;
    if (stream.state == StreamState::kEnded) return;
    stream.state = StreamState::kUnknown;
    stream.last_seen_at = status.seen_at;
}

}  // namespace

Result<Page<Stream>> StreamOrchestrator::list_streams(const StreamFilter& filter,
                                                      const PageRequest& page) {
    Validation validation;
    validation.time_range(filter.from, filter.to);
    if (validation.failed()) return std::move(validation).error();
    StreamFilter stored = filter;
    if (std::erase(stored.states, StreamState::kUnknown) > 0) {
        stored.states.insert(stored.states.end(), {StreamState::kLive, StreamState::kReconnecting});
    }
    auto streams = impl_->storage->list_streams(stored, page);
    if (!streams) return streams;
    for (auto& stream : streams->items) mark_unseen(stream, impl_->nodes);
    return streams;
}

Result<Stream> StreamOrchestrator::find_stream(StreamId id) {
    auto stream = impl_->storage->find_stream(id);
    if (stream) mark_unseen(*stream, impl_->nodes);
    return stream;
}

Result<std::vector<StreamTransition>> StreamOrchestrator::stream_timeline(StreamId id) {
    return impl_->storage->list_transitions(id);
}

std::optional<StreamFigures> StreamOrchestrator::stream_figures(StreamId id) {
    for (const auto& node : impl_->nodes.all()) {
        if (auto figures = node->figures().of(id)) return figures;
    }
    return std::nullopt;
}

Result<StoppedStream> StreamOrchestrator::stop_stream(StreamId id, std::chrono::seconds block,
                                                      const Caller& caller) {
    Validation validation;
    validation.duration("/block_seconds", block, std::chrono::seconds(0), kLongestBlock);
    if (validation.failed()) return std::move(validation).error();
    const auto stream = impl_->storage->find_stream(id);
    if (!stream) return stream.error();
    const Timestamp at = now();
    const auto audit = make_audit_entry(
        {"stop", "stream", id.to_string(), {{"path", redact_key_values(stream->path)}}}, caller, at,
        impl_->random);
    std::optional<Timestamp> block_until;
    if (block.count() > 0) block_until = at + block;
    const auto cutoffs =
        impl_->storage->begin_stop(id, EndReason::kStopped, block_until, at, audit);
    impl_->keys.distrust();
    if (!cutoffs) return cutoffs.error();
    const CutoffReport report = impl_->nodes.carry_out(*cutoffs);
    auto now_is = find_stream(id);
    if (!now_is) return std::move(now_is).error();
    return StoppedStream{*std::move(now_is), report};
}

}  // namespace rescuestream
