#pragma once

#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream {

/// The addresses at which encoders and viewers reach a media server.
struct PublicAddresses {
    std::string webrtc = "http://localhost:8889";
    std::string hls = "http://localhost:8888";
    std::string rtsp = "rtsp://localhost:8554";
    std::string rtmp = "rtmp://localhost:1935";
    std::string srt = "srt://localhost:8890";

    bool operator==(const PublicAddresses&) const = default;
};

/// Returns addresses of which `webrtc` is `webrtc_url`, and the others have its host and MediaMTX's
/// default ports. kInvalidArgument: `webrtc_url` is not an http or https URL.
Result<PublicAddresses> derive_public_addresses(std::string_view webrtc_url);

/// Where a stream can be watched.
struct ViewerAddresses {
    std::string hls;
    std::string webrtc;
    std::string rtsp;
};

/// What a person enters into an encoder. The texts contain the key value.
struct EncoderAddresses {
    std::string obs_server;      ///< OBS: Settings, Stream, "Server".
    std::string obs_stream_key;  ///< OBS: Settings, Stream, "Stream Key".
    std::string rtmp;
    std::string rtsp;
    std::string srt;
    std::string whip;         ///< Needs `Authorization: Bearer <key value>`.
    std::string legacy_rtmp;  ///< For devices that can only send a path; empty if denied.
};

}  // namespace rescuestream
