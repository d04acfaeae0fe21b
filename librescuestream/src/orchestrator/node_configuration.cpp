#include "orchestrator/node_configuration.hpp"

#include "rescuestream/logger.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/redaction.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/time.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream {
namespace {

constexpr std::chrono::minutes kReadEvery{1};
constexpr std::uint16_t kRtspPort = 554;

std::string joined(const std::set<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + redact_key_values(name);
    return text;
}

}  // namespace

WithoutTakeover without_takeover(const MediaConfiguration& configuration) {
    WithoutTakeover found;
    for (const auto& entry : configuration.paths) {
        if (entry.source == "publisher" && !entry.override_publisher) {
            found.entries.insert(entry.name);
        }
    }
    found.is_inherited = !found.entries.empty() && !configuration.path_defaults.override_publisher;
    return found;
}

std::vector<PathNote> takeover_notes(const WithoutTakeover& found) {
    std::vector<PathNote> notes;
    const auto add = [&](const std::string& name) {
        notes.push_back(
            {redact_key_values(name), PathNoteKind::kNoTakeover, std::string(kWithoutTakeover)});
    };
    if (found.is_inherited) {
        add("pathDefaults");
    } else {
        for (const auto& name : found.entries) add(name);
    }
    return notes;
}

std::set<std::string> streams_without_takeover(const Round& round, const WithoutTakeover& found) {
    std::set<std::string> streams;
    if (found.entries.empty()) return streams;
    for (const auto& session : round.sessions) {
        const auto* path = path_of(round, session);
        if (path == nullptr || !session.stream || !found.entries.contains(path->entry)) continue;
        streams.insert(session.stream->path);
    }
    return streams;
}

std::optional<std::string> relay_obstacle(const MediaConfiguration& configuration,
                                          std::string_view relay_address) {
    const auto* rtsp = configuration.service("rtsp");
    const auto relay = parse_url(relay_address);
    if (rtsp == nullptr || !relay) return std::nullopt;
    if (!rtsp->enabled) {
        return "MediaMTX's RTSP server, over which devices are relayed that send their key as the "
               "path, is off: set rtsp: yes.";
    }
    const auto colon = rtsp->address.rfind(':');
    // Another scheme or host has a listener or a proxy of its own.
    const bool is_own = relay->host == "localhost" || is_loopback_address(relay->host);
    if (relay->scheme != "rtsp" || !is_own || colon == std::string::npos) return std::nullopt;
    const std::string port = std::to_string(relay->port.value_or(kRtspPort));
    const std::string host = rtsp->address.substr(0, colon);
    const bool is_bound_elsewhere =
        is_ip_address(host) && host != "0.0.0.0" && !is_loopback_address(host);
    if (rtsp->address.substr(colon + 1) == port && !is_bound_elsewhere) return std::nullopt;
    return "MediaMTX's RTSP server listens at " + rtsp->address +
           ", and devices that send their key as the path are relayed from " +
           std::string(relay_address) + ": correct MEDIAMTX_RELAY_URL.";
}

MediaAuthentication authentication_of(const MediaConfiguration& configuration) {
    MediaAuthentication found;
    if (configuration.auth_method != "http") {
        found.asks_nobody = "authMethod: " + configuration.auth_method;
    } else if (configuration.auth_http_address.empty()) {
        found.asks_nobody = "authHTTPAddress: (none)";
    } else {
        found.address = configuration.auth_http_address;
    }
    return found;
}

bool NodeConfiguration::refresh(bool at_once) {
    const auto now = clock_.steady_now();
    if (read_at_ && !at_once && now - *read_at_ < kReadEvery) return false;
    read_at_ = now;
    const auto configuration = media_server_.configuration();
    if (!configuration) return false;
    authentication_ = authentication_of(*configuration);
    relay_obstacle_ = rescuestream::relay_obstacle(*configuration, settings_.relay_address);
    auto found = rescuestream::without_takeover(*configuration);
    if (found == without_takeover_) return true;
    without_takeover_ = std::move(found);
    const auto& entries = without_takeover_.entries;
    if (entries.empty()) return true;
    logger_.warning(
        "the media server lets no encoder take over: set overridePublisher to yes",
        {{"node", node_},
         {"entries", without_takeover_.is_inherited ? "pathDefaults" : joined(entries)}});
    return true;
}

}  // namespace rescuestream
