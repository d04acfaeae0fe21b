#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// What a media server says of itself.
struct MediaServerInfo {
    std::string version;               ///< E.g. "v1.20.1"; trimmed.
    std::optional<Timestamp> started;  ///< Another value than before: it was restarted.

    bool operator==(const MediaServerInfo&) const = default;
};

/// What a connection is, and in which of MediaMTX's lists it stands. Only lists that are safe to
/// ask for at every release are here: its HLS lists can freeze it for ever.
enum class ConnectionKind {
    kRtmp,    ///< rtmpconns
    kRtmps,   ///< rtmpsconns
    kRtsp,    ///< rtspsessions
    kRtsps,   ///< rtspssessions
    kSrt,     ///< srtconns
    kWebRtc,  ///< webrtcsessions
};

Protocol protocol_of(ConnectionKind kind) noexcept;

/// What feeds a path.
struct MediaSource {
    std::string
        type;         ///< The media server's word, for example "rtmpConn". Only for people to read.
    ConnectionId id;  ///< Empty for sources that are no publishers (a relay, a camera).
    /// What its connection is; empty: nothing that could be kicked.
    std::optional<ConnectionKind> kind;
    /// The media server may have asked about this publisher with another connection id.
    bool id_may_differ = false;

    bool operator==(const MediaSource&) const = default;
};

/// kUnknown for a source that is no publisher's connection.
Protocol protocol_of(const MediaSource& source) noexcept;

struct MediaReader {
    std::string type;  ///< The media server's word, for example "hlsSession".
    ConnectionId id;
    Protocol protocol = Protocol::kUnknown;  ///< kUnknown: `type` is a word that is not known.

    bool operator==(const MediaReader&) const = default;
};

/// One entry of the path list.
struct MediaPath {
    std::string name;  ///< May be a key value: never show it unredacted.
    bool ready = false;
    std::optional<Timestamp> ready_since;
    std::optional<MediaSource> source;
    std::vector<std::string> tracks;
    std::uint64_t inbound_bytes = 0;  ///< Since the source came; restarts with each source.
    std::uint64_t outbound_bytes = 0;
    std::optional<std::uint64_t> inbound_frames_in_error;  ///< Empty before MediaMTX counted them.
    std::vector<MediaReader> readers;

    bool operator==(const MediaPath&) const = default;
};

/// What a connection does.
enum class ConnectionState {
    kIdle,        ///< It was accepted and neither publishes nor reads yet.
    kPublishing,  ///< It publishes, or is about to.
    kReading,
    kUnknown,
};

/// One entry of a connection list.
struct MediaConnection {
    ConnectionId id;
    ConnectionKind kind = ConnectionKind::kRtmp;
    ConnectionState state = ConnectionState::kUnknown;
    std::string path;            ///< Empty while nothing is known. May be a key value.
    std::string remote_address;  ///< IP and port.
    std::string user_agent;      ///< Empty before MediaMTX v1.19.0.
    std::optional<Timestamp> created;
    std::uint64_t inbound_bytes = 0;
    std::uint64_t outbound_bytes = 0;

    bool operator==(const MediaConnection&) const = default;
};

/// What is recorded of a path.
struct MediaRecording {
    bool enabled = false;
    /// How: MediaMTX's own members (`recordPath`, `recordFormat`, …), as it gave them.
    JsonObject settings;

    bool operator==(const MediaRecording&) const = default;
};

/// A path entry that we add to a node at run time: a pull of another address.
struct MediaPathConfig {
    std::string source;  ///< E.g. "rtsp://relay:TOKEN@127.0.0.1:8554/sk_…"; holds secrets.
    bool source_on_demand = true;
    std::chrono::seconds source_on_demand_start_timeout{5};
    std::chrono::seconds source_on_demand_close_after{10};
    std::optional<MediaRecording> recording;  ///< Empty: as `pathDefaults` say.
};

/// A path entry of the configuration.
struct MediaPathEntry {
    std::string name;
    std::string
        source;  ///< "publisher", or where it is pulled from; may hold secrets: never shown.
    bool source_on_demand = true;

    bool operator==(const MediaPathEntry&) const = default;
};

/// The control interface of one media server.
///
/// Every method is one or a few HTTP requests with a deadline and may answer kUnavailable (refused,
/// broken), kTimeout, kUnauthorized, kUnsupported (the server has no such list: a protocol that is
/// switched off) and kInternal (it answers, but not as a media server does). Never called while an
/// authentication request is being answered: MediaMTX would wait for itself.
///
/// Thread-safety: all methods may be called from any thread. Requests on RTSP sessions are made one
/// at a time, since MediaMTX can crash otherwise.
class MediaServer {
public:
    virtual ~MediaServer() = default;

    /// Where it is, without a credential: for logs.
    virtual std::string description() const = 0;

    virtual Result<MediaServerInfo> info() = 0;

    /// Every path, all pages of it.
    virtual Result<std::vector<MediaPath>> list_paths() = 0;
    /// kNotFound: no such path at present.
    virtual Result<MediaPath> find_path(const std::string& name) = 0;

    /// Every connection of one kind, all pages. Empty when the protocol is switched off.
    virtual Result<std::vector<MediaConnection>> list_connections(ConnectionKind kind) = 0;

    /// Ends one connection. kNotFound: it is not there (any more).
    virtual Result<void> kick(ConnectionKind kind, const ConnectionId& id) = 0;
    /// Removes what an interrupted kick may have left in the media server's configuration. Only the
    /// program that looks after the media server may call it: a kick of another program may still
    /// need it.
    virtual Result<void> remove_leftovers() { return {}; }

    /// What was live at that path ends: MediaMTX closes a path whose entry is another than before.
    /// A reserved name (see is_reserved_path_name) is an entry of every path that has no other.
    /// kConflict: there is an entry of that name already.
    virtual Result<void> add_path_config(const std::string& name,
                                         const MediaPathConfig& config) = 0;
    /// kNotFound.
    virtual Result<void> patch_path_config(const std::string& name,
                                           const MediaPathConfig& config) = 0;
    /// kNotFound.
    virtual Result<void> delete_path_config(const std::string& name) = 0;
    /// All path entries that the configuration holds.
    virtual Result<std::vector<MediaPathEntry>> list_path_configs() = 0;
    /// What is recorded of a path without an entry of its own: by the entry for everybody's paths
    /// (`all_others`, `all`), or by `pathDefaults` where there is none. Only reads.
    virtual Result<MediaRecording> default_recording() { return MediaRecording{}; }
};

}  // namespace rescuestream
