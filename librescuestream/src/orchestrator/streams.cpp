#include "orchestrator/streams.hpp"

#include <algorithm>
#include <utility>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/key_follower.hpp"
#include "orchestrator/node_configuration.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/unwritten.hpp"
#include "orchestrator/visibility.hpp"
#include "orchestrator/withdrawals.hpp"
#include "rescuestream/settings.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

constexpr std::chrono::seconds kLongestBlock{std::chrono::hours(24)};

// The state of a stream on a node that does not answer is only known as of the node's last answer.
void mark_unseen(Stream& stream, const Reconciler::Status& status) {
    if (status.reachable || !status.first_round_done) return;
    stream.state = StreamState::kUnknown;
    stream.last_seen_at = status.seen_at;
}

// Adds to streams what the polls of their nodes have seen.
class Observations {
public:
    explicit Observations(const RequestDependencies& dependencies)
        : d_(dependencies), nodes_(dependencies.nodes), knows_keys_(dependencies.keys.has_read()) {}

    void add_to(ListedStream& stream) {
        if (knows_keys_) {
            stream.playback_policy =
                d_.keys.policy_of_path(stream.path, d_.clock.now(), d_.settings.playback_policy);
        }
        if (stream.state == StreamState::kEnded) return;
        find_node(stream.node);
        if (!node_) return;
        mark_unseen(stream, status_);
        if (stream.state != StreamState::kLive) return;
        if (status_.first_round_done) {
            stream.not_playable_reason = node_->problem_at(stream.path);
            stream.playable = !stream.not_playable_reason;
            if (status_.without_takeover.contains(stream.path)) stream.note = kWithoutTakeover;
        }
        const auto load = node_->figures().load_of(stream.id);
        if (!load) return;
        stream.bitrate = load->bitrate;
        stream.viewers = load->viewers;
        stream.over_bitrate_since = load->over_bitrate_since;
    }

private:
    // Most streams of a list have the node of the one before.
    void find_node(const std::string& name) {
        if (name_ == name) return;
        name_ = name;
        node_ = nodes_.find(name);
        if (node_) status_ = node_->status();
    }

    const RequestDependencies& d_;
    const Nodes& nodes_;
    const bool knows_keys_;
    std::optional<std::string> name_;
    Nodes::Watch node_;
    Reconciler::Status status_;
};

}  // namespace

Result<Page<ListedStream>> Streams::list_streams(const StreamFilter& filter,
                                                 const PageRequest& page,
                                                 const ApiCredential* reader) {
    Validation validation;
    validation.time_range(filter.from, filter.to);
    if (validation.failed()) return std::move(validation).error();
    StreamFilter stored = filter;
    if (std::erase(stored.states, StreamState::kUnknown) > 0) {
        stored.states.insert(stored.states.end(), {StreamState::kLive, StreamState::kReconnecting});
    }
    auto streams = is_restricted(reader)
                       ? merged_page<ListedStream>(
                             *reader, page,
                             [&](BroadcasterId id) -> Result<Page<ListedStream>> {
                                 if (filter.broadcaster_id && *filter.broadcaster_id != id) {
                                     return Page<ListedStream>{};
                                 }
                                 stored.broadcaster_id = id;
                                 return d_.storage.list_streams(stored, page);
                             },
                             [](const ListedStream& each) {
                                 return Cursor{each.started_at, each.id.uuid()};
                             })
                       : d_.storage.list_streams(stored, page);
    if (!streams) return streams;
    Observations observations(d_);
    for (auto& stream : streams->items) observations.add_to(stream);
    return streams;
}

Result<ListedStream> Streams::find_stream(StreamId id, const ApiCredential* reader) {
    auto stream = if_seen(d_.storage.find_stream(id), reader, kUnseenStream,
                          [](const ListedStream& found) { return found.broadcaster_id; });
    if (stream) Observations(d_).add_to(*stream);
    return stream;
}

Result<std::vector<StreamTransition>> Streams::stream_timeline(StreamId id,
                                                               const ApiCredential* reader,
                                                               const TimelinePart& part) {
    if (is_restricted(reader)) {
        const auto stream = find_stream(id, reader);
        if (!stream) return stream.error();
    }
    return d_.storage.list_transitions(id, part);
}

std::optional<StreamFigures> Streams::stream_figures(StreamId id) {
    for (const auto& node : d_.nodes.all()) {
        if (auto figures = node->figures().of(id)) return figures;
    }
    return std::nullopt;
}

Result<Streams::Publisher> Streams::publisher_of(StreamId id, const ApiCredential* reader) {
    const auto stream = find_stream(id, reader);
    if (stream) return Publisher{stream->stream_key_id, stream->source_id};
    if (!d_.withdrawals.outlasts(stream.error())) return stream.error();
    for (const auto& node : d_.nodes.all()) {
        const auto known = node->figures().owner_of(id);
        if (known && sees(reader, known->broadcaster)) return Publisher{known->key, known->source};
    }
    return stream.error();
}

Result<StoppedStream> Streams::stop_stream(StreamId id, std::chrono::seconds block,
                                           const Caller& caller) {
    Validation validation;
    validation.duration("/block_seconds", block, std::chrono::seconds(0), kLongestBlock);
    if (validation.failed()) return std::move(validation).error();
    const auto publisher = publisher_of(id, caller.credential.get());
    if (!publisher) return publisher.error();
    const Timestamp at = d_.clock.now();
    std::optional<Timestamp> block_until;
    if (block.count() > 0) block_until = at + block;
    const auto stopped = stop_stream(id, block_until, caller, at);
    if (!stopped) {
        UnwrittenRefusals::Entry entry;
        entry.subject = "stream " + id.to_string();
        entry.action = "stop";
        if (block_until) entry.keys.push_back(publisher->key);
        entry.decision = ClaimDecision::kBlocked;
        entry.until = block_until;
        entry.connection = publisher->source;
        // The encoder may have reconnected. It may do so after a stop, but with another stream; one
        // that has ended stays as it is.
        entry.write = [this, id, block_until, caller, at]() -> Result<bool> {
            return is_written(stop_stream(id, block_until, caller, at));
        };
        return d_.withdrawals.refuse_unwritten(stopped.error(), std::move(entry));
    }
    auto now_is = find_stream(id, nullptr);
    if (!now_is) return std::move(now_is).error();
    return StoppedStream{*std::move(now_is), *stopped};
}

Result<CutoffReport> Streams::stop_stream(StreamId id, std::optional<Timestamp> block_until,
                                          const Caller& caller, Timestamp at) {
    const auto audit =
        make_audit_draft({"stop", "stream", id.to_string(), {}}, caller, at, d_.random);
    return d_.changes.stop(d_.nodes, id, {EndReason::kStopped, ObservedBy::kAdmin}, block_until, at,
                           audit);
}

}  // namespace rescuestream
