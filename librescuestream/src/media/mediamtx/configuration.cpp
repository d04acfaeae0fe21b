#include "media/mediamtx/configuration.hpp"

#include <array>

#include "media/mediamtx/members.hpp"

namespace rescuestream::mediamtx {
namespace {

using rapidjson::Value;

struct ServiceNames {
    const char* flag;
    const char* address;
};

constexpr std::array kServices{
    ServiceNames{"api", "apiAddress"},     ServiceNames{"metrics", "metricsAddress"},
    ServiceNames{"pprof", "pprofAddress"}, ServiceNames{"playback", "playbackAddress"},
    ServiceNames{"rtsp", "rtspAddress"},   ServiceNames{"rtmp", "rtmpAddress"},
    ServiceNames{"hls", "hlsAddress"},     ServiceNames{"webrtc", "webrtcAddress"},
    ServiceNames{"srt", "srtAddress"},     ServiceNames{"moq", "moqQUICAddress"},
};

std::string string_of(const Value& value) {
    return value.IsString() ? std::string(value.GetString(), value.GetStringLength())
                            : std::string();
}

MediaPathSettings path_settings_of(const Value& value, Members& members) {
    MediaPathSettings settings;
    settings.name = members.text("name");
    if (members.has("source")) settings.source = members.text("source");
    settings.override_publisher = members.flag("overridePublisher", "", true);
    settings.record = members.flag("record");
    if (!value.IsObject()) return settings;
    for (const auto& member : value.GetObject()) {
        const std::string name = string_of(member.name);
        if (!name.starts_with("runOn")) continue;
        if (auto command = string_of(member.value);
            !command.empty() && !name.ends_with("Timeout") && !name.ends_with("CloseAfter")) {
            settings.commands.emplace_back(name, std::move(command));
        }
    }
    return settings;
}

Result<MediaPathSettings> entry_of(const Value& value) {
    Members members(value);
    auto settings = path_settings_of(value, members);
    if (settings.name.empty()) members.fail("name");
    if (!members.problem().empty()) return not_mediamtx("path entry: " + members.problem());
    return settings;
}

}  // namespace

Result<MediaConfiguration> read_configuration(std::string_view body) {
    const auto document = read_document(body);
    if (!document) return document.error();
    Members members(*document);
    MediaConfiguration found;
    found.auth_method = members.text("authMethod");
    found.auth_http_address = members.text("authHTTPAddress");
    found.log_level = members.text("logLevel");
    if (const Value* excluded = members.array("authHTTPExclude")) {
        for (const auto& each : excluded->GetArray()) {
            Members parts(each);
            found.auth_http_exclude.push_back({parts.text("action"), parts.text("path")});
            if (!parts.problem().empty()) members.fail("authHTTPExclude");
        }
    }
    // Before v1.15.4 it is one word.
    if (members.has("apiAllowOrigins")) {
        if (const Value* origins = members.array("apiAllowOrigins")) {
            for (const auto& each : origins->GetArray()) {
                found.api_allow_origins.push_back(string_of(each));
            }
        }
    } else if (auto origin = members.text("apiAllowOrigin"); !origin.empty()) {
        found.api_allow_origins.push_back(std::move(origin));
    }
    for (const auto& names : kServices) {
        if (!members.has(names.flag)) continue;
        found.services.push_back(
            {names.flag, members.flag(names.flag), members.text(names.address)});
    }
    if (found.auth_method.empty()) members.fail("authMethod");
    if (!members.problem().empty()) return not_mediamtx("configuration: " + members.problem());
    return found;
}

Result<MediaPathSettings> read_path_defaults(std::string_view body) {
    const auto document = read_document(body);
    if (!document) return document.error();
    Members members(*document);
    auto settings = path_settings_of(*document, members);
    settings.name.clear();
    if (!members.problem().empty()) return not_mediamtx("path defaults: " + members.problem());
    return settings;
}

Result<ListPage<MediaPathSettings>> read_path_settings(std::string_view body) {
    return read_list<MediaPathSettings>(body, entry_of);
}

}  // namespace rescuestream::mediamtx
