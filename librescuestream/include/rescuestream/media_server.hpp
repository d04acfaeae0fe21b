#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/media_configuration.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// What a media server reports about itself.
struct MediaServerInfo {
    std::string version;               ///< E.g. "v1.20.1"; trimmed.
    std::optional<Timestamp> started;  ///< Start time; it changes with a restart.

    bool operator==(const MediaServerInfo&) const = default;
};

/// Each kind of connection has a list in MediaMTX (rtmpconns, rtspsessions, …). Only kinds with a
/// list that every release answers safely exist: a request for the HLS lists can block MediaMTX
/// forever.
inline constexpr std::array kAllConnectionKinds{ConnectionKind::kRtmp, ConnectionKind::kRtmps,
                                                ConnectionKind::kRtsp, ConnectionKind::kRtsps,
                                                ConnectionKind::kSrt,  ConnectionKind::kWebRtc};

Protocol protocol_of(ConnectionKind kind) noexcept;

/// The source of a path.
struct MediaSource {
    std::string type;  ///< The media server's term, for example "rtmpConn"; only shown to people.
    ConnectionId id;   ///< Empty for a source that is not a publisher (a relay, a camera).
    /// The kind of its connection. Empty: it has none that could be kicked.
    std::optional<ConnectionKind> kind;
    /// The auth request about this publisher may have contained another connection id.
    bool id_may_differ = false;

    bool operator==(const MediaSource&) const = default;
};

/// Returns kUnknown for a source that is not a publisher's connection.
Protocol protocol_of(const MediaSource& source) noexcept;

struct MediaReader {
    std::string type;  ///< The media server's term, for example "hlsSession".
    ConnectionId id;
    Protocol protocol = Protocol::kUnknown;  ///< kUnknown: `type` is not a known term.
    /// The kind of its connection. Empty: it has none that could be kicked safely (HLS).
    std::optional<ConnectionKind> kind = {};

    bool operator==(const MediaReader&) const = default;
};

/// One entry of the path list.
struct MediaPath {
    std::string name;   ///< May be a key value: never show it unredacted.
    std::string entry;  ///< The name of the path entry that applies; empty: unknown.
    bool ready = false;
    std::optional<Timestamp> ready_since;
    std::optional<MediaSource> source;
    std::vector<std::string> tracks;
    std::uint64_t inbound_bytes = 0;  ///< Since the current source connected.
    std::uint64_t outbound_bytes = 0;
    std::optional<std::uint64_t> inbound_frames_in_error;  ///< Empty before MediaMTX counted them.
    std::vector<MediaReader> readers;

    bool operator==(const MediaPath&) const = default;
};

/// The state of a connection.
enum class ConnectionState {
    kIdle,        ///< It neither publishes nor reads yet. That of an announced RTSP session has a
                  ///< path.
    kPublishing,  ///< It publishes or is about to publish.
    kReading,
    kUnknown,
};

/// One entry of a connection list.
struct MediaConnection {
    ConnectionId id;
    /// The id that auth requests about it contained, if that is another one (RTSP before MediaMTX
    /// v1.19.3). Empty: `id`.
    ConnectionId auth_id;
    ConnectionKind kind = ConnectionKind::kRtmp;
    ConnectionState state = ConnectionState::kUnknown;
    std::string path;            ///< Empty while unknown. May be a key value.
    std::string remote_address;  ///< IP and port.
    std::string user_agent;      ///< Empty before MediaMTX v1.19.0.
    std::optional<Timestamp> created;
    std::uint64_t inbound_bytes = 0;
    std::uint64_t outbound_bytes = 0;

    bool operator==(const MediaConnection&) const = default;
};

/// A client that is connected over RTSP, by the ids that an auth request about it may contain.
struct MediaRtspClient {
    ConnectionId connection;
    ConnectionId session;  ///< Empty: it has none yet.

    bool operator==(const MediaRtspClient&) const = default;
};

/// The recording settings of a path.
struct MediaRecording {
    bool enabled = false;
    /// MediaMTX's own members (`recordPath`, `recordFormat`, …) without a change.
    JsonObject settings;

    bool operator==(const MediaRecording&) const = default;
};

/// A path entry that this library adds to a node at run time, so that the node pulls the path from
/// another address.
struct MediaPathConfig {
    std::string source;  ///< E.g. "rtsp://relay:TOKEN@127.0.0.1:8554/sk_…"; holds secrets.
    bool source_on_demand = true;
    std::string rtsp_transport = "tcp";
    // Empty: `pathDefaults` apply to a new entry; a change leaves the value as it is.
    std::optional<std::chrono::seconds> source_on_demand_start_timeout{5};
    std::optional<std::chrono::seconds> source_on_demand_close_after{10};
    std::optional<MediaRecording> recording;
};

/// A path entry of the configuration.
struct MediaPathEntry {
    std::string name;
    std::string source;  ///< "publisher", or the address that it is pulled from; may contain
                         ///< secrets and is never shown.
    bool source_on_demand = true;
    bool record = false;
    bool runs_on_init = false;   ///< It starts a program as soon as it exists (`runOnInit`).
    std::string rtsp_transport;  ///< In MediaMTX's words; empty: unknown.

    bool operator==(const MediaPathEntry&) const = default;
};

/// The control interface of one media server.
///
/// Every method is one or a few HTTP requests with a deadline and may answer kUnavailable (refused,
/// broken), kTimeout, kUnauthorized, kUnsupported (the server does not have that list, because the
/// protocol is switched off) and kInternal (the answer is not one of a media server). No method may
/// be called before an authentication request has been answered: MediaMTX may wait for that answer
/// before it serves the call.
///
/// Thread-safety: all methods may be called from any thread. Requests on RTSP sessions are made one
/// at a time, since MediaMTX can crash otherwise.
class MediaServer {
public:
    virtual ~MediaServer() = default;

    /// Returns its address without a credential, for logs.
    virtual std::string description() const = 0;

    virtual Result<MediaServerInfo> info() = 0;

    /// Returns all paths, from all pages of the list.
    virtual Result<std::vector<MediaPath>> list_paths() = 0;
    /// Returns one path. kNotFound: there is no such path at present.
    virtual Result<MediaPath> find_path(const std::string& name) = 0;

    /// Returns all connections of one kind, from all pages of the list.
    virtual Result<std::vector<MediaConnection>> list_connections(ConnectionKind kind) = 0;

    /// Returns the clients that are connected over RTSP. `kind` is kRtsp or kRtsps. Unlike the list
    /// of sessions, any number of programs may read this one at any time. kUnsupported: the server
    /// does not have the list.
    virtual Result<std::vector<MediaRtspClient>> list_rtsp_clients(ConnectionKind kind) = 0;

    /// Ends one connection. kNotFound: the connection does not exist (any more).
    virtual Result<void> kick(ConnectionKind kind, const ConnectionId& id) = 0;
    /// Removes what an interrupted kick may have left in the media server's configuration. Only the
    /// program that supervises the media server may call it: a kick that is in flight in another
    /// program may still need what this removes.
    virtual Result<void> remove_leftovers() { return {}; }

    /// Adds a path entry. A stream that is live on that path ends, because MediaMTX closes a path
    /// whose entry changes. An entry with a reserved name (see is_reserved_path_name) applies to
    /// every path without an entry of its own. kConflict: an entry of that name exists.
    virtual Result<void> add_path_config(const std::string& name,
                                         const MediaPathConfig& config) = 0;
    /// Changes a path entry; a publisher on that path is disconnected. kNotFound. kInvalidArgument:
    /// the other settings of the entry do not permit the change.
    virtual Result<void> patch_path_config(const std::string& name,
                                           const MediaPathConfig& config) = 0;
    /// kNotFound.
    virtual Result<void> delete_path_config(const std::string& name) = 0;
    /// Returns all path entries of the configuration, without those that a removal of an RTSP
    /// publisher adds for a moment.
    virtual Result<std::vector<MediaPathEntry>> list_path_configs() = 0;
    /// Returns the recording settings of a path without an entry of its own: those of the entry for
    /// all other paths (`all_others`, `all`), or those of `pathDefaults` if there is none. Changes
    /// nothing.
    virtual Result<MediaRecording> default_recording() { return MediaRecording{}; }

    /// Returns the configuration that is in use. Changes nothing. kUnsupported: this media server
    /// has none.
    virtual Result<MediaConfiguration> configuration() {
        return Error{
            ErrorCode::kUnsupported, "The media server does not have this function.", {}, {}};
    }
};

}  // namespace rescuestream
