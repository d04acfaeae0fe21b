#include "orchestrator/reconciler.hpp"

#include <unordered_set>
#include <utility>

namespace rescuestream {

void Reconciler::run_once() {
    const std::lock_guard lock(running_);
    const auto paths = look();
    if (!paths) return;

    if (const auto pending = d_.storage.pending_cutoffs(d_.node); pending) {
        d_.cutoffs.carry_out(*pending);
    }
    StreamFilter filter;
    filter.states = {StreamState::kLive, StreamState::kReconnecting};
    filter.node = d_.node;
    const auto streams = d_.storage.list_streams(filter, {});
    if (streams) {
        compare_streams(*paths, streams->items);
        compare_sources(*paths, streams->items);
        suspects_ = std::exchange(next_suspects_, {});
    } else {
        d_.logger.warning("streams cannot be read", {{"error", streams.error().message}});
    }
    const std::lock_guard status_lock(status_mutex_);
    status_.first_round_done = status_.first_round_done || streams.has_value();
}

Reconciler::Status Reconciler::status() const {
    const std::lock_guard lock(status_mutex_);
    return status_;
}

std::optional<Reconciler::PathsByName> Reconciler::look() {
    const auto info = d_.media_server.info();
    auto list = info ? d_.media_server.list_paths() : Result<std::vector<MediaPath>>(info.error());

    const std::lock_guard lock(status_mutex_);
    if (!list) {
        if (status_.reachable || !status_.first_round_done) {
            d_.logger.warning(
                "media server does not answer",
                {{"media_server", d_.media_server.description()}, {"error", list.error().message}});
        }
        status_.reachable = false;
        status_.first_round_done = true;  // looked at: that it is down is an answer too
        return std::nullopt;
    }
    if (!status_.reachable) {
        d_.logger.info("media server answers", {{"media_server", d_.media_server.description()},
                                                {"version", info->version}});
    } else if (started_ != info->started) {
        d_.logger.warning(
            "media server was restarted",
            {{"media_server", d_.media_server.description()}, {"version", info->version}});
    }
    started_ = info->started;
    status_.reachable = true;
    status_.version = info->version;
    status_.seen_at = d_.clock.now();

    PathsByName paths;
    paths.reserve(list->size());
    for (auto& path : *list) {
        std::string name = path.name;
        paths.emplace(std::move(name), std::move(path));
    }
    return paths;
}

void Reconciler::compare_streams(const PathsByName& paths, const std::vector<Stream>& streams) {
    const Timestamp now = d_.clock.now();
    for (const auto& stream : streams) {
        Result<void> observed;
        if (stream.state == StreamState::kReconnecting) {
            observed = d_.sessions.observe(stream.stream_key_id,
                                           {sessions::TimePassed{}, ObservedBy::kReconciler, now});
        } else {
            const auto path = paths.find(stream.path);
            const bool delivers = path != paths.end() && path->second.ready &&
                                  path->second.source &&
                                  path->second.source->id == stream.source_id;
            if (delivers || !stream.source_id) continue;
            // A stream that began after the list was made is not in it: one absence proves nothing.
            if (!seen_twice("absent " + stream.source_id->value)) continue;
            observed = d_.sessions.observe(
                stream.stream_key_id,
                {sessions::SourceUnavailable{*stream.source_id}, ObservedBy::kReconciler, now});
        }
        if (!observed) {
            d_.logger.warning("stream cannot be updated", {{"stream_id", stream.id.to_string()},
                                                           {"error", observed.error().message}});
        }
    }
}

void Reconciler::compare_sources(const PathsByName& paths, const std::vector<Stream>& streams) {
    std::unordered_set<ConnectionId> known;
    for (const auto& stream : streams) {
        if (stream.state == StreamState::kLive && stream.source_id) known.insert(*stream.source_id);
    }
    for (const auto& [name, path] : paths) {
        const bool is_publisher = path.ready && path.source && !path.source->id.empty();
        if (is_publisher && !known.contains(path.source->id)) meet_source(path);
    }
}

void Reconciler::meet_source(const MediaPath& path) {
    auto session = d_.sessions.find_by_path(path.name);
    if (!session) return;  // not a path of ours
    const Timestamp now = d_.clock.now();
    const bool usable =
        !session->key.disabled && session->key.status_at(now) == StreamKeyStatus::kActive;
    const bool displaced =
        session->claim && session->claim->live && session->claim->connection != path.source->id;
    if (!usable || (displaced && seen_twice("displaced " + path.source->id.value))) {
        d_.logger.warning(
            "publisher without a right is kicked",
            {{"path", redact_key_values(path.name)}, {"connection_id", path.source->id.value}});
        d_.cutoffs.kick_source(*path.source);
        return;
    }
    const auto observed = d_.sessions.observe(
        *std::move(session), {sessions::SourceAvailable{path.source->id, path.source->type,
                                                        path.name, looks_like_key_value(path.name)},
                              ObservedBy::kReconciler, now});
    if (!observed) {
        d_.logger.warning("source cannot be recorded", {{"path", redact_key_values(path.name)},
                                                        {"error", observed.error().message}});
    }
}

bool Reconciler::seen_twice(const std::string& what) {
    const auto before = suspects_.find(what);
    const int rounds = before == suspects_.end() ? 1 : before->second + 1;
    next_suspects_[what] = rounds;
    return rounds >= 2;
}

}  // namespace rescuestream
