#include "rescuestream/fake_media_server.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "media/mediamtx/words.hpp"

namespace rescuestream::testing {
namespace {

bool is_rtsp(ConnectionKind kind) noexcept {
    return protocol_of(kind) == Protocol::kRtsp;
}

Error not_found(const char* message) {
    return {ErrorCode::kNotFound, message, {}, {}};
}

}  // namespace

struct FakeMediaServer::State {
    explicit State(const Clock& the_clock) : clock(the_clock), started(begin(the_clock)) {
        configuration.auth_method = "http";
        configuration.auth_http_address = "http://127.0.0.1:8080/auth";
    }

    // No two of them have the same start time, as no two processes have.
    static Timestamp begin(const Clock& the_clock) {
        static std::atomic<std::int64_t> number{0};
        return the_clock.now() - std::chrono::microseconds(++number);
    }

    // Returns the error of all calls while a fault is switched on.
    std::optional<Error> fault() const {
        if (hanging) {
            return Error{ErrorCode::kTimeout, "The media server did not answer in time.", {}, {}};
        }
        if (down) {
            return Error{ErrorCode::kUnavailable, "The media server cannot be reached.", {}, {}};
        }
        return std::nullopt;
    }

    bool has_reader(ConnectionKind kind, const ConnectionId& id) const {
        return std::any_of(paths.begin(), paths.end(), [&](const auto& path) {
            const auto& readers = path.second.readers;
            return std::any_of(readers.begin(), readers.end(), [&](const MediaReader& reader) {
                return reader.kind == kind && reader.id == id;
            });
        });
    }
    // Returns whether there was one.
    bool remove_reader(const ConnectionId& id) {
        std::size_t removed = 0;
        for (auto& [name, path] : paths) {
            removed += std::erase_if(path.readers,
                                     [&](const MediaReader& reader) { return reader.id == id; });
        }
        return removed > 0;
    }

    void remove(const ConnectionId& id) {
        const auto found = connections.find(id);
        if (found == connections.end()) return;
        remove_path_of(found->second);
        connections.erase(found);
    }

    void remove_path_of(const MediaConnection& connection) {
        const auto at = paths.find(connection.path);
        if (at != paths.end() && at->second.source->id == connection.id) paths.erase(at);
    }

    // Ends the sources of the paths to which the entry `name` applies.
    void close_paths_of(const std::string& name) {
        if (!is_reserved_path_name(name)) return close_path(name);
        std::vector<std::string> all;
        for (const auto& [path, live] : paths) {
            if (path == name || !path_configs.contains(path)) all.push_back(path);
        }
        for (const auto& path : all) close_path(path);
    }

    void close_path(const std::string& name) {
        const auto live = paths.find(name);
        if (live == paths.end()) return;
        const ConnectionId publisher = live->second.source->id;
        remove(publisher);
    }

    std::string entry_of(const std::string& path) const {
        for (const auto& entry : configuration.paths) {
            if (entry.name == path) return path;
        }
        return "all_others";
    }

    // A path with an entry of its own is listed even without a publisher.
    static MediaPath idle_path(const std::string& name) {
        MediaPath path;
        path.name = name;
        path.source.emplace().type = mediamtx::kPulledOverRtsp;
        return path;
    }

    const Clock& clock;
    mutable std::mutex mutex;
    Timestamp started;
    std::map<ConnectionId, MediaConnection> connections;
    std::map<std::string, MediaPath> paths;
    std::map<std::string, MediaPathConfig> path_configs;
    MediaConfiguration configuration;
    MediaRecording recording;
    bool down = false;
    bool hanging = false;
    bool rtsp_ids_differ = false;
    int kicks_to_lose = 0;
    int kicks = 0;
};

FakeMediaServer::FakeMediaServer(const Clock& clock) : state_(std::make_unique<State>(clock)) {}
FakeMediaServer::~FakeMediaServer() = default;

void FakeMediaServer::connect(ConnectionKind kind, const ConnectionId& id,
                              const std::string& remote_address) {
    const std::lock_guard lock(state_->mutex);
    MediaConnection connection;
    connection.id = id;
    connection.kind = kind;
    connection.state = ConnectionState::kIdle;
    connection.remote_address = remote_address;
    connection.created = state_->clock.now();
    state_->connections[id] = std::move(connection);
}

void FakeMediaServer::announce(const ConnectionId& id, const std::string& path,
                               const ConnectionId& auth_id) {
    connect(ConnectionKind::kRtsp, id, "");
    const std::lock_guard lock(state_->mutex);
    MediaConnection& connection = state_->connections[id];
    connection.path = path;
    connection.auth_id = auth_id;
}

void FakeMediaServer::watch(ConnectionKind kind, const ConnectionId& id, const std::string& path) {
    connect(kind, id, "");
    const std::lock_guard lock(state_->mutex);
    MediaConnection& connection = state_->connections[id];
    connection.state = ConnectionState::kReading;
    connection.path = path;
}

void FakeMediaServer::publish(ConnectionKind kind, const ConnectionId& id,
                              const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    if (const auto before = state_->paths.find(path); before != state_->paths.end()) {
        const ConnectionId displaced = before->second.source->id;
        if (displaced != id) state_->remove(displaced);
    }
    MediaConnection& connection = state_->connections[id];
    if (connection.path != path) state_->remove_path_of(connection);
    connection.id = id;
    connection.kind = kind;
    connection.state = ConnectionState::kPublishing;
    connection.path = path;
    if (!connection.created) connection.created = state_->clock.now();

    MediaPath entry;
    entry.name = path;
    entry.entry = state_->entry_of(path);
    entry.ready = true;
    entry.ready_since = state_->clock.now();
    entry.source = MediaSource{std::string(mediamtx::word_of(kind)), id, kind,
                               is_rtsp(kind) && state_->rtsp_ids_differ};
    entry.tracks = {"H264"};
    state_->paths[path] = std::move(entry);
}

void FakeMediaServer::disconnect(const ConnectionId& id) {
    const std::lock_guard lock(state_->mutex);
    if (state_->remove_reader(id)) return;
    state_->remove(id);
}

void FakeMediaServer::receive_bytes(const std::string& path, std::uint64_t count) {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->paths.find(path);
    if (found == state_->paths.end()) return;
    found->second.inbound_bytes += count;
    state_->connections[found->second.source->id].inbound_bytes += count;
}

void FakeMediaServer::add_reader(const std::string& path, const std::string& type,
                                 const ConnectionId& id) {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->paths.find(path);
    if (found == state_->paths.end()) return;
    found->second.readers.push_back(
        {type, id, mediamtx::protocol_of(type), mediamtx::connection_kind_of(type)});
}

void FakeMediaServer::set_default_recording(const MediaRecording& recording) {
    const std::lock_guard lock(state_->mutex);
    state_->recording = recording;
}

void FakeMediaServer::set_configuration(const MediaConfiguration& configuration) {
    const std::lock_guard lock(state_->mutex);
    state_->configuration = configuration;
}

void FakeMediaServer::set_rtsp_ids_differ(bool differ) {
    const std::lock_guard lock(state_->mutex);
    state_->rtsp_ids_differ = differ;
}

void FakeMediaServer::set_down(bool down) {
    const std::lock_guard lock(state_->mutex);
    state_->down = down;
}

void FakeMediaServer::set_hanging(bool hanging) {
    const std::lock_guard lock(state_->mutex);
    state_->hanging = hanging;
}

void FakeMediaServer::lose_next_kicks(int count) {
    const std::lock_guard lock(state_->mutex);
    state_->kicks_to_lose = count;
}

void FakeMediaServer::restart() {
    const std::lock_guard lock(state_->mutex);
    state_->connections.clear();
    state_->paths.clear();
    state_->path_configs.clear();
    // A later time than before, even if the clock does not advance.
    state_->started = std::max(state_->clock.now(), state_->started + std::chrono::seconds(1));
}

int FakeMediaServer::kick_count() const {
    const std::lock_guard lock(state_->mutex);
    return state_->kicks;
}

std::string FakeMediaServer::description() const {
    return "media server in memory";
}

Result<MediaServerInfo> FakeMediaServer::info() {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    return MediaServerInfo{"in-memory", state_->started};
}

Result<std::vector<MediaPath>> FakeMediaServer::list_paths() {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    std::vector<MediaPath> paths;
    for (const auto& [name, path] : state_->paths) paths.push_back(path);
    for (const auto& [name, config] : state_->path_configs) {
        if (!state_->paths.contains(name)) paths.push_back(State::idle_path(name));
    }
    return paths;
}

Result<MediaPath> FakeMediaServer::find_path(const std::string& name) {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    const auto found = state_->paths.find(name);
    if (found != state_->paths.end()) return found->second;
    if (state_->path_configs.contains(name)) return State::idle_path(name);
    return not_found("There is no such path at present.");
}

Result<std::vector<MediaConnection>> FakeMediaServer::list_connections(ConnectionKind kind) {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    std::vector<MediaConnection> connections;
    for (const auto& [id, connection] : state_->connections) {
        if (connection.kind == kind) connections.push_back(connection);
    }
    return connections;
}

Result<std::vector<MediaRtspClient>> FakeMediaServer::list_rtsp_clients(ConnectionKind kind) {
    const auto sessions = list_connections(kind);
    if (!sessions) return sessions.error();
    std::vector<MediaRtspClient> clients;
    clients.reserve(sessions->size());
    for (const auto& session : *sessions) {
        clients.push_back({session.auth_id.empty() ? session.id : session.auth_id, session.id});
    }
    return clients;
}

Result<void> FakeMediaServer::kick(ConnectionKind kind, const ConnectionId& id) {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    const auto found = state_->connections.find(id);
    const bool is_known = found != state_->connections.end() && found->second.kind == kind;
    if (!is_known && !state_->has_reader(kind, id)) {
        return not_found("There is no such connection.");
    }
    if (state_->kicks_to_lose > 0) {
        --state_->kicks_to_lose;
        return {};
    }
    if (!is_known) {
        state_->remove_reader(id);
        ++state_->kicks;
        return {};
    }
    state_->remove(id);
    ++state_->kicks;
    return {};
}

Result<void> FakeMediaServer::add_path_config(const std::string& name,
                                              const MediaPathConfig& config) {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    if (!state_->path_configs.try_emplace(name, config).second) {
        return Error{ErrorCode::kConflict, "There is a path entry of that name.", {}, {}};
    }
    state_->close_paths_of(name);
    return {};
}

Result<void> FakeMediaServer::patch_path_config(const std::string& name,
                                                const MediaPathConfig& config) {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    const auto found = state_->path_configs.find(name);
    if (found == state_->path_configs.end()) return not_found("There is no such path entry.");
    MediaPathConfig& entry = found->second;
    entry.source = config.source;
    entry.source_on_demand = config.source_on_demand;
    entry.rtsp_transport = config.rtsp_transport;
    const auto take = [](auto& value, const auto& given) {
        if (given) value = given;
    };
    take(entry.source_on_demand_start_timeout, config.source_on_demand_start_timeout);
    take(entry.source_on_demand_close_after, config.source_on_demand_close_after);
    take(entry.recording, config.recording);
    state_->close_paths_of(name);
    return {};
}

Result<void> FakeMediaServer::delete_path_config(const std::string& name) {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    if (state_->path_configs.erase(name) == 0) return not_found("There is no such path entry.");
    return {};
}

Result<std::vector<MediaPathEntry>> FakeMediaServer::list_path_configs() {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    std::vector<MediaPathEntry> entries;
    for (const auto& [name, config] : state_->path_configs) {
        entries.push_back({name, config.source, config.source_on_demand,
                           config.recording && config.recording->enabled, false,
                           config.rtsp_transport});
    }
    return entries;
}

Result<MediaRecording> FakeMediaServer::default_recording() {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    return state_->recording;
}

Result<MediaConfiguration> FakeMediaServer::configuration() {
    const std::lock_guard lock(state_->mutex);
    if (auto fault = state_->fault()) return *std::move(fault);
    return state_->configuration;
}

Result<MediaPathConfig> FakeMediaServer::find_path_config(const std::string& name) {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->path_configs.find(name);
    if (found == state_->path_configs.end()) return not_found("There is no such path entry.");
    return found->second;
}

}  // namespace rescuestream::testing
