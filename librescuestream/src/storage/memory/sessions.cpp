// Sessions, their streams, and the cut-offs of their connections.
#include <algorithm>
#include <tuple>

#include "rules/cutoff.hpp"
#include "storage/memory/errors.hpp"
#include "storage/memory/memory_storage.hpp"
#include "storage/messages.hpp"

namespace rescuestream {

using memory::conflict;
using memory::defect;
using memory::not_found;

namespace {

constexpr const char* kNoStream = "There is no stream with this id.";

bool matches(const StreamFilter& filter, const Stream& stream) {
    if (!filter.states.empty() && std::find(filter.states.begin(), filter.states.end(),
                                            stream.state) == filter.states.end()) {
        return false;
    }
    if (filter.stream_key_id && stream.stream_key_id != *filter.stream_key_id) return false;
    if (filter.broadcaster_id && stream.broadcaster_id != *filter.broadcaster_id) return false;
    if (filter.from && stream.started_at < *filter.from) return false;
    if (filter.to && stream.started_at >= *filter.to) return false;
    return !filter.node || stream.node == *filter.node;
}

bool wants_ended(const StreamFilter& filter) {
    return filter.states.empty() || std::find(filter.states.begin(), filter.states.end(),
                                              StreamState::kEnded) != filter.states.end();
}

}  // namespace

Session MemoryStorage::session_of(const KeyEntry& entry) const {
    Session session;
    session.key = entry.key;
    session.claim = entry.claim;
    if (entry.stream) session.stream = streams_.at(*entry.stream);
    session.version = entry.version;
    return session;
}

Result<Session> MemoryStorage::load_session_by_path(const std::string& playback_path) {
    const std::lock_guard lock(mutex_);
    const auto found = key_by_path_.find(playback_path);
    if (found == key_by_path_.end()) return not_found("There is no stream key with this path.");
    return session_of(keys_.at(found->second));
}

Result<Session> MemoryStorage::load_session_by_digest(const KeyDigest& digest) {
    const std::lock_guard lock(mutex_);
    const auto* entry = visible_key(digest);
    if (entry == nullptr) return not_found("There is no such stream key.");
    return session_of(*entry);
}

Result<Session> MemoryStorage::load_session(StreamKeyId id) {
    const std::lock_guard lock(mutex_);
    const auto* entry = visible_key(id);
    if (entry == nullptr) return not_found(kNoKey);
    return session_of(*entry);
}

Result<void> MemoryStorage::commit_session(const SessionChange& change) {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(change.stream_key_id);
    if (found == keys_.end()) return not_found(kNoKey);
    KeyEntry& entry = found->second;
    if (entry.version != change.expected_version) {
        return conflict("The session of this key has changed meanwhile.");
    }
    if (change.stream) {
        const auto known = streams_.find(change.stream->id);
        if (change.stream->stream_key_id != change.stream_key_id ||
            (known != streams_.end() && known->second.stream_key_id != change.stream_key_id)) {
            return defect("the stream belongs to another key");
        }
        if (change.stream->state != StreamState::kEnded && entry.stream &&
            *entry.stream != change.stream->id) {
            return defect("the key has another stream that has not ended");
        }
        write_stream(entry, *change.stream);
        if (change.stream->source_id) remember_connection(*change.stream->source_id, entry);
        auto& timeline = transitions_[change.stream->id];
        timeline.insert(timeline.end(), change.transitions.begin(), change.transitions.end());
    }
    if (change.set_claim && change.cuts_off_replaced) cut_off_replaced(entry, change.claim);
    if (change.set_claim) entry.claim = change.claim;
    if (change.set_claim && change.claim) remember_connection(change.claim->connection, entry);
    ++entry.version;
    return {};
}

Result<std::vector<Session>> MemoryStorage::open_sessions(const std::string& node) {
    const std::lock_guard lock(mutex_);
    std::vector<Session> sessions;
    for (const auto& place : open_stream_order_) {
        const Stream& stream = streams_.at(StreamId(place.id));
        if (stream.node == node) sessions.push_back(session_of(keys_.at(stream.stream_key_id)));
    }
    return sessions;
}

void MemoryStorage::write_stream(KeyEntry& entry, const Stream& stream) {
    const auto known = streams_.find(stream.id);
    if (known != streams_.end()) {
        const Cursor old_place{known->second.started_at, stream.id.uuid()};
        stream_order_.erase(old_place);
        open_stream_order_.erase(old_place);
        entry.streams.erase(old_place);
    }
    const Cursor place{stream.started_at, stream.id.uuid()};
    stream_order_.insert(place);
    entry.streams.insert(place);
    if (stream.state == StreamState::kEnded) {
        if (entry.stream == stream.id) entry.stream.reset();
    } else {
        open_stream_order_.insert(place);
        entry.stream = stream.id;
    }
    streams_[stream.id] = stream;
}

Result<Page<Stream>> MemoryStorage::list_streams(const StreamFilter& filter,
                                                 const PageRequest& page) {
    const std::lock_guard lock(mutex_);
    const memory::NewestFirst* order = wants_ended(filter) ? &stream_order_ : &open_stream_order_;
    if (filter.stream_key_id) {
        const auto key = keys_.find(*filter.stream_key_id);
        if (key == keys_.end()) return Page<Stream>{};
        order = &key->second.streams;
    }
    return memory::take_page<Stream>(*order, page, [&](const Uuid& id) {
        const Stream& stream = streams_.at(StreamId(id));
        return matches(filter, stream) ? &stream : nullptr;
    });
}

Result<Stream> MemoryStorage::find_stream(StreamId id) {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(id);
    if (found == streams_.end()) return not_found(kNoStream);
    return found->second;
}

Result<std::vector<StreamTransition>> MemoryStorage::list_transitions(StreamId id) {
    const std::lock_guard lock(mutex_);
    if (!streams_.contains(id)) return not_found(kNoStream);
    const auto timeline = transitions_.find(id);
    if (timeline == transitions_.end()) return std::vector<StreamTransition>{};
    return timeline->second;
}

const Cutoff& MemoryStorage::write_cutoff(Cutoff cutoff) {
    const CutoffName name{cutoff.stream_key_id, cutoff.connection};
    // An existing cut-off stays, because it was requested first and its cause applies.
    return cutoffs_.try_emplace(name, std::move(cutoff)).first->second;
}

void MemoryStorage::cut_off_replaced(const KeyEntry& entry, const std::optional<Claim>& next) {
    auto cutoff =
        rules::cutoff_of_replaced(session_of(entry), {entry.digest, entry.previous_digest}, next);
    if (cutoff) write_cutoff(*std::move(cutoff));
}

void MemoryStorage::append_cutoffs(StreamKeyId key, std::vector<Cutoff>& out) const {
    auto place = cutoffs_.lower_bound({key, ConnectionId{}});
    for (; place != cutoffs_.end() && place->first.first == key; ++place) {
        out.push_back(place->second);
    }
}

Result<std::vector<Cutoff>> MemoryStorage::begin_stop(StreamId id, EndCause cause,
                                                      std::optional<Timestamp> block_until,
                                                      Timestamp now, const AuditEntry& audit) {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(id);
    if (found == streams_.end()) return not_found(kNoStream);
    const Stream& stream = found->second;
    if (stream.state == StreamState::kEnded) return std::vector<Cutoff>{};
    if (audit_exists(audit)) return defect("audit id exists");

    KeyEntry& entry = keys_.at(stream.stream_key_id);
    auto stop =
        rules::stop_stream(session_of(entry), {entry.digest, entry.previous_digest}, cause, now);
    std::vector<Cutoff> cutoffs;
    if (stop.cutoff) cutoffs.push_back(write_cutoff(*std::move(stop.cutoff)));
    if (stop.ends_claim) entry.claim.reset();
    if (block_until) {
        entry.key.blocked_until = block_until;
        number_fact(entry);
    }
    ++entry.version;
    write_audit(audit);
    return cutoffs;
}

Result<std::vector<Cutoff>> MemoryStorage::pending_cutoffs(const std::string& node) {
    const std::lock_guard lock(mutex_);
    std::vector<Cutoff> cutoffs;
    for (const auto& [name, cutoff] : cutoffs_) {
        if (cutoff.node == node) cutoffs.push_back(cutoff);
    }
    std::sort(cutoffs.begin(), cutoffs.end(), [](const Cutoff& a, const Cutoff& b) {
        return std::tie(a.requested_at, a.stream_key_id, a.connection) <
               std::tie(b.requested_at, b.stream_key_id, b.connection);
    });
    return cutoffs;
}

Result<std::optional<Stream>> MemoryStorage::finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                           std::optional<StreamTotals> totals) {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(cutoff.stream_key_id);
    if (found == keys_.end()) return std::optional<Stream>{};
    KeyEntry& entry = found->second;
    const auto pending = cutoffs_.extract({cutoff.stream_key_id, cutoff.connection});
    if (pending.empty()) return std::optional<Stream>{};
    auto end = rules::finish_cutoff(session_of(entry), pending.mapped(), now, totals);
    if (!end) return std::optional<Stream>{};
    transitions_[end->stream.id].push_back(std::move(end->line));
    write_stream(entry, end->stream);
    ++entry.version;
    return std::optional<Stream>(std::move(end->stream));
}

}  // namespace rescuestream
