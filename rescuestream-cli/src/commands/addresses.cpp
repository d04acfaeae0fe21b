#include "commands/addresses.hpp"

namespace rescuestream::cli {
namespace {

// Older servers do not have all of them.
void add_address(Details& details, const char* name, const std::string& address) {
    if (!address.empty()) details.add(name, address);
}

}  // namespace

void add_addresses(Details& details, const ViewerAddresses& addresses) {
    add_address(details, "Watch in a browser", addresses.page);
    add_address(details, "Watch by HLS", addresses.hls);
    add_address(details, "Watch by WHEP", addresses.webrtc);
    add_address(details, "Watch by RTSP", addresses.rtsp);
    add_address(details, "Watch by SRT", addresses.srt);
    add_address(details, "Watch by RTMP", addresses.rtmp);
}

void add_addresses(Details& details, const EncoderAddresses& addresses) {
    add_address(details, "Publish by RTMP", addresses.rtmp);
    add_address(details, "Publish by RTSP", addresses.rtsp);
    add_address(details, "Publish by SRT", addresses.srt);
    add_address(details, "Publish by WHIP", addresses.whip);
    add_address(details, "Publish by phone", addresses.phone_page);
}

}  // namespace rescuestream::cli
