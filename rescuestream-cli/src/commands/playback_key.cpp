#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "commands/commands.hpp"
#include "commands/hls_viewers.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "commands/verbs.hpp"
#include "files.hpp"
#include "invalid.hpp"
#include "length_of_time.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

struct PlaybackKeyOptions {
    std::string id;
    std::string file;
    std::string issuer;
    std::string label;
    std::string expires;
    std::vector<std::string> paths;
    std::string overlap;
    bool yes = false;
    ListOptions list;
};

const std::vector<Column>& playback_key_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{
        {"id"},      {"algorithm"}, {"issuer"}, {"label", kAlways, 8}, {"paths", kAlways, 8},
        {"created"}, {"expires"}};
    return columns;
}

Result<ListOutput> read_playback_keys(AdminApi& admin, const ListForm& /*form*/) {
    const auto keys = admin.playback().list_playback_keys();
    if (!keys) return keys.error();
    ListOutput output{"playback_keys", playback_key_columns(), {}, {}, {}, {}, {}};
    output.empty =
        "There are no playback keys. The first own one is made with the first token: "
        "rescuestream-cli playback token PATH";
    for (const auto& key : *keys) {
        std::string paths;
        for (const auto& pattern : key.paths) paths += (paths.empty() ? "" : " ") + pattern;
        output.rows.push_back(
            {key.id,
             to_json(key),
             {text_cell(key.id), text_cell(std::string(to_string(key.algorithm))),
              text_cell(key.issuer), text_cell(key.label), text_cell(paths),
              time_cell(key.created_at, admin.now()), time_cell(key.expires_at, admin.now())}});
    }
    return output;
}

Result<ExitCode> list_keys(const PlaybackKeyOptions& options, const Program& program) {
    return run_list(program, options.list, read_playback_keys);
}

void show_key(const Program& program, const PlaybackKey& key, Timestamp now) {
    if (program.options.json) {
        program.host.out << to_json(key) << '\n';
        return;
    }
    if (program.options.quiet) {
        program.host.out << printable(key.id) << '\n';
        return;
    }
    Details details;
    details.add("Id", key.id);
    details.add("Algorithm", std::string(to_string(key.algorithm)));
    details.add("Issuer", key.issuer);
    if (!key.label.empty()) details.add("Label", key.label);
    for (const auto& pattern : key.paths) details.add("Path", pattern);
    if (key.expires_at) details.add("Expires", show_expiry(*key.expires_at, now));
    details.print(program.host);
}

Result<ExitCode> import_key(const PlaybackKeyOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    auto text = read_text_file(options.file);
    if (!text) return invalid(fmt::format("{} cannot be read.", printable(options.file)));
    NewPlaybackKey input;
    const auto begin = text->find_first_not_of(" \t\r\n");
    const bool is_jwk = begin != std::string::npos && (*text)[begin] == '{';
    (is_jwk ? input.jwk : input.public_key) = *std::move(text);
    if (!options.id.empty()) input.id = options.id;
    input.issuer = options.issuer;
    input.label = options.label;
    input.paths = options.paths;
    if (!options.expires.empty()) {
        const auto expires = parse_future(options.expires, "--expires", (*admin)->now());
        if (!expires) return expires.error();
        input.expires_at = *expires;
    }
    const auto key = (*admin)->playback().import_playback_key(input);
    if (!key) return key.error();
    show_key(program, *key, (*admin)->now());
    return ExitCode::kOk;
}

Result<ExitCode> rotate_own_key(const PlaybackKeyOptions& options, const Program& program) {
    std::chrono::seconds overlap = kLongestTokenLife;
    if (!options.overlap.empty()) {
        const auto given = parse_length_of_time(options.overlap);
        if (!given) return invalid("--overlap must be a length of time, such as 1h.");
        overlap = *given;
    }
    if (overlap < kLongestTokenLife) {
        const auto agreed = confirm(
            program.host, options.yes,
            fmt::format("Refuse the tokens that were made until now, which live for up to 24 h, in "
                        "{}?",
                        show_duration(overlap)));
        if (!agreed || *agreed != ExitCode::kOk) return agreed;
    }
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto key = (*admin)->playback().rotate_playback_key(overlap);
    if (!key) return key.error();
    show_key(program, *key, (*admin)->now());
    return ExitCode::kOk;
}

// Returns the id of the key with this id, else with this label. One that is not found is taken as
// an id, which the server then does not know.
Result<std::string> resolve_playback_key(AdminApi& admin, const std::string& text) {
    const auto keys = admin.playback().list_playback_keys();
    if (!keys) return keys.error();
    std::vector<std::string> found;
    for (const auto& key : *keys) {
        if (key.id == text) return text;
        if (!text.empty() && key.label == text) found.push_back(key.id);
    }
    if (found.size() > 1) {
        return invalid(
            fmt::format("Several playback keys have the label {}: give the id.", printable(text)));
    }
    return found.empty() ? text : found.front();
}

Result<ExitCode> remove_key(const PlaybackKeyOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto agreed = confirm(
        program.host, options.yes,
        fmt::format("Refuse all tokens of playback key {}, for ever?", printable(options.id)));
    if (!agreed || *agreed != ExitCode::kOk) return agreed;
    const auto id = resolve_playback_key(**admin, options.id);
    if (!id) return id.error();
    const auto ended = (*admin)->playback().end_playback_key(*id);
    if (!ended) return ended.error();
    if (program.options.json) {
        program.host.out << fmt::format("{{\"id\":{}}}\n", to_json(*id));
    } else if (program.options.quiet) {
        program.host.out << printable(*id) << '\n';
    } else {
        program.host.out << fmt::format("Playback key {} removed.\n", printable(*id));
    }
    // Which key signed the token of a viewer is not known.
    tell_hls_viewers(program, **admin, {}, [](const Viewer& viewer) -> std::optional<bool> {
        return viewer.grants.empty() ? std::optional(false) : std::nullopt;
    });
    return ExitCode::kOk;
}

}  // namespace

void add_playback_key_commands(CLI::App& app, Program& program) {
    Verbs<PlaybackKeyOptions> verbs(app, program, "playback-key", "Keys that sign playback tokens");
    add_list_options(*verbs.add("list", "List own and imported keys", list_keys), verbs->list,
                     playback_key_columns());

    auto* import_verb = verbs.add("import", "Accept tokens that another program signs", import_key);
    add_target(import_verb, "FILE", verbs->file, "The public half: PEM or JWK");
    import_verb->add_option("--id", verbs->id, "The kid of its tokens; else the JWK's, or a digest")
        ->type_name("ID");
    import_verb->add_option("--issuer", verbs->issuer, "The iss of its tokens")
        ->required()
        ->type_name("TEXT");
    import_verb
        ->add_option("--path", verbs->paths,
                     "Its tokens open only such paths: cam/1, cam/* (one segment), cam/** (more)")
        ->required()
        ->type_name("PATTERN");
    import_verb->add_option("--label", verbs->label, "For people")->type_name("TEXT");
    import_verb
        ->add_option(
            "--expires", verbs->expires,
            "tonight, 2026-12-01, 2026-12-01T10:00, or from now: 8h, 30d. Without it: never")
        ->type_name("TIME");

    auto* rotate_verb = verbs.add("rotate", "Sign with a new own key from now on", rotate_own_key);
    rotate_verb
        ->add_option("--overlap", verbs->overlap,
                     "How long tokens of the previous one stay valid (24h; 0: they end at once)")
        ->type_name("LENGTH");
    add_yes(*rotate_verb, verbs->yes);

    auto* remove_verb = verbs.add("remove", "Refuse all tokens of a key", remove_key);
    add_target(remove_verb, "ID", verbs->id, "Its id, or its label if only one has it");
    add_yes(*remove_verb, verbs->yes);
}

}  // namespace rescuestream::cli
