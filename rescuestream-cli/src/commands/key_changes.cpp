#include "commands/key_changes.hpp"

#include <fmt/format.h>

#include "arguments.hpp"
#include "commands/hls_viewers.hpp"
#include "commands/key_show.hpp"
#include "commands/key_value.hpp"
#include "commands/verbs.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

// Takes `--expires never` out of the given fields, and returns whether it was there.
bool take_never(GivenFields& given) {
    const auto expires = given.texts.find(fields::kExpiresAt.name);
    if (expires == given.texts.end() || expires->second != "never") return false;
    expires->second.reset();
    return true;
}

Result<NewStreamKey> new_key(const KeyOptions& options, AdminApi& admin) {
    NewStreamKey input;
    GivenFields given = options.fields;
    take_never(given);  // as without the option
    if (auto read = read_fields(given, admin.now(), input); !read) return read.error();
    const auto broadcaster = resolve_broadcaster(admin, options.broadcaster);
    if (!broadcaster) return broadcaster.error();
    input.broadcaster_id = *broadcaster;
    if (!options.incident.empty()) {
        const auto incident = resolve_incident(admin, options.incident);
        if (!incident) return incident.error();
        input.incident_id = *incident;
    }
    input.until_closed = options.until_closed;
    return input;
}

// Revokes, disables or enables a key by `act`; `done` completes the sentence.
template <class Changed>
Result<ExitCode> change_state(const KeyOptions& options, const Program& program,
                              const std::string& question,
                              Result<Changed> (KeyApi::*act)(StreamKeyId), const char* done) {
    return confirm_and_change(
        program, options.key, options.yes, question, resolve_stream_key,
        [&](AdminApi& admin, StreamKeyId id) -> Result<Change> {
            const auto changed = (admin.keys().*act)(id);
            if (!changed) return changed.error();
            return Change{id.to_string(), "stream_key", to_json(changed->key, admin.now()),
                          fmt::format("Stream key {} {}.", id.to_string(), done), changed->cutoff};
        });
}

// Commands that take a label need one that only one key has.
void warn_of_label(const Program& program, AdminApi& admin, const std::string& label) {
    if (label.empty()) return;
    StreamKeyFilter filter;
    filter.label = label;
    filter.status = StreamKeyStatus::kActive;
    const auto same = admin.keys().list_stream_keys(filter, {});
    if (!same || same->items.size() < 2) return;
    show_warning(fmt::format("{} keys have the label {}: name them by id or path, or change one "
                             "(rescuestream-cli key edit ID --label LABEL).",
                             same->items.size(), label),
                 program.errors, program.host);
}

}  // namespace

Result<ExitCode> create_key(const KeyOptions& options, const Program& program) {
    if (auto checked = check_qr(program, options.qr); !checked) return checked.error();
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto input = new_key(options, **admin);
    if (!input) return input.error();
    auto file = reserve_value_file(options.value_file);
    if (!file) return std::move(file).error();
    const auto made = (*admin)->keys().create_stream_key(*input);
    if (!made) return made.error();

    const Timestamp now = (*admin)->now();
    const NewValue value{made->created.key, made->created.value, made->encoder, made->viewer,
                         to_json(made->created, made->encoder, made->viewer, now)};
    if (auto done = hand_over(program, value, now, *file); !done) return done.error();
    if (auto shown = show_qr(program, value, options.qr); !shown) return shown.error();
    warn_of_label(program, **admin, made->created.key.label);
    return ExitCode::kOk;
}

Result<ExitCode> rotate_key(const KeyOptions& options, const Program& program) {
    if (auto checked = check_qr(program, options.qr); !checked) return checked.error();
    const auto overlap = parse_length(options.overlap, "--overlap");
    if (!overlap) return overlap.error();
    const bool at_once = overlap->count() == 0;
    const auto question =
        fmt::format("Replace the value of stream key {}? (The present one becomes invalid {}.)",
                    options.key, at_once ? "at once" : "after " + show_duration(*overlap));
    const auto rotate = [&](AdminApi& admin, StreamKeyId id) -> Result<ExitCode> {
        const auto agreed = confirm(program.host, options.yes, question);
        if (!agreed || *agreed != ExitCode::kOk) return agreed;
        auto file = reserve_value_file(options.value_file);
        if (!file) return std::move(file).error();
        const auto made = admin.keys().rotate_stream_key(id, *overlap);
        if (!made) return made.error();

        const auto& rotated = made->rotated;
        const NewValue value{rotated.key, rotated.value, made->encoder, made->viewer,
                             to_json(rotated, made->encoder, made->viewer, admin.now())};
        if (auto done = hand_over(program, value, admin.now(), *file); !done) return done.error();
        if (auto shown = show_qr(program, value, options.qr); !shown) return shown.error();
        if (!program.options.json && !program.options.quiet) show_cutoff(program, rotated.cutoff);
        return ExitCode::kOk;
    };
    return with_target(program, options.key, resolve_stream_key, rotate);
}

Result<ExitCode> edit_key(const KeyOptions& options, const Program& program) {
    if (options.fields.empty() && options.reset.empty()) {
        return usage_error(
            "There is nothing to change: give --label, --expires or another option.");
    }
    return with_target(program, options.key, resolve_stream_key,
                       [&](AdminApi& admin, StreamKeyId id) -> Result<ExitCode> {
                           StreamKeyPatch patch;
                           patch.reset = options.reset;
                           GivenFields given = options.fields;
                           if (take_never(given)) {
                               patch.reset.emplace_back(fields::kExpiresAt.name);
                           }
                           auto read = read_fields(given, admin.now(), patch);
                           if (!read) return read.error();
                           const auto changed = admin.keys().update_stream_key(id, patch);
                           if (!changed) return changed.error();
                           const auto shown = show_key(program, admin, *changed);
                           if (patch.policies.playback_policy == PlaybackPolicy::kSigned) {
                               ViewerFilter at_path;
                               at_path.path = changed->playback_path;
                               tell_hls_viewers(program, admin, at_path, [](const Viewer& viewer) {
                                   return viewer.grants.empty();
                               });
                           }
                           return shown;
                       });
}

Result<ExitCode> disable_key(const KeyOptions& options, const Program& program) {
    return change_state(
        options, program,
        fmt::format("Disable stream key {}, and cut off what it publishes?", options.key),
        &KeyApi::disable_stream_key, "disabled");
}

Result<ExitCode> enable_key(const KeyOptions& options, const Program& program) {
    return change_state(options, program, "", &KeyApi::enable_stream_key, "enabled");
}

Result<ExitCode> revoke_key(const KeyOptions& options, const Program& program) {
    return change_state(
        options, program,
        fmt::format("Revoke stream key {} permanently, and cut off what it publishes?",
                    options.key),
        &KeyApi::revoke_stream_key, "revoked");
}

}  // namespace rescuestream::cli
