#include "doctor/public_places.hpp"

#include <utility>

#include "port_in_use.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli::doctor {
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
        place.port = port_in_use(*url);
        place.scheme = std::move(url->scheme);
        place.host = std::move(url->host);
        return place.port == 0;
    });
    return places;
}

}  // namespace rescuestream::cli::doctor
