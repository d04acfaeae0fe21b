#include "mediamtx/consequences.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "port_in_use.hpp"
#include "rescuestream/addresses.hpp"
#include "settings/settings.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

class Consequences {
public:
    Consequences(const OwnerFile& file, const MoveTarget& target, Move& move)
        : file_(file), target_(target), move_(move) {}

    void tell() {
        const auto method = word_of(file_.setting("authMethod"), "internal");
        if (method == "internal") tell_users();
        if (method == "jwt") {
            add(Severity::kWarning, file_.setting("authMethod"), "authMethod",
                fmt::format(
                    "Tokens (JWT) are not read any more. Encoders that have one need a stream "
                    "key; viewers {}",
                    target_.is_signed()
                        ? "need a playback token (PLAYBACK_POLICY=signed)."
                        : "need no token: everybody who knows a path can watch it."));
        }
        tell_interfaces();
        tell_servers();
        tell_log();
        for (const auto* name : {"runOnConnect", "runOnDisconnect"}) {
            if (word_of(file_.setting(name)).empty()) continue;
            add(Severity::kNote, file_.setting(name), name,
                "Your program keeps running, also for clients that are refused.");
        }
    }

private:
    void add(Severity severity, const YamlMember* member, std::string subject,
             std::string message) {
        move_.findings.push_back({severity, member == nullptr ? 0 : member->line,
                                  std::move(subject), std::move(message), false});
    }

    void tell_users() {
        const auto* users = file_.setting("authInternalUsers");
        if (users == nullptr) {
            add(Severity::kWarning, nullptr, "authInternalUsers",
                fmt::format("Everybody may publish now (MediaMTX's default). After the move every "
                            "encoder needs a stream key. {}",
                            target_.is_signed() ? "Everybody may watch now; after the move every "
                                                  "viewer needs a playback token "
                                                  "(PLAYBACK_POLICY=signed)."
                                                : "Everybody may watch, as now."));
            return;
        }
        for (const auto& user : users->value->items) tell_user(*user);
    }

    void tell_user(const YamlNode& user) {
        auto name = word_of(user.find("user"), "any");
        const bool is_anybody = name == "any";
        // The digest of a name is as good as a secret.
        if (name.starts_with("sha256:") || name.starts_with("argon2:")) name = "with a digest";
        const auto subject = "user " + name;
        const auto* permissions = user.find("permissions");
        if (permissions == nullptr) return;
        const bool is_limited = !words_of(user.find("ips")).empty();
        for (const auto& permission : permissions->value->items) {
            const auto action = word_of(permission->find("action"));
            const auto path = word_of(permission->find("path"));
            const int line = permission->line;
            if (action == "publish") {
                move_.findings.push_back({Severity::kWarning, line, subject,
                                          publish_message(is_anybody, path, is_limited), false});
            } else if (action == "read" || action == "playback") {
                move_.findings.push_back(
                    read_finding(is_anybody && !is_limited, path, line, subject,
                                 action == "read" ? "watch" : "watch recordings of"));
            } else if (action == "api" || action == "metrics" || action == "pprof") {
                move_.findings.push_back(
                    {Severity::kNote, line, subject,
                     fmt::format("A program that uses {} needs the credential of this installation "
                                 "(user rescuestream, password in DATA_DIR/mediamtx-password).",
                                 action),
                     false});
            }
        }
    }

    static std::string publish_message(bool is_anybody, const std::string& path, bool is_limited) {
        const bool is_one_path = !path.empty() && !path.starts_with('~');
        return fmt::format(
            "{} Create a key (rescuestream-cli key create --broadcaster NAME{}{}) and give it to "
            "the encoder{}.",
            is_anybody ? "Everybody may publish here now; after the move every encoder needs a "
                         "stream key."
                       : "This password is not asked for any more: the encoder needs a stream key.",
            is_one_path ? " --path " + path : "", is_limited ? " --allowed-address ADDRESS" : "",
            is_anybody ? "" : " as its password; the user name can stay");
    }

    Finding read_finding(bool was_open, const std::string& path, int line, std::string subject,
                         std::string_view what) const {
        const auto where = path.empty() ? std::string("every path") : "the path";
        if (target_.is_signed()) {
            return {Severity::kWarning, line, std::move(subject),
                    fmt::format("{} After the move every viewer needs a playback token "
                                "(PLAYBACK_POLICY=signed), unless a key is public.",
                                was_open ? fmt::format("Everybody may {} {} now.", what, where)
                                         : "Passwords and addresses of viewers are not checked any "
                                           "more."),
                    false};
        }
        if (was_open) {
            return {Severity::kNote, line, std::move(subject),
                    fmt::format("Everybody may {} {}, as now.", what, where), false};
        }
        return {
            Severity::kWarning, line, std::move(subject),
            fmt::format("Passwords and addresses of viewers are not checked any more: everybody "
                        "who knows a path can {} it. If that must not be, limit who reaches "
                        "MediaMTX's ports for viewers.",
                        what),
            false};
    }

    void tell_interfaces() {
        if (flag_of(file_.setting("metrics"), false)) {
            add(Severity::kWarning, file_.setting("metrics"), "metrics",
                "Prometheus needs the credential of this installation (basic_auth), and should "
                "scrape /metrics?type=paths: the whole list can block MediaMTX.");
        }
        if (flag_of(file_.setting("playback"), false)) {
            add(Severity::kNote, file_.setting("playback"), "playback",
                "Recordings can be watched by everybody who may watch their path.");
        }
        const bool is_encrypted = flag_of(file_.setting("apiEncryption"), false);
        const int port = port_of(word_of(file_.setting("apiAddress")), 9997);
        // It stays at a loopback address of the owner's choice, which "localhost" may not be.
        std::string host = host_of(word_of(file_.setting("apiAddress")));
        const bool is_other_loopback = is_loopback_address(host) && host != "127.0.0.1";
        const auto known = parse_http_url(target_.known.api_url);
        const bool is_known = known && known->port == port &&
                              known->scheme == (is_encrypted ? "https" : "http") &&
                              (!is_other_loopback || known->host == host);
        if (!is_other_loopback) host = "127.0.0.1";
        if (host.find(':') != std::string::npos) host = "[" + host + "]";
        if (!is_known && (is_encrypted || port != 9997 || is_other_loopback)) {
            add(Severity::kWarning, file_.setting(is_encrypted ? "apiEncryption" : "apiAddress"),
                "apiAddress",
                fmt::format("{}MEDIAMTX_API_URL={}://{}:{}.",
                            target_.known.api_url == Settings().orchestrator.api_url
                                ? "Tell the server: "
                                : "MEDIAMTX_API_URL leads to another place. Correct it: ",
                            is_encrypted ? "https" : "http", host, port));
        }
    }

    // A server of MediaMTX for encoders or viewers, and the setting of ours that names it.
    struct Server {
        const char* flag;
        const char* encryption;
        const char* address;
        int port;
        const char* encrypted_address;  ///< Null: `address`, encrypted or not.
        int encrypted_port;
        const char* scheme;
        const char* setting;
        std::string known;  ///< What that setting is.
        std::string usual;  ///< What it is if nobody sets it.
    };

    void tell_servers() {
        const auto& known = target_.known.addresses;
        const auto derived = derive_public_addresses(known.webrtc);
        const PublicAddresses usual = derived ? *derived : PublicAddresses();
        for (const auto& server :
             {Server{"rtsp", "rtspEncryption", "rtspAddress", 8554, "rtspsAddress", 8322, "rtsp",
                     "MEDIAMTX_RTSP_URL", known.rtsp, usual.rtsp},
              Server{"rtmp", "rtmpEncryption", "rtmpAddress", 1935, "rtmpsAddress", 1936, "rtmp",
                     "MEDIAMTX_RTMP_URL", known.rtmp, usual.rtmp},
              Server{"srt", "", "srtAddress", 8890, nullptr, 0, "srt", "MEDIAMTX_SRT_URL",
                     known.srt, usual.srt},
              Server{"webrtc", "webrtcEncryption", "webrtcAddress", 8889, nullptr, 0, "http",
                     "MEDIAMTX_PUBLIC_URL", known.webrtc, PublicAddresses().webrtc},
              Server{"hls", "hlsEncryption", "hlsAddress", 8888, nullptr, 0, "http",
                     "MEDIAMTX_HLS_URL", known.hls, usual.hls}}) {
            tell_server(server);
        }
    }

    void tell_server(const Server& server) {
        const bool is_rtsp = std::string_view(server.flag) == "rtsp";
        if (!flag_of(file_.setting(server.flag), true)) {
            if (is_rtsp && !target_.path_keys_are_denied) {
                add(Severity::kWarning, file_.setting("rtsp"), "rtsp",
                    "Devices that can only send a path are relayed over RTSP: without it they "
                    "cannot be watched. Turn it on (on 127.0.0.1), or set LEGACY_PATH_KEYS=deny.");
            }
            return;
        }
        const auto encryption = word_of(file_.setting(server.encryption), "no");
        const bool is_strict =
            encryption == "strict" || (server.encrypted_address == nullptr &&
                                       flag_of(file_.setting(server.encryption), false));
        const bool is_elsewhere = is_strict && server.encrypted_address != nullptr;
        const auto* address =
            file_.setting(is_elsewhere ? server.encrypted_address : server.address);
        const int usual = is_elsewhere ? server.encrypted_port : server.port;
        const int port = port_of(word_of(address), usual);
        if (port == server.port && !is_strict) return;
        const auto scheme = fmt::format("{}{}", server.scheme, is_strict ? "s" : "");
        const auto* line = address != nullptr ? address : file_.setting(server.encryption);
        const std::string subject = address != nullptr ? address->key : server.encryption;
        const auto scheme_of = [&](const char* plain) {
            return fmt::format("{}{}", plain, is_strict ? "s" : "");
        };
        const auto known = parse_url(server.known);
        std::vector<std::string> wanted;
        if (!known || port_in_use(*known) != port || known->scheme != scheme_of(server.scheme)) {
            const auto url = fmt::format("{}://HOST:{}", scheme_of(server.scheme), port);
            if (server.known == server.usual || !known) {
                wanted.push_back(fmt::format("{}={}", server.setting, url));
            } else {
                add(Severity::kWarning, line, subject,
                    fmt::format("{} is {}, and MediaMTX listens on port {}: set it to {}, unless "
                                "a proxy or a router stands between.",
                                server.setting, server.known, port, url));
            }
        }
        const auto relay = parse_url(target_.known.relay_address);
        const bool is_relayed = is_rtsp && !target_.path_keys_are_denied;
        if (is_relayed &&
            (!relay || port_in_use(*relay) != port || relay->scheme != scheme_of("rtsp"))) {
            wanted.push_back(
                fmt::format("{}MEDIAMTX_RELAY_URL={}://127.0.0.1:{}",
                            wanted.empty() ? "" : "for devices that can only send a path ",
                            scheme_of("rtsp"), port));
        }
        if (wanted.empty()) return;
        add(Severity::kWarning, line, subject,
            fmt::format("Tell the server: {}.", fmt::join(wanted, ", and ")));
    }

    void tell_log() {
        if (target_.path_keys_are_denied) return;
        const auto level = word_of(file_.setting("logLevel"), "info");
        if (level == "error") return;
        add(Severity::kWarning, file_.setting("logLevel"), "logLevel",
            "At this level MediaMTX logs paths, and the path of a device that can only send a path "
            "is its key. Set error, or refuse such devices (LEGACY_PATH_KEYS=deny).");
    }

    const OwnerFile& file_;
    const MoveTarget& target_;
    Move& move_;
};

}  // namespace

void tell_consequences(const OwnerFile& file, const MoveTarget& target, Move& move) {
    Consequences(file, target, move).tell();
}

}  // namespace rescuestream::cli
