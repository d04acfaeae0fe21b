#include "media/mediamtx/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rescuestream::mediamtx {
namespace {

constexpr std::array<std::pair<ConnectionKind, std::string_view>, 6> kConnectionWords{{
    {ConnectionKind::kRtmp, "rtmpConn"},
    {ConnectionKind::kRtmps, "rtmpsConn"},
    {ConnectionKind::kRtsp, "rtspSession"},
    {ConnectionKind::kRtsps, "rtspsSession"},
    {ConnectionKind::kSrt, "srtConn"},
    {ConnectionKind::kWebRtc, "webRTCSession"},
}};

// The beginnings of terms such as "hlsSession", "hlsMuxer" and "rtspsSource".
constexpr std::array<std::pair<Protocol, std::string_view>, 6> kProtocolPrefixes{{
    {Protocol::kRtmp, "rtmp"},
    {Protocol::kRtsp, "rtsp"},
    {Protocol::kSrt, "srt"},
    {Protocol::kWebRtc, "webRTC"},
    {Protocol::kHls, "hls"},
    {Protocol::kMoq, "moq"},
}};

constexpr std::array<std::string_view, 4> kSuffixes{"Conn", "Session", "Source", "Muxer"};

char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::optional<ConnectionKind> connection_kind_of(std::string_view type) noexcept {
    for (const auto& [kind, word] : kConnectionWords) {
        if (word == type) return kind;
    }
    return std::nullopt;
}

std::string_view word_of(ConnectionKind kind) noexcept {
    for (const auto& [each, word] : kConnectionWords) {
        if (each == kind) return word;
    }
    return "";
}

Protocol protocol_of(std::string_view type) noexcept {
    for (const auto& [protocol, prefix] : kProtocolPrefixes) {
        if (type.starts_with(prefix)) return protocol;
    }
    return Protocol::kUnknown;
}

ConnectionState connection_state_of(std::string_view word) noexcept {
    if (word == "idle") return ConnectionState::kIdle;
    if (word == "publish") return ConnectionState::kPublishing;
    if (word == "read") return ConnectionState::kReading;
    return ConnectionState::kUnknown;
}

std::string display_name(std::string_view type) {
    for (const std::string_view suffix : kSuffixes) {
        if (!type.ends_with(suffix)) continue;
        type.remove_suffix(suffix.size());
        break;
    }
    if (type == "webRTC") return "WebRTC";
    std::string name(type);
    std::transform(name.begin(), name.end(), name.begin(), upper);
    return name;
}

}  // namespace rescuestream::mediamtx
