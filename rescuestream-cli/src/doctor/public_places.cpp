#include "doctor/public_places.hpp"

#include <utility>

#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli::doctor {
namespace {

std::uint16_t usual_port(std::string_view scheme) {
    if (scheme == "http") return 80;
    if (scheme == "https") return 443;
    if (scheme == "rtsp") return 554;
    if (scheme == "rtsps") return 322;
    if (scheme == "rtmp") return 1935;
    if (scheme == "rtmps") return 443;
    return 0;
}

}  // namespace

bool PublicPlace::is_of_this_machine() const {
    return host == "localhost" || is_loopback_address(host);
}

std::vector<PublicPlace> public_places(const PublicAddresses& addresses) {
    std::vector<PublicPlace> places{
        {"webrtc", "MEDIAMTX_PUBLIC_URL", "--webrtc", addresses.webrtc, {}, {}, 0},
        {"hls", "MEDIAMTX_HLS_URL", "--hls", addresses.hls, {}, {}, 0},
        {"rtsp", "MEDIAMTX_RTSP_URL", "--rtsp", addresses.rtsp, {}, {}, 0},
        {"rtmp", "MEDIAMTX_RTMP_URL", "--rtmp", addresses.rtmp, {}, {}, 0},
        {"srt", "MEDIAMTX_SRT_URL", "--srt", addresses.srt, {}, {}, 0},
    };
    std::erase_if(places, [](PublicPlace& place) {
        auto url = parse_url(place.url);
        if (!url) return true;
        place.scheme = std::move(url->scheme);
        place.host = std::move(url->host);
        place.port = url->port.value_or(usual_port(place.scheme));
        return place.port == 0;
    });
    return places;
}

}  // namespace rescuestream::cli::doctor
