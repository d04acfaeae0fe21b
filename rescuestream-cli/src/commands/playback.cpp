#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "commands/commands.hpp"
#include "commands/hls_viewers.hpp"
#include "commands/options.hpp"
#include "commands/verbs.hpp"
#include "invalid.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

struct PlaybackOptions {
    std::vector<std::string> paths;
    std::string key;
    std::string incident;
    std::string expires;
    std::string viewer;
    std::vector<std::string> addresses;
    std::vector<std::string> protocols;
    std::int64_t max_sessions = 0;
    bool is_short = false;
    std::string token_id;
    std::string path;
    bool yes = false;
};

Result<NewPlaybackToken> read_new_token(const PlaybackOptions& options, AdminApi& admin) {
    NewPlaybackToken input;
    input.paths = options.paths;
    if (!options.key.empty()) {
        const auto key = resolve_stream_key(admin, options.key);
        if (!key) return key.error();
        input.stream_key_id = *key;
    }
    if (!options.incident.empty()) {
        const auto incident = resolve_incident(admin, options.incident);
        if (!incident) return incident.error();
        input.incident_id = *incident;
    }
    if (!options.expires.empty()) {
        const auto expires = parse_future(options.expires, "--expires", admin.now());
        if (!expires) return expires.error();
        input.expires_at = *expires;
    }
    if (!options.viewer.empty()) input.viewer_id = options.viewer;
    for (const auto& text : options.addresses) {
        auto range = AddressRange::parse(text);
        if (!range) return invalid("--from-address " + range.error().message + ".");
        input.addresses.push_back(*range);
    }
    for (const auto& text : options.protocols) {
        input.protocols.push_back(parse_enum<Protocol>(text).value_or(Protocol::kUnknown));
    }
    if (options.max_sessions > 0) input.max_sessions = options.max_sessions;
    input.is_short = options.is_short;
    return input;
}

void show_minted(const Program& program, const MintedPlaybackToken& minted, Timestamp now) {
    auto& out = program.host.out;
    if (program.options.json) {
        out << to_json(minted) << '\n';
        return;
    }
    if (program.options.quiet) {
        out << minted.token.reveal() << '\n';
        return;
    }
    out << "Token: " << minted.token.reveal() << "\n\n";
    Details details;
    details.add("Id", minted.grant.id);
    details.add("Expires", show_expiry(minted.grant.expires_at, now));
    for (std::size_t i = 0; i < minted.playback.size(); ++i) {
        const ViewerAddresses& addresses = minted.playback[i];
        details.add("Path", minted.grant.paths[i]);
        const auto add = [&](const char* name, const std::string& address) {
            if (!address.empty()) details.add_secret(name, address);
        };
        add("Browser", addresses.page);
        add("WebRTC (WHEP)", addresses.webrtc);
        add("HLS", addresses.hls);
        add("RTSP", addresses.rtsp);
        add("RTMP", addresses.rtmp);
        const auto& protocols = minted.grant.protocols;
        const bool may_use_srt = protocols.empty() || std::find(protocols.begin(), protocols.end(),
                                                                Protocol::kSrt) != protocols.end();
        add("SRT",
            addresses.srt.empty() && may_use_srt ? "too long for SRT: use --short" : addresses.srt);
    }
    details.print(program.host);
    out << "\nIt is shown only now. Who has it may watch until it expires or is revoked.\n";
}

// The token is valid all the same: the key may be made later, or MediaMTX pull the path.
void warn_of_unknown_paths(const Program& program, AdminApi& admin,
                           const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
        StreamKeyFilter filter;
        filter.playback_path = path;
        PageRequest one;
        one.limit = 1;
        const auto keys = admin.keys().list_stream_keys(filter, one);
        if (!keys) return;  // the credential may not see keys
        if (!keys->items.empty()) continue;
        show_warning(fmt::format("no stream key has the path {}: is it spelled right?", path),
                     program.errors, program.host);
    }
}

Result<ExitCode> mint(const PlaybackOptions& options, const Program& program) {
    if ((options.paths.empty() ? 0 : 1) + (options.key.empty() ? 0 : 1) +
            (options.incident.empty() ? 0 : 1) !=
        1) {
        return usage_error("Give paths, or else --key or --incident.");
    }
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto input = read_new_token(options, **admin);
    if (!input) return input.error();
    const auto minted = (*admin)->playback().mint_playback_token(*input);
    if (!minted) return minted.error();
    show_minted(program, *minted, (*admin)->now());
    warn_of_unknown_paths(program, **admin, options.paths);
    return ExitCode::kOk;
}

Result<ExitCode> revoke(const PlaybackOptions& options, const Program& program) {
    const int given = (options.token_id.empty() ? 0 : 1) + (options.viewer.empty() ? 0 : 1) +
                      (options.path.empty() ? 0 : 1);
    if (given != 1) return usage_error("Give one of --id, --viewer and --path.");
    const RevokedBy by = !options.token_id.empty() ? RevokedBy::kToken
                         : !options.viewer.empty() ? RevokedBy::kViewer
                                                   : RevokedBy::kPath;
    const std::string& value = by == RevokedBy::kToken    ? options.token_id
                               : by == RevokedBy::kViewer ? options.viewer
                                                          : options.path;
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto agreed = confirm(
        program.host, options.yes,
        fmt::format("Revoke the playback tokens of {} {}?", to_string(by), printable(value)));
    if (!agreed || *agreed != ExitCode::kOk) return agreed;
    const auto revoked = (*admin)->playback().revoke_playback_tokens(by, value);
    if (!revoked) return revoked.error();
    if (program.options.json) {
        program.host.out << to_json(*revoked) << '\n';
    } else if (!revoked->is_known) {
        program.host.err << fmt::format(
            "Nothing with {} {} is known here, so nobody is put out. Tokens with it that were made "
            "until now, here or by another program, are refused from now on.\n",
            to_string(by), printable(value));
    } else if (!program.options.quiet) {
        program.host.out << fmt::format("Playback tokens of {} {} revoked.\n", to_string(by),
                                        printable(value));
    }
    ViewerFilter filter;
    if (by == RevokedBy::kToken) filter.token_id = value;
    if (by == RevokedBy::kViewer) filter.viewer_id = value;
    if (by == RevokedBy::kPath) filter.path = value;
    tell_hls_viewers(program, **admin, filter,
                     [](const Viewer& viewer) { return !viewer.grants.empty(); });
    return ExitCode::kOk;
}

}  // namespace

void add_playback_commands(CLI::App& app, Program& program) {
    Verbs<PlaybackOptions> verbs(app, program, "playback",
                                 "Tokens with which signed paths are watched");
    auto* token = verbs.add("token", "Make a token for one or more paths", mint);
    token->add_option("PATH", verbs->paths, "Paths that it opens; they need not be live")
        ->type_name("");
    token
        ->add_option("-k,--key", verbs->key,
                     "In their place: the path of this key (id; or label or path, if only one key "
                     "has it)")
        ->type_name("KEY");
    token
        ->add_option("--incident", verbs->incident,
                     "In their place: the paths of the keys of this incident, with which the token "
                     "ends (id, name or reference)")
        ->type_name("INCIDENT");
    token
        ->add_option("--expires", verbs->expires,
                     "tonight, 23:59, 2026-12-01T10:00, or from now: 8h; at most 24 hours. Without "
                     "it: 1 hour")
        ->type_name("TIME");
    token->add_option("--viewer", verbs->viewer, "Who watches with it, for lists and to revoke")
        ->type_name("TEXT");
    token
        ->add_option("--from-address", verbs->addresses,
                     "It is valid only from this address or range, such as 192.0.2.0/24")
        ->type_name("ADDRESS");
    token->add_option("--protocol", verbs->protocols, "It is valid only by this protocol")
        ->type_name("WORD")
        ->check(CLI::IsMember({"hls", "moq", "rtmp", "rtsp", "srt", "webrtc"}));
    token
        ->add_option("--max-sessions", verbs->max_sessions,
                     "So many may watch with it at the same time")
        ->type_name("N")
        ->check(CLI::Range(1, 10'000).description(""));
    token->add_flag("--short", verbs->is_short,
                    "An opaque token of 28 characters, for SRT and for typing");

    auto* revoke_verb = verbs.add("revoke", "Refuse tokens that were made until now", revoke);
    revoke_verb->add_option("--id", verbs->token_id, "The token with this id")->type_name("ID");
    revoke_verb->add_option("--viewer", verbs->viewer, "All tokens of this viewer")
        ->type_name("TEXT");
    revoke_verb->add_option("--path", verbs->path, "All tokens that open this path")
        ->type_name("PATH");
    add_yes(*revoke_verb, verbs->yes);
}

}  // namespace rescuestream::cli
