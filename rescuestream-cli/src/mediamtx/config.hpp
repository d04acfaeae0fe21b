#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream::cli {

/// A release of MediaMTX, "v1.20.1".
struct MediaMtxVersion {
    int major = 0;
    int minor = 0;
    int patch = 0;

    auto operator<=>(const MediaMtxVersion&) const = default;
};

/// Reads "v1.20.1", "1.20.1", "v1.20.1-6-g3e09466c". Returns nothing for any other text.
std::optional<MediaMtxVersion> parse_mediamtx_version(std::string_view text);

/// The parameters of a MediaMTX configuration for this installation.
struct MediaMtxConfig {
    std::string server_origin;  ///< http(s)://host[:port] of rescuestream-server.
    Secret media_secret;        ///< Empty: MediaMTX need not send one.
    std::string node;           ///< Empty: the default node.
    /// The file from which hooks read it; empty: they read it from MediaMTX's environment.
    std::string media_secret_file;
    std::string hook_program;  ///< Absolute path of this program; empty: no hooks.
    /// Empty: one file for every release since v1.15.6.
    std::optional<MediaMtxVersion> version;
    std::string log_level = "error";
    std::string bind;                    ///< Address of the media ports; empty: every interface.
    std::string api_bind = "127.0.0.1";  ///< IP address of API, metrics, playback.
    std::uint16_t api_port = 9997;
    std::uint16_t rtsp_port = 8554;
    std::uint16_t rtp_port = 8000;  ///< RTCP takes the next one.
    std::uint16_t rtmp_port = 1935;
    std::uint16_t hls_port = 8888;
    std::uint16_t webrtc_port = 8889;
    std::uint16_t webrtc_udp_port = 8189;
    std::uint16_t srt_port = 8890;
    std::optional<std::uint16_t> metrics_port;
    std::optional<std::uint16_t> playback_port;
    /// The paths to which programs that MediaMTX starts may publish, and user name and password
    /// with which they do. An empty `helper_userinfo` is not known here.
    std::vector<std::string> helper_paths;
    Secret helper_userinfo;
    std::string record_directory;           ///< Empty: nothing is recorded.
    std::vector<std::string> public_hosts;  ///< The hosts by which viewers reach WebRTC behind NAT.
};

/// Returns the first line of every file that `render_mediamtx_config` generates.
std::string_view mediamtx_config_mark() noexcept;

/// Returns a complete, commented mediamtx.yml. kInvalidArgument: two listeners use one port,
/// MediaMTX would change the program path, or an address is malformed.
Result<std::string> render_mediamtx_config(const MediaMtxConfig& config);

}  // namespace rescuestream::cli
