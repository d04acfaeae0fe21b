#include "rescuestream/addresses.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "support/url.hpp"

namespace rescuestream {
namespace {

constexpr std::uint16_t kWebRtcPort = 8889;
constexpr std::uint16_t kHlsPort = 8888;

}  // namespace

PublicAddresses::PublicAddresses()
    : AddressMembers{.webrtc = "http://localhost:8889",
                     .hls = "http://localhost:8888",
                     .rtsp = "rtsp://localhost:8554",
                     .rtmp = "rtmp://localhost:1935",
                     .srt = "srt://localhost:8890"} {}

Result<PublicAddresses> derive_public_addresses(std::string_view webrtc_url) {
    if (const auto problem = check_public_address(webrtc_url, "http")) {
        return Error{ErrorCode::kInvalidArgument, "The address " + *problem + ".", {}, {}};
    }
    const auto url = parse_http_url(webrtc_url);
    const std::string host =
        url->host.find(':') == std::string::npos ? url->host : "[" + url->host + "]";
    HttpUrl hls = *url;
    if (hls.port == kWebRtcPort) hls.port = kHlsPort;

    PublicAddresses addresses;
    addresses.webrtc = without_trailing_slash(webrtc_url);
    addresses.hls = without_trailing_slash(hls.origin() + hls.path);
    addresses.rtsp = fmt::format("rtsp://{}:8554", host);
    addresses.rtmp = fmt::format("rtmp://{}:1935", host);
    addresses.srt = fmt::format("srt://{}:8890", host);
    return addresses;
}

}  // namespace rescuestream
