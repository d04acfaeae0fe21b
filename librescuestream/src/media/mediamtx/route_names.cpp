#include "media/mediamtx/route_names.hpp"

#include <charconv>
#include <tuple>

namespace rescuestream::mediamtx {
namespace {

constexpr std::pair kFirstNestedRelease{1U, 21U};

// Reads "v1.20.1" and "1.20.1-6-g3e09466c" as {1, 20}.
std::optional<std::pair<unsigned, unsigned>> release_of(std::string_view version) noexcept {
    if (version.starts_with('v')) version.remove_prefix(1);
    unsigned major = 0;
    unsigned minor = 0;
    const char* const end = version.data() + version.size();
    const auto [after_major, major_error] = std::from_chars(version.data(), end, major);
    if (major_error != std::errc{} || after_major == end || *after_major != '.') {
        return std::nullopt;
    }
    if (std::from_chars(after_major + 1, end, minor).ec != std::errc{}) return std::nullopt;
    return std::pair{major, minor};
}

}  // namespace

std::string_view list_name(ConnectionKind kind, RouteSpelling spelling) noexcept {
    const bool joined = spelling == RouteSpelling::kJoined;
    switch (kind) {
        case ConnectionKind::kRtmp:
            return joined ? "rtmpconns" : "rtmp/conns";
        case ConnectionKind::kRtmps:
            return joined ? "rtmpsconns" : "rtmps/conns";
        case ConnectionKind::kRtsp:
            return joined ? "rtspsessions" : "rtsp/sessions";
        case ConnectionKind::kRtsps:
            return joined ? "rtspssessions" : "rtsps/sessions";
        case ConnectionKind::kSrt:
            return joined ? "srtconns" : "srt/conns";
        case ConnectionKind::kWebRtc:
            return joined ? "webrtcsessions" : "webrtc/sessions";
    }
    return "";
}

RouteSpelling expected_spelling(std::string_view version) noexcept {
    const auto release = release_of(version);
    return release && *release >= kFirstNestedRelease ? RouteSpelling::kNested
                                                      : RouteSpelling::kJoined;
}

void RouteNames::learn(const MediaServerInfo& info) {
    const std::lock_guard lock(mutex_);
    if (info_ == info) return;
    info_ = info;
    spelling_ = expected_spelling(info.version);
    has_worked_ = false;
}

std::pair<RouteSpelling, bool> RouteNames::current() const {
    const std::lock_guard lock(mutex_);
    return {spelling_, has_worked_};
}

void RouteNames::remember(RouteSpelling spelling) {
    const std::lock_guard lock(mutex_);
    spelling_ = spelling;
    has_worked_ = true;
}

}  // namespace rescuestream::mediamtx
