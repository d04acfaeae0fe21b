#include "port_in_use.hpp"

#include <string_view>

namespace rescuestream::cli {
namespace {

std::uint16_t port_of_scheme(std::string_view scheme) {
    if (scheme == "http") return 80;
    if (scheme == "https") return 443;
    if (scheme == "rtsp") return 554;
    if (scheme == "rtsps") return 322;
    if (scheme == "rtmp") return 1935;
    if (scheme == "rtmps") return 443;
    return 0;
}

}  // namespace

std::uint16_t port_in_use(const Url& url) {
    return url.port.value_or(port_of_scheme(url.scheme));
}

}  // namespace rescuestream::cli
