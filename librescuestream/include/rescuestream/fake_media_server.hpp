#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "rescuestream/media_server.hpp"

namespace rescuestream::testing {

/// A media server in memory that replaces MediaMTX in tests and examples, and where no MediaMTX is
/// installed. Calls simulate encoders, and faults can be switched on.
///
/// Thread-safety: all methods may be called from any thread.
class FakeMediaServer : public MediaServer {
public:
    explicit FakeMediaServer(const Clock& clock = system_clock());
    ~FakeMediaServer() override;

    // Actions of encoders
    // ---------------------------------------------------------------------------

    /// Adds a connection that was accepted and does not publish yet. (A connection over RTMP stays
    /// in this state for two seconds.)
    void connect(ConnectionKind kind, const ConnectionId& id, const std::string& remote_address);
    /// Adds an RTSP session that was announced and does not publish yet. `auth_id`: see
    /// MediaConnection::auth_id.
    void announce(const ConnectionId& id, const std::string& path,
                  const ConnectionId& auth_id = {});
    /// Makes `id` the source of `path`. The previous source is disconnected, as MediaMTX does with
    /// `overridePublisher: yes`.
    void publish(ConnectionKind kind, const ConnectionId& id, const std::string& path);
    /// Adds a connection that reads `path`.
    void watch(ConnectionKind kind, const ConnectionId& id, const std::string& path);
    void disconnect(const ConnectionId& id);
    void receive_bytes(const std::string& path, std::uint64_t count);
    void add_reader(const std::string& path, const std::string& type, const ConnectionId& id);

    /// With true, later RTSP publishers are listed with `MediaSource::id_may_differ`, as by
    /// MediaMTX before v1.19.3, whose auth requests could contain another id.
    void set_rtsp_ids_differ(bool differ);
    /// Sets the recording of paths that have no entry of their own.
    void set_default_recording(const MediaRecording& recording);
    /// Sets what `configuration` returns, and thereby the entry of every path:
    /// the one of its name, else `all_others`.
    void set_configuration(const MediaConfiguration& configuration);

    // Faults -------------------------------------------------------------------------------------

    void set_down(bool down);         ///< Every call returns kUnavailable.
    void set_hanging(bool hanging);   ///< Every call returns kTimeout.
    void lose_next_kicks(int count);  ///< These kicks succeed without an effect.
    void restart();                   ///< Drops all connections and run-time path entries.

    /// Number of kicks that succeeded and removed a connection.
    int kick_count() const;

    std::string description() const override;
    Result<MediaServerInfo> info() override;
    Result<std::vector<MediaPath>> list_paths() override;
    Result<MediaPath> find_path(const std::string& name) override;
    Result<std::vector<MediaConnection>> list_connections(ConnectionKind kind) override;
    Result<std::vector<MediaRtspClient>> list_rtsp_clients(ConnectionKind kind) override;
    Result<void> kick(ConnectionKind kind, const ConnectionId& id) override;
    Result<void> add_path_config(const std::string& name, const MediaPathConfig& config) override;
    Result<void> patch_path_config(const std::string& name, const MediaPathConfig& config) override;
    Result<void> delete_path_config(const std::string& name) override;
    Result<std::vector<MediaPathEntry>> list_path_configs() override;
    Result<MediaRecording> default_recording() override;
    Result<MediaConfiguration> configuration() override;
    /// Returns the whole entry that was added under this name. kNotFound: there is none.
    Result<MediaPathConfig> find_path_config(const std::string& name);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::testing
