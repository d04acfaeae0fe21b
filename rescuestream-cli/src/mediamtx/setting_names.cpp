#include "mediamtx/setting_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "support/ascii.hpp"

namespace rescuestream::cli {
namespace {

// Every name that a release from v1.15.6 to v1.20.1 knows, older ones that they still read
// included. Source: internal/conf/conf.go, path.go, and /v3/config/global/get of each release.
constexpr std::array<std::string_view, 151> kGlobalNames{"api",
                                                         "apiAddress",
                                                         "apiAllowOrigin",
                                                         "apiAllowOrigins",
                                                         "apiEncryption",
                                                         "apiServerCert",
                                                         "apiServerKey",
                                                         "apiTrustedProxies",
                                                         "authHTTPAddress",
                                                         "authHTTPExclude",
                                                         "authHTTPFingerprint",
                                                         "authInternalUsers",
                                                         "authJWTAudience",
                                                         "authJWTClaimKey",
                                                         "authJWTExclude",
                                                         "authJWTInHTTPQuery",
                                                         "authJWTIssuer",
                                                         "authJWTJWKS",
                                                         "authJWTJWKSFingerprint",
                                                         "authMethod",
                                                         "authMethods",
                                                         "dumpPackets",
                                                         "encryption",
                                                         "externalAuthenticationURL",
                                                         "hls",
                                                         "hlsAddress",
                                                         "hlsAllowOrigin",
                                                         "hlsAllowOrigins",
                                                         "hlsAlwaysRemux",
                                                         "hlsCDNSecret",
                                                         "hlsDirectory",
                                                         "hlsDisable",
                                                         "hlsEncryption",
                                                         "hlsMuxerCloseAfter",
                                                         "hlsPartDuration",
                                                         "hlsSegmentCount",
                                                         "hlsSegmentDuration",
                                                         "hlsSegmentMaxSize",
                                                         "hlsServerCert",
                                                         "hlsServerKey",
                                                         "hlsTrustedProxies",
                                                         "hlsVariant",
                                                         "logDestinations",
                                                         "logFile",
                                                         "logLevel",
                                                         "logStructured",
                                                         "metrics",
                                                         "metricsAddress",
                                                         "metricsAllowOrigin",
                                                         "metricsAllowOrigins",
                                                         "metricsEncryption",
                                                         "metricsServerCert",
                                                         "metricsServerKey",
                                                         "metricsTrustedProxies",
                                                         "moq",
                                                         "moqAllowOrigins",
                                                         "moqHTTP2Address",
                                                         "moqHTTP3Address",
                                                         "moqQUICAddress",
                                                         "moqServerCert",
                                                         "moqServerKey",
                                                         "moqTrustedProxies",
                                                         "multicastIPRange",
                                                         "multicastRTCPPort",
                                                         "multicastRTPPort",
                                                         "multicastSRTCPPort",
                                                         "multicastSRTPPort",
                                                         "pathDefaults",
                                                         "paths",
                                                         "playback",
                                                         "playbackAddress",
                                                         "playbackAllowOrigin",
                                                         "playbackAllowOrigins",
                                                         "playbackEncryption",
                                                         "playbackServerCert",
                                                         "playbackServerKey",
                                                         "playbackTrustedProxies",
                                                         "pprof",
                                                         "pprofAddress",
                                                         "pprofAllowOrigin",
                                                         "pprofAllowOrigins",
                                                         "pprofEncryption",
                                                         "pprofServerCert",
                                                         "pprofServerKey",
                                                         "pprofTrustedProxies",
                                                         "protocols",
                                                         "readBufferCount",
                                                         "readTimeout",
                                                         "record",
                                                         "recordDeleteAfter",
                                                         "recordFormat",
                                                         "recordPartDuration",
                                                         "recordPath",
                                                         "recordSegmentDuration",
                                                         "rtcpAddress",
                                                         "rtmp",
                                                         "rtmpAddress",
                                                         "rtmpDisable",
                                                         "rtmpEncryption",
                                                         "rtmpServerCert",
                                                         "rtmpServerKey",
                                                         "rtmpTrustedProxies",
                                                         "rtmpsAddress",
                                                         "rtpAddress",
                                                         "rtsp",
                                                         "rtspAddress",
                                                         "rtspAuthMethods",
                                                         "rtspDisable",
                                                         "rtspEncryption",
                                                         "rtspServerCert",
                                                         "rtspServerKey",
                                                         "rtspTransports",
                                                         "rtspTrustedProxies",
                                                         "rtspUDPReadBufferSize",
                                                         "rtspsAddress",
                                                         "runOnConnect",
                                                         "runOnConnectRestart",
                                                         "runOnDisconnect",
                                                         "serverCert",
                                                         "serverKey",
                                                         "srt",
                                                         "srtAddress",
                                                         "srtcpAddress",
                                                         "srtpAddress",
                                                         "sysLogPrefix",
                                                         "udpMaxPayloadSize",
                                                         "udpReadBufferSize",
                                                         "webrtc",
                                                         "webrtcAdditionalHosts",
                                                         "webrtcAddress",
                                                         "webrtcAllowOrigin",
                                                         "webrtcAllowOrigins",
                                                         "webrtcDisable",
                                                         "webrtcEncryption",
                                                         "webrtcHandshakeTimeout",
                                                         "webrtcICEHostNAT1To1IPs",
                                                         "webrtcICEServers",
                                                         "webrtcICEServers2",
                                                         "webrtcICETCPMuxAddress",
                                                         "webrtcICEUDPMuxAddress",
                                                         "webrtcIPsFromInterfaces",
                                                         "webrtcIPsFromInterfacesList",
                                                         "webrtcLocalTCPAddress",
                                                         "webrtcLocalUDPAddress",
                                                         "webrtcSTUNGatherTimeout",
                                                         "webrtcServerCert",
                                                         "webrtcServerKey",
                                                         "webrtcTrackGatherTimeout",
                                                         "webrtcTrustedProxies",
                                                         "writeQueueSize",
                                                         "writeTimeout"};
constexpr std::array<std::string_view, 114> kPathNames{"alwaysAvailable",
                                                       "alwaysAvailableFile",
                                                       "alwaysAvailableTracks",
                                                       "disablePublisherOverride",
                                                       "fallback",
                                                       "forward",
                                                       "maxReaders",
                                                       "moqTransport",
                                                       "mpegtsUDPReadBufferSize",
                                                       "overridePublisher",
                                                       "playback",
                                                       "publishIPs",
                                                       "publishPass",
                                                       "publishUser",
                                                       "readIPs",
                                                       "readPass",
                                                       "readUser",
                                                       "record",
                                                       "recordDeleteAfter",
                                                       "recordFormat",
                                                       "recordMaxPartSize",
                                                       "recordPartDuration",
                                                       "recordPath",
                                                       "recordSegmentDuration",
                                                       "rpiCameraAWB",
                                                       "rpiCameraAWBGains",
                                                       "rpiCameraAfMode",
                                                       "rpiCameraAfRange",
                                                       "rpiCameraAfSpeed",
                                                       "rpiCameraAfWindow",
                                                       "rpiCameraBitrate",
                                                       "rpiCameraBrightness",
                                                       "rpiCameraCamID",
                                                       "rpiCameraCodec",
                                                       "rpiCameraContrast",
                                                       "rpiCameraDenoise",
                                                       "rpiCameraEV",
                                                       "rpiCameraExposure",
                                                       "rpiCameraFPS",
                                                       "rpiCameraFlickerPeriod",
                                                       "rpiCameraGain",
                                                       "rpiCameraH264Level",
                                                       "rpiCameraH264Profile",
                                                       "rpiCameraHDR",
                                                       "rpiCameraHFlip",
                                                       "rpiCameraHardwareH264Level",
                                                       "rpiCameraHardwareH264Profile",
                                                       "rpiCameraHeight",
                                                       "rpiCameraIDRPeriod",
                                                       "rpiCameraJPEGQuality",
                                                       "rpiCameraLensPosition",
                                                       "rpiCameraLevel",
                                                       "rpiCameraMJPEGQuality",
                                                       "rpiCameraMetering",
                                                       "rpiCameraMode",
                                                       "rpiCameraProfile",
                                                       "rpiCameraROI",
                                                       "rpiCameraSaturation",
                                                       "rpiCameraSecondary",
                                                       "rpiCameraSharpness",
                                                       "rpiCameraShutter",
                                                       "rpiCameraSoftwareH264Level",
                                                       "rpiCameraSoftwareH264Profile",
                                                       "rpiCameraTextOverlay",
                                                       "rpiCameraTextOverlayEnable",
                                                       "rpiCameraTuningFile",
                                                       "rpiCameraVFlip",
                                                       "rpiCameraWidth",
                                                       "rtpSDP",
                                                       "rtpUDPReadBufferSize",
                                                       "rtspAnyPort",
                                                       "rtspDemuxMpegts",
                                                       "rtspRangeStart",
                                                       "rtspRangeType",
                                                       "rtspScale",
                                                       "rtspTransport",
                                                       "rtspUDPReadBufferSize",
                                                       "rtspUDPSourcePortRange",
                                                       "runOnAvailable",
                                                       "runOnAvailableRestart",
                                                       "runOnDemand",
                                                       "runOnDemandCloseAfter",
                                                       "runOnDemandRestart",
                                                       "runOnDemandStartTimeout",
                                                       "runOnInit",
                                                       "runOnInitRestart",
                                                       "runOnNotReady",
                                                       "runOnOffline",
                                                       "runOnOnline",
                                                       "runOnOnlineRestart",
                                                       "runOnRead",
                                                       "runOnReadRestart",
                                                       "runOnReady",
                                                       "runOnReadyRestart",
                                                       "runOnRecordSegmentComplete",
                                                       "runOnRecordSegmentCreate",
                                                       "runOnUnDemand",
                                                       "runOnUnavailable",
                                                       "runOnUnread",
                                                       "source",
                                                       "sourceAnyPortEnable",
                                                       "sourceFingerprint",
                                                       "sourceOnDemand",
                                                       "sourceOnDemandCloseAfter",
                                                       "sourceOnDemandStartTimeout",
                                                       "sourceProtocol",
                                                       "sourceRedirect",
                                                       "srtPublishPassphrase",
                                                       "srtReadPassphrase",
                                                       "useAbsoluteTimestamp",
                                                       "whepBearerToken",
                                                       "whepHandshakeTimeout",
                                                       "whepSTUNGatherTimeout",
                                                       "whepTrackGatherTimeout"};
// Settings that have parts: MTX_AUTHINTERNALUSERS_0_USER.
constexpr std::array<std::string_view, 6> kWithParts{"authInternalUsers",     "authHTTPExclude",
                                                     "authJWTExclude",        "webrtcICEServers2",
                                                     "alwaysAvailableTracks", "forward"};

std::string in_capitals(std::string_view name) {
    std::string text(name);
    for (char& c : text) {
        if (is_lower(c)) c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

// The number of letters to add, remove or replace, or of neighbours to exchange.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before;
    std::vector<std::size_t> last(right.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::vector<std::size_t> row(right.size() + 1, i);
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const bool is_same = left[i - 1] == right[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (is_same ? 0U : 1U)});
            const bool is_exchanged =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (is_exchanged) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::move(last);
        last = std::move(row);
    }
    return last[right.size()];
}

template <class Names>
bool knows(const Names& names, std::string_view variable) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return in_capitals(name) == variable; });
}

template <class Names>
std::string nearest(const Names& names, std::string_view variable) {
    const std::string wanted = in_capitals(variable);
    std::size_t least = std::max<std::size_t>(1, wanted.size() / 4) + 1;
    std::string found;
    for (const auto name : names) {
        const std::string capitals = in_capitals(name);
        const std::size_t difference = distance(wanted, capitals);
        if (difference >= least) continue;
        least = difference;
        found = capitals;
    }
    return found;
}

// Whether MediaMTX reads the setting, or a part of it.
template <class Names>
bool is_setting(const Names& names, std::string_view variable) {
    if (knows(names, variable)) return true;
    const auto end = variable.find('_');
    if (end == std::string_view::npos) return false;
    const auto whole = variable.substr(0, end);
    return knows(names, whole) && knows(kWithParts, whole);
}

}  // namespace

bool is_mediamtx_setting(std::string_view variable, bool is_of_path) {
    return is_of_path ? is_setting(kPathNames, variable) : is_setting(kGlobalNames, variable);
}

std::string nearest_mediamtx_setting(std::string_view variable, bool is_of_path) {
    return is_of_path ? nearest(kPathNames, variable) : nearest(kGlobalNames, variable);
}

}  // namespace rescuestream::cli
