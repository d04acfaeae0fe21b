#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rescuestream/time.hpp"

namespace rescuestream {

/// A kind of request for which a media server asks nobody.
struct MediaAuthExclusion {
    std::string action;  ///< "publish", "api", …; empty: every action.
    std::string path;    ///< Empty: every path.

    bool operator==(const MediaAuthExclusion&) const = default;
};

/// One of the services of a media server.
struct MediaService {
    std::string name;  ///< MediaMTX's name of the setting: "api", "rtsp", …
    bool enabled = false;
    std::string address;  ///< "127.0.0.1:9997", ":8554"

    bool operator==(const MediaService&) const = default;
};

/// The settings that apply to the paths of one entry, with the defaults filled in.
struct MediaPathSettings {
    std::string name;                  ///< "all_others", "~^live/", "cam1"; empty: `pathDefaults`.
    std::string source = "publisher";  ///< May contain secrets: never shown.
    bool override_publisher = true;
    bool record = false;
    /// The commands that are set: ("runOnDemand", "ffmpeg …"). May contain secrets: never shown.
    std::vector<std::pair<std::string, std::string>> commands;

    /// Returns the command; empty: it is not set.
    std::string_view command(std::string_view setting) const noexcept {
        for (const auto& [name_of_one, text] : commands) {
            if (name_of_one == setting) return text;
        }
        return {};
    }
    bool operator==(const MediaPathSettings&) const = default;
};

/// The configuration that a media server uses at present, as far as this installation depends on
/// it. The members have MediaMTX's names.
struct MediaConfiguration {
    std::string auth_method = "internal";
    std::string auth_http_address;  ///< May contain a secret: never shown.
    std::vector<MediaAuthExclusion> auth_http_exclude;
    std::vector<std::string> api_allow_origins;
    std::string log_level;
    /// api, metrics, pprof, playback, rtsp, rtmp, hls, webrtc, srt, moq; those that the release
    /// knows.
    std::vector<MediaService> services;
    MediaPathSettings path_defaults;
    std::vector<MediaPathSettings> paths;
    std::optional<Timestamp> clock;  ///< The media server's clock, to the second, when it answered.

    /// Returns null if the release does not know the service.
    const MediaService* service(std::string_view name) const noexcept {
        for (const auto& each : services) {
            if (each.name == name) return &each;
        }
        return nullptr;
    }
    bool operator==(const MediaConfiguration&) const = default;
};

}  // namespace rescuestream
