#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/key_created.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "files.hpp"
#include "output.hpp"
#include "program.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

struct KeyOptions {
    std::string key;
    std::string broadcaster;
    std::string label;
    std::string path;
    std::string expires;
    std::string on_duplicate;
    std::string value_file;
    bool yes = false;
    PageOptions page;
};

Result<NewStreamKey> new_key(const KeyOptions& options, AdminApi& admin) {
    NewStreamKey input;
    if (!options.expires.empty()) {
        const auto expires = parse_expiry(options.expires, admin.now());
        if (!expires) return expires.error();
        input.expires_at = *expires;
    }
    input.label = options.label;
    if (!options.path.empty()) input.playback_path = options.path;
    if (!options.on_duplicate.empty()) {
        input.on_duplicate = parse_enum<OnDuplicate>(options.on_duplicate);
    }
    const auto broadcaster = resolve_broadcaster(admin, options.broadcaster);
    if (!broadcaster) return broadcaster.error();
    input.broadcaster_id = *broadcaster;
    return input;
}

Result<ExitCode> create(const KeyOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto input = new_key(options, **admin);
    if (!input) return input.error();
    // Before the key: its value exists once and must not be lost to a wrong path.
    std::optional<ReservedFile> file;
    if (!options.value_file.empty()) {
        auto reserved = ReservedFile::create(options.value_file, "--value-file");
        if (!reserved) return std::move(reserved).error();
        file.emplace(*std::move(reserved));
    }
    const auto created = (*admin)->create_stream_key(*input);
    if (!created) return created.error();

    const Timestamp now = (*admin)->now();
    const auto& value = created->created.value;
    if (program.options.json) {
        program.host.out << to_json(created->created, created->encoder, created->viewer, now)
                         << '\n';
    } else if (program.options.quiet) {
        program.host.out << created->created.key.id.to_string() << '\n';
        // Without its value a key is of no use, and it is never shown again.
        if (!file) program.host.err << "Key value, shown this once: " << value.reveal() << '\n';
    } else {
        show_created_key(program, *created, now);
    }
    if (file) {
        if (auto written = file->write(value.reveal() + "\n"); !written) return written.error();
    }
    return ExitCode::kOk;
}

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
    const auto found = (*admin)->list_stream_keys(filter, *page);
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
                             ? broadcaster_names(**admin)
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
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto id = resolve_stream_key(**admin, options.key);
    if (!id) return id.error();
    const auto key = (*admin)->find_stream_key(*id);
    if (!key) return key.error();
    const Timestamp now = (*admin)->now();
    if (program.options.json) {
        program.host.out << to_json(*key, now) << '\n';
    } else if (program.options.quiet) {
        program.host.out << key->id.to_string() << '\n';
    } else {
        Details details;
        details.add("Id", key->id.to_string());
        details.add("Label", key->label.empty() ? "-" : key->label);
        details.add("Broadcaster", key->broadcaster_id.to_string());
        details.add("Status", show_status(*key, now));
        details.add("Path", key->playback_path);
        if (key->policies.on_duplicate) {
            details.add("On duplicate", std::string(to_string(*key->policies.on_duplicate)));
        }
        details.add("Created", show_time(key->created_at, now));
        details.add("Expires", key->expires_at ? show_time(key->expires_at, now) : "never");
        if (key->revoked_at) details.add("Revoked", show_time(key->revoked_at, now));
        details.add("Last used", show_time(key->last_used_at, now));
        details.print(program.host);
    }
    return ExitCode::kOk;
}

Result<ExitCode> revoke(const KeyOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto id = resolve_stream_key(**admin, options.key);
    if (!id) return id.error();
    if (!confirm(program.host, options.yes,
                 fmt::format("Revoke stream key {} for ever, and cut off what it publishes?",
                             options.key))) {
        return ExitCode::kDeclined;
    }
    const auto revoked = (*admin)->revoke_stream_key(*id);
    if (!revoked) return revoked.error();
    if (program.options.json) {
        program.host.out << "{\"stream_key\":" << to_json(revoked->key, (*admin)->now())
                         << ",\"cutoff\":" << to_json(revoked->cutoff) << "}\n";
    } else if (program.options.quiet) {
        program.host.out << id->to_string() << '\n';
    } else {
        program.host.out << "Stream key " << id->to_string() << " revoked.\n";
        show_cutoff(program, revoked->cutoff);
    }
    return ExitCode::kOk;
}

using Action = Result<ExitCode> (*)(const KeyOptions&, const Program&);

}  // namespace

void add_key_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("key", "Stream keys: what lets an encoder publish");
    auto options = std::make_shared<KeyOptions>();
    const auto verb = [&](const char* name, const char* help, Action action) {
        auto* command = noun->add_subcommand(name, help);
        command->callback([options, &program, action] {
            program.action = [options, &program, action] { return action(*options, program); };
        });
        return command;
    };
    const auto add_target = [&](CLI::App* command) {
        command->add_option("KEY", options->key, "Id; or label or path, if only one key has it")
            ->required()
            ->type_name("");
    };

    auto* create_verb = verb("create", "Create a key and show how to publish with it", create);
    create_verb->add_option("-b,--broadcaster", options->broadcaster, "Its owner: id or name")
        ->required()
        ->type_name("BROADCASTER");
    create_verb->add_option("--label", options->label, "For people, e.g. the device")
        ->type_name("TEXT");
    create_verb
        ->add_option("--path", options->path, "Where viewers find it (live/ and 12 characters)")
        ->type_name("PATH");
    create_verb
        ->add_option("--expires", options->expires,
                     "2026-12-01T00:00:00Z, or from now: 90s, 45m, 12h, 30d, 2w (never)")
        ->type_name("TIME");
    one_of(create_verb->add_option("--on-duplicate", options->on_duplicate,
                                   "What happens to a second encoder (ON_DUPLICATE)"),
           {"reject_if_healthy", "reject", "takeover"});
    create_verb
        ->add_option("--value-file", options->value_file,
                     "Also write the key value to this new file, mode 0600")
        ->type_name("FILE");

    auto* list_verb = verb("list", "List keys, newest first, revoked ones too", list);
    list_verb->add_option("-b,--broadcaster", options->broadcaster, "Only of this one: id or name")
        ->type_name("BROADCASTER");
    add_page_options(*list_verb, options->page, "At most so many (all)");

    add_target(verb("show", "Show one key", show_one));

    auto* revoke_verb = verb("revoke", "Revoke a key for ever and cut off its encoder", revoke);
    add_target(revoke_verb);
    revoke_verb->add_flag("-y,--yes", options->yes, "Do not ask");
}

}  // namespace rescuestream::cli
