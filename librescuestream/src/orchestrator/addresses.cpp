#include "orchestrator/addresses.hpp"

#include <fmt/format.h>

#include "support/url.hpp"

namespace rescuestream {
namespace {

// `rtsp://host:8554` → `rtsp://user:password@host:8554`
std::string with_credential(std::string_view url, std::string_view user,
                            std::string_view password) {
    const auto authority = url.find("://") + 3;
    return fmt::format("{}{}:{}@{}", url.substr(0, authority), user, password,
                       url.substr(authority));
}

}  // namespace

ViewerAddresses make_viewer_addresses(const PublicAddresses& base, std::string_view path) {
    return {
        .hls = fmt::format("{}/{}/index.m3u8", without_trailing_slash(base.hls), path),
        .webrtc = fmt::format("{}/{}/whep", without_trailing_slash(base.webrtc), path),
        .rtsp = fmt::format("{}/{}", without_trailing_slash(base.rtsp), path),
        .rtmp = fmt::format("{}/{}", without_trailing_slash(base.rtmp), path),
        .srt = fmt::format("{}?streamid=read:{}", without_trailing_slash(base.srt), path),
        .page = fmt::format("{}/{}/", without_trailing_slash(base.webrtc), path),
    };
}

ViewerAddresses with_token(ViewerAddresses addresses, std::string_view path,
                           const PublicAddresses& base, const Secret& token) {
    constexpr std::size_t kLongestStreamId = 512;
    for (auto* address :
         {&addresses.hls, &addresses.webrtc, &addresses.rtsp, &addresses.rtmp, &addresses.page}) {
        *address += "?jwt=" + token.reveal();
    }
    const std::string stream_id = fmt::format("read:{}:viewer:{}", path, token.reveal());
    addresses.srt =
        stream_id.size() > kLongestStreamId
            ? std::string()
            : fmt::format("{}?streamid={}", without_trailing_slash(base.srt), stream_id);
    return addresses;
}

EncoderAddresses make_encoder_addresses(const PublicAddresses& base, LegacyPathKeys legacy,
                                        std::string_view path, const Secret& value) {
    const std::string& secret = value.reveal();
    const std::string_view rtmp = without_trailing_slash(base.rtmp);
    const auto slash = path.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);

    EncoderAddresses addresses;
    // MediaMTX joins server and key with a slash: none may stand at the end of the server.
    addresses.obs_server = slash == std::string_view::npos
                               ? std::string(rtmp)
                               : fmt::format("{}/{}", rtmp, path.substr(0, slash));
    addresses.obs_stream_key = fmt::format("{}?pass={}", name, secret);
    addresses.rtmp = fmt::format("{}/{}?pass={}", rtmp, path, secret);
    addresses.rtsp = fmt::format(
        "{}/{}", with_credential(without_trailing_slash(base.rtsp), "publisher", secret), path);
    addresses.srt = fmt::format("{}?streamid=publish:{}:publisher:{}&pkt_size=1316",
                                without_trailing_slash(base.srt), path, secret);
    addresses.whip = fmt::format("{}/{}/whip", without_trailing_slash(base.webrtc), path);
    addresses.phone_page =
        fmt::format("{}/{}/publish?pass={}", without_trailing_slash(base.webrtc), path, secret);
    if (legacy != LegacyPathKeys::kDeny) addresses.legacy_rtmp = fmt::format("{}/{}", rtmp, secret);
    return addresses;
}

}  // namespace rescuestream
