#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "rescuestream/media_server.hpp"

namespace rescuestream::testing {

/// A media server in memory: encoders are played by calls, faults can be switched on. Stands in for
/// MediaMTX in tests, in examples, and where none is installed.
///
/// Thread-safety: all methods may be called from any thread.
class FakeMediaServer : public MediaServer {
public:
    explicit FakeMediaServer(const Clock& clock = system_clock());
    ~FakeMediaServer() override;

    // What encoders do ---------------------------------------------------------------------------

    /// A connection that was accepted and publishes nothing yet (RTMP: for two seconds).
    void connect(ConnectionKind kind, const ConnectionId& id, const std::string& remote_address);
    /// `id` is the source of `path` now; whoever was it before is disconnected, as MediaMTX does
    /// with `overridePublisher: yes`.
    void publish(ConnectionKind kind, const ConnectionId& id, const std::string& path);
    /// A connection that watches `path`.
    void watch(ConnectionKind kind, const ConnectionId& id, const std::string& path);
    void disconnect(const ConnectionId& id);
    void receive_bytes(const std::string& path, std::uint64_t count);
    void add_reader(const std::string& path, const std::string& type, const ConnectionId& id);

    /// Publishers over RTSP that come from now on may have been asked about with another id, as
    /// with MediaMTX before v1.19.3 (MediaSource::id_may_differ).
    void set_rtsp_ids_differ(bool differ);
    /// What is recorded of paths that have no entry of their own.
    void set_default_recording(const MediaRecording& recording);

    // Faults -------------------------------------------------------------------------------------

    void set_down(bool down);         ///< Every call: kUnavailable.
    void set_hanging(bool hanging);   ///< Every call: kTimeout.
    void lose_next_kicks(int count);  ///< Answered with success, and nothing happens.
    void restart();                   ///< All connections and run-time path entries are gone.

    /// How many kicks were answered with success and were carried out.
    int kick_count() const;

    std::string description() const override;
    Result<MediaServerInfo> info() override;
    Result<std::vector<MediaPath>> list_paths() override;
    Result<MediaPath> find_path(const std::string& name) override;
    Result<std::vector<MediaConnection>> list_connections(ConnectionKind kind) override;
    Result<void> kick(ConnectionKind kind, const ConnectionId& id) override;
    Result<void> add_path_config(const std::string& name, const MediaPathConfig& config) override;
    Result<void> patch_path_config(const std::string& name, const MediaPathConfig& config) override;
    Result<void> delete_path_config(const std::string& name) override;
    Result<std::vector<MediaPathEntry>> list_path_configs() override;
    Result<MediaRecording> default_recording() override;
    /// The entry that was added under this name, in full. kNotFound.
    Result<MediaPathConfig> find_path_config(const std::string& name);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::testing
