#include <CLI/CLI.hpp>
#include <map>
#include <ostream>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/key_changes.hpp"
#include "commands/key_options.hpp"
#include "commands/key_show.hpp"
#include "commands/options.hpp"
#include "commands/path_sharing.hpp"
#include "commands/verbs.hpp"
#include "fields/stream_key.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

const std::vector<Column>& key_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{
        {"id", kWide},          {"label", kAlways, 8}, {"broadcaster", kAlways, 8}, {"status"},
        {"path", kAlways, 17},  {"priority", kWide},   {"sharing", kWide},          {"expires"},
        {"last_used", kAlways}, {"created", kWide}};
    return columns;
}

Result<StreamKeyFilter> filter_of(const KeyOptions& options, AdminApi& admin) {
    StreamKeyFilter filter;
    if (!options.broadcaster.empty()) {
        const auto broadcaster = resolve_broadcaster(admin, options.broadcaster);
        if (!broadcaster) return broadcaster.error();
        filter.broadcaster_id = *broadcaster;
    }
    if (!options.incident.empty()) {
        const auto incident = resolve_incident(admin, options.incident);
        if (!incident) return incident.error();
        filter.incident_id = *incident;
    }
    if (!options.label.empty()) filter.label = options.label;
    if (!options.path.empty()) filter.playback_path = options.path;
    filter.status = parse_enum<StreamKeyStatus>(options.status);
    // A key that is disabled has no status of its own.
    if (options.status == "disabled") filter.status = StreamKeyStatus::kActive;
    if (filter.status == StreamKeyStatus::kActive) filter.disabled = options.status == "disabled";
    return filter;
}

// Says of the keys of a list with whom they share their paths.
class Sharing {
public:
    explicit Sharing(AdminApi& admin) : admin_(admin) {}

    std::string of(const StreamKey& key) {
        if (!key.policies.priority || key.revoked_at) return {};
        auto known = paths_.find(key.playback_path);
        if (known == paths_.end()) {
            known =
                paths_.emplace(key.playback_path, keys_of_path(admin_, key.playback_path)).first;
        }
        const auto& path = known->second;
        if (!path) return "unknown: " + path.error().message;
        return path->is_shared() ? show_sharing(*path, key.id) : std::string();
    }

private:
    AdminApi& admin_;
    std::map<std::string, Result<PathKeys>> paths_;
};

ListRow row_of(const StreamKey& key, const std::string& owner, const std::string& sharing,
               Timestamp now) {
    const Cell status = show_status(key, now);
    const bool is_blocked = status.text.starts_with("blocked");  // how long is for people
    return {key.id.to_string(),
            to_json(key, now),
            {text_cell(key.id.to_string()), text_cell(key.label), text_cell(owner),
             word_cell(status, is_blocked ? "blocked" : status.text), text_cell(key.playback_path),
             number_cell(key.policies.priority), text_cell(sharing),
             time_cell(key.expires_at, now, ends_with_incident(key) ? "with incident" : "never"),
             time_cell(key.last_used_at, now), time_cell(key.created_at, now)}};
}

Result<ExitCode> list(const KeyOptions& options, const Program& program) {
    const auto page = page_request(options.page.limit, options.page.cursor);
    if (!page) return page.error();
    return run_list(
        program, options.list, [&](AdminApi& admin, const ListForm& form) -> Result<ListOutput> {
            const auto filter = filter_of(options, admin);
            if (!filter) return filter.error();
            const auto found = admin.keys().list_stream_keys(*filter, *page);
            if (!found) return found.error();
            ListOutput output{"stream_keys", key_columns(), {}, {}, found->next, {}, {}};
            output.empty = filter->is_empty()
                               ? "There are no stream keys: rescuestream-cli key create "
                                 "--broadcaster NAME"
                               : "There are no such stream keys.";
            const auto name_of = needs_names(form) && !found->items.empty()
                                     ? broadcaster_names(admin.broadcasters())
                                     : [](BroadcasterId id) { return id.to_string(); };
            // The other forms contain what programs find out by themselves.
            Sharing sharing(admin);
            const bool says_sharing = needs_names(form);
            for (const auto& key : found->items) {
                const auto shared = says_sharing ? sharing.of(key) : std::string();
                // In words where keys share a path, and only there.
                for (auto& column : output.columns) {
                    if (column.name == "sharing" && !shared.empty()) {
                        column.shown = Column::Shown::kAlways;
                    }
                }
                output.rows.push_back(
                    row_of(key, name_of(key.broadcaster_id), shared, admin.now()));
            }
            return output;
        });
}

Result<ExitCode> show_one(const KeyOptions& options, const Program& program) {
    return with_target(program, options.key, resolve_stream_key,
                       [&](AdminApi& admin, StreamKeyId id) -> Result<ExitCode> {
                           const auto found = admin.keys().show_stream_key(id);
                           if (!found) return found.error();
                           return show_key(program, admin, *found);
                       });
}

void add_value_file(CLI::App& verb, KeyOptions& options) {
    verb.add_option("--value-file", options.value_file,
                    "Write the key value to this new file, mode 0600, and do not show it")
        ->type_name("FILE");
}

void add_qr(CLI::App& verb, KeyOptions& options) {
    verb.add_flag("--qr{rtmp}", options.qr,
                  "Also show the RTMP address as a QR code; --qr=whip: the page for phones")
        ->check(CLI::IsMember(std::vector<std::string>{"rtmp", "whip"}).description(""));
}

void add_create(Verbs<KeyOptions>& verbs) {
    auto* verb = verbs.add("create", "Create a key and show how to publish with it", create_key);
    verb->add_option("-b,--broadcaster", verbs->broadcaster, "Owner of the key: id or name")
        ->required()
        ->type_name("BROADCASTER");
    NewStreamKey any;
    fields::for_each_field(any, OptionAdder(*verb, verbs->fields));
    auto* incident = verb->add_option("--incident", verbs->incident,
                                      "Assign it to this open incident: id, name or reference");
    incident->type_name("INCIDENT");
    verb->add_flag("--until-closed", verbs->until_closed, "It ends when the incident is closed")
        ->needs(incident);
    add_value_file(*verb, verbs.options());
    add_qr(*verb, verbs.options());
}

}  // namespace

void add_key_commands(CLI::App& app, Program& program) {
    Verbs<KeyOptions> verbs(app, program, "key", "Stream keys, which encoders need to publish");
    const auto add_target_to = [&](CLI::App* verb) {
        add_target(verb, "KEY", verbs->key, "Id; or label or path, if only one key has it");
        return verb;
    };

    add_create(verbs);

    auto* list_verb = verbs.add("list", "List keys, newest first, revoked ones too", list);
    list_verb
        ->add_option("-b,--broadcaster", verbs->broadcaster,
                     "Only keys of this broadcaster: id or name")
        ->type_name("BROADCASTER");
    list_verb
        ->add_option("--incident", verbs->incident,
                     "Only keys that are assigned to this incident: id, name or reference")
        ->type_name("INCIDENT");
    one_of(list_verb->add_option("--status", verbs->status, "Only keys with this status"),
           {"active", "disabled", "expired", "revoked"});
    list_verb->add_option("--label", verbs->label, "Only keys with this label")->type_name("TEXT");
    list_verb->add_option("--path", verbs->path, "Only keys with this path")->type_name("PATH");
    add_page_options(*list_verb, verbs->page, "Maximum number of keys (all)");
    add_list_options(*list_verb, verbs->list, key_columns());

    add_target_to(verbs.add("show", "Show one key", show_one));

    auto* edit_verb = add_target_to(verbs.add("edit", "Change label, expiry or rules", edit_key));
    StreamKeyPatch any;
    fields::for_each_field(any, OptionAdder(*edit_verb, verbs->fields));
    one_of(
        edit_verb->add_option("--reset", verbs->reset,
                              "Reset to \"never\" or to the setting of all keys; may be repeated"),
        fields::resettable_fields())
        ->delimiter(',')
        ->allow_extra_args(false);

    auto* rotate_verb = add_target_to(verbs.add(
        "rotate", "Replace the value of a key and show how to publish with it", rotate_key));
    rotate_verb
        ->add_option("--overlap", verbs->overlap,
                     "How long the old value stays valid, such as 10m, 24h, 7d (0)")
        ->type_name("LENGTH");
    add_value_file(*rotate_verb, verbs.options());
    add_qr(*rotate_verb, verbs.options());
    add_yes(*rotate_verb, verbs->yes);

    add_yes(*add_target_to(verbs.add("disable",
                                     "Refuse its encoder and cut it off, until it is enabled again",
                                     disable_key)),
            verbs->yes);
    add_target_to(verbs.add("enable", "Allow its encoder to publish again", enable_key));
    add_yes(*add_target_to(verbs.add("revoke", "Revoke a key permanently and cut off its encoder",
                                     revoke_key)),
            verbs->yes);
}

}  // namespace rescuestream::cli
