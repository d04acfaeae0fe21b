#include <CLI/CLI.hpp>
#include <ostream>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/key_changes.hpp"
#include "commands/key_options.hpp"
#include "commands/key_show.hpp"
#include "commands/options.hpp"
#include "commands/verbs.hpp"
#include "fields/stream_key.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

Result<ExitCode> list(const KeyOptions& options, const Program& program) {
    const auto page = page_request(options.page.limit, options.page.cursor);
    if (!page) return page.error();
    const auto admin = program.open();
    if (!admin) return admin.error();
    StreamKeyFilter filter;
    if (!options.broadcaster.empty()) {
        const auto broadcaster = resolve_broadcaster(**admin, options.broadcaster);
        if (!broadcaster) return broadcaster.error();
        filter.broadcaster_id = *broadcaster;
    }
    const auto found = (*admin)->keys().list_stream_keys(filter, *page);
    if (!found) return found.error();
    const Timestamp now = (*admin)->now();
    ListOutput output{
        "stream_keys",
        {},
        {},
        Table({"ID", "LABEL", "BROADCASTER", "STATUS", "PATH", "EXPIRES", "LAST USED"}),
        "There are no stream keys: rescuestream-cli key create --broadcaster NAME",
        found->next};
    const bool is_table = !program.options.json && !program.options.quiet;
    const auto name_of = is_table && !found->items.empty()
                             ? broadcaster_names((*admin)->broadcasters())
                             : [](BroadcasterId id) { return id.to_string(); };
    for (const auto& key : found->items) {
        output.ids.push_back(key.id.to_string());
        output.items.push_back(to_json(key, now));
        output.table.add({key.id.to_string(), key.label.empty() ? "-" : key.label,
                          name_of(key.broadcaster_id), show_status(key, now), key.playback_path,
                          key.expires_at ? show_time(key.expires_at, now) : "never",
                          show_time(key.last_used_at, now)});
    }
    print_list(program, output);
    return ExitCode::kOk;
}

Result<ExitCode> show_one(const KeyOptions& options, const Program& program) {
    return with_target(program, options.key, resolve_stream_key,
                       [&](AdminApi& admin, StreamKeyId id) -> Result<ExitCode> {
                           const auto key = admin.keys().find_stream_key(id);
                           if (!key) return key.error();
                           return show_key(program, admin, *key);
                       });
}

void add_value_file(CLI::App& verb, KeyOptions& options) {
    verb.add_option("--value-file", options.value_file,
                    "Also write the key value to this new file, mode 0600")
        ->type_name("FILE");
}

void add_create(Verbs<KeyOptions>& verbs) {
    auto* verb = verbs.add("create", "Create a key and show how to publish with it", create_key);
    verb->add_option("-b,--broadcaster", verbs->broadcaster, "Owner of the key: id or name")
        ->required()
        ->type_name("BROADCASTER");
    NewStreamKey any;
    fields::for_each_field(any, OptionAdder(*verb, verbs->fields));
    add_value_file(*verb, verbs.options());
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
    add_page_options(*list_verb, verbs->page, "Maximum number of keys (all)");

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
