#include "media/mediamtx/release.hpp"

#include <charconv>
#include <compare>
#include <optional>

namespace rescuestream::mediamtx {
namespace {

struct Version {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned patch = 0;

    auto operator<=>(const Version&) const = default;
};

constexpr Version kFirstWithNestedRoutes{1, 21, 0};
constexpr Version kFirstWithEqualRtspIds{1, 19, 3};

// Returns an empty optional if the version does not begin with two numbers. A missing third number
// is 0.
std::optional<Version> read_version(std::string_view text) noexcept {
    if (text.starts_with('v')) text.remove_prefix(1);
    const char* place = text.data();
    const char* const end = place + text.size();
    const auto read = [&place, end](unsigned& number) {
        const auto [after, error] = std::from_chars(place, end, number);
        if (error != std::errc{}) return false;
        place = after;
        return true;
    };
    const auto dot = [&place, end] { return place != end && *place++ == '.'; };
    Version version;
    if (!read(version.major) || !dot() || !read(version.minor)) return std::nullopt;
    if (dot() && !read(version.patch)) version.patch = 0;
    return version;
}

}  // namespace

Release release_of(const MediaServerInfo& info) {
    Release release{.identity = info};
    const auto version = read_version(info.version);
    if (!version) return release;
    if (*version >= kFirstWithNestedRoutes) release.spelling = RouteSpelling::kNested;
    release.rtsp_ids_agree = *version >= kFirstWithEqualRtspIds;
    return release;
}

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

std::string_view path_defaults_name(RouteSpelling spelling) noexcept {
    return spelling == RouteSpelling::kJoined ? "config/pathdefaults" : "config/path-defaults";
}

}  // namespace rescuestream::mediamtx
