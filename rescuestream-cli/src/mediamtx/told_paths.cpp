#include "mediamtx/told_paths.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "mediamtx/local_publisher.hpp"
#include "port_in_use.hpp"
#include "rules/path_pattern.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::array<std::string_view, 11> kEventHooks{"runOnReady",
                                                       "runOnNotReady",
                                                       "runOnAvailable",
                                                       "runOnUnavailable",
                                                       "runOnOnline",
                                                       "runOnOffline",
                                                       "runOnRead",
                                                       "runOnUnread",
                                                       "runOnUnDemand",
                                                       "runOnRecordSegmentCreate",
                                                       "runOnRecordSegmentComplete"};

class ToldPaths {
public:
    ToldPaths(const OwnerFile& file, const MoveTarget& target, Move& move)
        : file_(file), target_(target), move_(move) {}

    void tell() {
        if (const auto* defaults = file_.path_defaults()) {
            tell_programs(*defaults, "pathDefaults", "");
            tell_recording(*defaults, "pathDefaults");
        }
        for (const auto& entry : path_entries(file_)) {
            tell_entry(entry);
            tell_programs(*entry.member->value, "paths." + entry.name, entry.name);
            tell_recording(*entry.member->value, "paths." + entry.name);
        }
    }

private:
    void add(Severity severity, int line, std::string subject, std::string message) {
        move_.findings.push_back({severity, line, std::move(subject), std::move(message), false});
    }

    void tell_entry(const PathEntry& entry) {
        const auto subject = "paths." + entry.name;
        for (const auto* name :
             {"publishUser", "publishPass", "publishIPs", "readUser", "readPass", "readIPs"}) {
            if (words_of(entry.own(name)).empty()) continue;
            add(Severity::kWarning, entry.own(name)->line, subject + "." + name,
                fmt::format(
                    "Users of a path are not asked for any more: encoders need a stream key, "
                    "and {}.",
                    target_.is_signed() ? "viewers a playback token "
                                          "(PLAYBACK_POLICY=signed)"
                                        : "everybody may watch"));
        }
        if (!words_of(entry.effective("srtPublishPassphrase")).empty()) {
            add(Severity::kNote, entry.line, subject,
                "MediaMTX keeps asking SRT encoders for the passphrase, in addition to the key.");
        }
        const auto source = word_of(entry.effective("source"), "publisher");
        if (source != "publisher") return tell_source(entry, source, subject);
        if (is_program_set(entry)) return;  // told with the program
        if (entry.is_catch_all()) {
            add(Severity::kNote, entry.line, subject,
                "Encoders with a key publish to the path of their key, whatever its name.");
        } else if (entry.is_pattern()) {
            tell_pattern(entry, subject);
        } else {
            add(Severity::kWarning, entry.line, subject,
                fmt::format("An encoder that publishes here needs a stream key for this path: "
                            "rescuestream-cli key create --broadcaster NAME --path {}.",
                            entry.name));
        }
    }

    void tell_source(const PathEntry& entry, const std::string& source,
                     const std::string& subject) {
        const auto* member = entry.effective("source");
        const int line = entry.own("source") != nullptr ? member->line : entry.line;
        if (source == "redirect") {
            add(Severity::kNote, line, subject, "Viewers keep being redirected.");
            return;
        }
        if (pulls_from_itself(source) && source.find("://helper:") == std::string::npos) {
            add(Severity::kWarning, line, subject,
                fmt::format(
                    "MediaMTX pulls this stream from itself, which a signed path refuses{}. "
                    "Write the credential of helpers into the address "
                    "(rtsp://helper:…, which rescuestream-cli mediamtx config prints){}.",
                    target_.is_signed() ? " (PLAYBACK_POLICY=signed)" : "",
                    target_.is_signed() ? ", or give the path that it pulls a key with "
                                          "--playback-policy public"
                                        : " before you sign the path that it pulls"));
        }
        const bool is_on_demand = flag_of(entry.effective("sourceOnDemand"), false);
        add(Severity::kNote, line, subject,
            fmt::format("MediaMTX keeps getting this stream by itself{}. {} "
                        "RescueStream neither lists nor removes it.",
                        is_on_demand ? " when somebody watches" : "",
                        target_.is_signed()
                            ? "Who watches it needs a playback token (PLAYBACK_POLICY=signed)."
                            : "Everybody may watch it."));
    }

    // Whether the address is a server of this MediaMTX.
    bool pulls_from_itself(const std::string& source) const {
        const auto url = parse_url(source.substr(0, source.find('?')));
        if (!url || !(url->host == "localhost" || is_loopback_address(url->host))) return false;
        struct Server {
            const char* scheme;
            const char* flag;
            const char* address;
            int port;
        };
        for (const auto& server :
             {Server{"rtsp", "rtsp", "rtspAddress", 8554},
              Server{"rtsps", "rtsp", "rtspsAddress", 8322},
              Server{"rtmp", "rtmp", "rtmpAddress", 1935},
              Server{"rtmps", "rtmp", "rtmpsAddress", 1936},
              Server{"srt", "srt", "srtAddress", 8890}, Server{"http", "hls", "hlsAddress", 8888},
              Server{"https", "hls", "hlsAddress", 8888},
              Server{"whep", "webrtc", "webrtcAddress", 8889},
              Server{"wheps", "webrtc", "webrtcAddress", 8889}}) {
            if (url->scheme != server.scheme) continue;
            const int usual = url->scheme == "rtsp" ? 554 : port_in_use(*url);
            return flag_of(file_.setting(server.flag), true) &&
                   port_of(word_of(file_.setting(server.address)), server.port) ==
                       url->port.value_or(static_cast<std::uint16_t>(usual));
        }
        return false;
    }

    void tell_pattern(const PathEntry& entry, const std::string& subject) {
        if (!is_readable_pattern(entry.name)) {
            add(Severity::kNote, entry.line, subject,
                "This expression was not understood, so it is unknown to which keys it applies.");
            return;
        }
        add(Severity::kNote, entry.line, subject,
            "It applies to keys whose path matches. The settings of this entry stay.");
    }

    static bool is_program_set(const PathEntry& entry) {
        return !word_of(entry.effective("runOnInit")).empty() ||
               !word_of(entry.effective("runOnDemand")).empty();
    }

    void tell_programs(const YamlNode& settings, const std::string& where,
                       const std::string& path) {
        for (const auto* name : {"runOnInit", "runOnDemand"}) {
            const auto* program = settings.find(name);
            if (word_of(program).empty()) continue;
            if (publishes_locally(word_of(program))) {
                tell_helper(*program, where, path);
            } else {
                add(Severity::kWarning, program->line, where + "." + name,
                    "Your program keeps running. If it publishes to this MediaMTX, it needs a "
                    "stream key like every encoder.");
            }
        }
        for (const auto name : kEventHooks) {
            const auto* hook = settings.find(name);
            const auto command = word_of(hook);
            if (command.empty() || command.find(" hook ") != std::string::npos) continue;
            if (publishes_locally(command)) {
                tell_helper(*hook, where, "");
            } else if (where != "pathDefaults" ||
                       (name != "runOnReady" && name != "runOnNotReady" &&
                        name != "runOnAvailable" && name != "runOnUnavailable")) {
                add(Severity::kNote, hook->line, fmt::format("{}.{}", where, name),
                    "Your program keeps running, and may read the stream as before.");
            }
        }
        if (const auto* forward = settings.find("forward");
            forward != nullptr && !forward->value->items.empty()) {
            add(Severity::kNote, forward->line, where + ".forward",
                "MediaMTX keeps forwarding. A destination on this MediaMTX is a publisher, and "
                "needs a stream key.");
        }
    }

    void tell_helper(const YamlMember& program, const std::string& where, const std::string& path) {
        const auto subject = where + "." + program.key;
        const auto command = word_of(&program);
        if (command.find("://helper:") != std::string::npos) {
            const bool is_named = !path.empty() && rules::matches_any(helper_paths(), path);
            add(Severity::kNote, program.line, subject,
                is_named
                    ? "This program publishes with the credential of helpers, to one of "
                      "HELPER_PATHS."
                    : "This program publishes with the credential of helpers. Its path must be "
                      "in HELPER_PATHS.");
            return;
        }
        if (command.find(":sk_") != std::string::npos) {
            add(Severity::kNote, program.line, subject,
                "This program publishes with a stream key, like an encoder.");
            return;
        }
        const bool is_name =
            !path.empty() && !path.starts_with('~') && path != "all_others" && path != "all";
        const bool is_named = is_name && rules::matches_any(helper_paths(), path);
        add(Severity::kWarning, program.line, subject,
            fmt::format("This program publishes to MediaMTX without a key, so it will be refused. "
                        "{}et it publish to the address that rescuestream-cli mediamtx config "
                        "prints (rtsp://helper:…). Or create a key{}.",
                        is_named ? "Its path is one of HELPER_PATHS: l"
                                 : "Name its path in HELPER_PATHS, and l",
                        is_name ? fmt::format(" (rescuestream-cli key create --broadcaster NAME "
                                              "--path {})",
                                              path)
                                : ""));
        move_.findings.back().is_about_helper = true;
    }

    const std::vector<std::string>& helper_paths() const { return target_.known.helper_paths; }

    void tell_recording(const YamlNode& settings, const std::string& where) {
        const auto* record = settings.find("record");
        if (!flag_of(record, false)) return;
        const auto* kept = settings.find("recordDeleteAfter");
        if (kept == nullptr && file_.path_defaults() != nullptr) {
            kept = file_.path_defaults()->find("recordDeleteAfter");
        }
        add(Severity::kNote, record->line, where + ".record",
            kept == nullptr ? "Recording continues as it is; MediaMTX deletes recordings after one "
                              "day (recordDeleteAfter)."
                            : "Recording continues as it is.");
    }

    const OwnerFile& file_;
    const MoveTarget& target_;
    Move& move_;
};

}  // namespace

void tell_paths(const OwnerFile& file, const MoveTarget& target, Move& move) {
    ToldPaths(file, target, move).tell();
}

}  // namespace rescuestream::cli
