#include "storage/memory/sessions.hpp"

#include <algorithm>

#include "storage/errors.hpp"
#include "storage/messages.hpp"

namespace rescuestream::memory {
namespace {

bool matches(const StreamFilter& filter, const Stream& stream) {
    if (!filter.states.empty() && std::find(filter.states.begin(), filter.states.end(),
                                            stream.state) == filter.states.end()) {
        return false;
    }
    if (filter.stream_key_id && stream.stream_key_id != *filter.stream_key_id) return false;
    if (filter.broadcaster_id && stream.broadcaster_id != *filter.broadcaster_id) return false;
    if (filter.incident_id && stream.incident_id != filter.incident_id) return false;
    if (filter.from && stream.started_at < *filter.from) return false;
    if (filter.to && stream.started_at >= *filter.to) return false;
    return !filter.node || stream.node == *filter.node;
}

bool matches_names(const StreamFilter& filter, const ListedStream& stream) {
    if (filter.label && stream.key_label != *filter.label) return false;
    return !filter.broadcaster_name || stream.broadcaster_name == *filter.broadcaster_name;
}

bool wants_ended(const StreamFilter& filter) {
    return filter.states.empty() || std::find(filter.states.begin(), filter.states.end(),
                                              StreamState::kEnded) != filter.states.end();
}

}  // namespace

Result<std::vector<Session>> MemorySessions::sessions_at_path(const std::string& playback_path) {
    const std::lock_guard lock(state_.mutex);
    return state_.sessions_at(playback_path);
}

Result<Session> MemorySessions::load_session_by_digest(const KeyDigest& digest) {
    const std::lock_guard lock(state_.mutex);
    const auto* entry = state_.visible_key(digest);
    if (entry == nullptr) return not_found("There is no such stream key.");
    return state_.session_of(*entry);
}

Result<Session> MemorySessions::load_session(StreamKeyId id) {
    const std::lock_guard lock(state_.mutex);
    const auto* entry = state_.visible_key(id);
    if (entry == nullptr) return not_found(kNoKey);
    return state_.session_of(*entry);
}

Result<void> MemorySessions::commit_session(const SessionChange& change) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.keys.find(change.stream_key_id);
    if (found == state_.keys.end()) return not_found(kNoKey);
    KeyEntry& entry = found->second;
    if (entry.version != change.expected_version) {
        return conflict("The session of this key has changed meanwhile.");
    }
    if (change.stream) {
        const auto known = state_.streams.find(change.stream->id);
        if (change.stream->stream_key_id != change.stream_key_id ||
            (known != state_.streams.end() &&
             known->second.stream_key_id != change.stream_key_id)) {
            return defect("the stream belongs to another key");
        }
        if (change.stream->state != StreamState::kEnded && entry.stream &&
            *entry.stream != change.stream->id) {
            return defect("the key has another stream that has not ended");
        }
        state_.write_stream(entry, *change.stream);
        if (change.stream->source_id) state_.remember_connection(*change.stream->source_id, entry);
        auto& timeline = state_.transitions[change.stream->id];
        timeline.insert(timeline.end(), change.transitions.begin(), change.transitions.end());
    }
    if (change.set_claim && change.cuts_off_replaced) {
        state_.cut_off_replaced(entry, change.claim);
    }
    if (change.set_claim) entry.claim = change.claim;
    if (change.set_claim && change.claim)
        state_.remember_connection(change.claim->connection, entry);
    ++entry.version;
    return {};
}

Result<std::vector<Session>> MemorySessions::open_sessions(const std::string& node) {
    const std::lock_guard lock(state_.mutex);
    std::vector<Session> sessions;
    for (const auto& place : state_.open_stream_order) {
        const Stream& stream = state_.streams.at(StreamId(place.id));
        if (stream.node == node)
            sessions.push_back(state_.session_of(state_.keys.at(stream.stream_key_id)));
    }
    return sessions;
}

Result<Page<ListedStream>> MemorySessions::list_streams(const StreamFilter& filter,
                                                        const PageRequest& page) {
    const std::lock_guard lock(state_.mutex);
    const NewestFirst* order =
        wants_ended(filter) ? &state_.stream_order : &state_.open_stream_order;
    if (filter.stream_key_id) {
        const auto key = state_.keys.find(*filter.stream_key_id);
        if (key == state_.keys.end()) return Page<ListedStream>{};
        order = &key->second.streams;
    }
    return take_page<ListedStream>(*order, page, [&](const Uuid& id) {
        std::optional<ListedStream> listed;
        const Stream& stream = state_.streams.at(StreamId(id));
        if (matches(filter, stream)) listed = state_.listed(stream);
        if (listed && !matches_names(filter, *listed)) listed.reset();
        return listed;
    });
}

Result<ListedStream> MemorySessions::find_stream(StreamId id) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.streams.find(id);
    if (found == state_.streams.end()) return not_found(kNoStream);
    return state_.listed(found->second);
}

Result<std::vector<StreamTransition>> MemorySessions::list_transitions(StreamId id,
                                                                       const TimelinePart& part) {
    const std::lock_guard lock(state_.mutex);
    if (!state_.streams.contains(id)) return not_found(kNoStream);
    const auto timeline = state_.transitions.find(id);
    if (timeline == state_.transitions.end()) return std::vector<StreamTransition>{};
    const auto& all = timeline->second;
    const std::size_t first = std::min(part.after, all.size());
    const std::size_t count = std::min(part.limit.value_or(all.size()), all.size() - first);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector<StreamTransition>(begin, begin + static_cast<std::ptrdiff_t>(count));
}

}  // namespace rescuestream::memory
