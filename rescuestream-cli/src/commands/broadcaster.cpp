#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>
#include <unordered_map>

#include "commands/commands.hpp"
#include "commands/field_options.hpp"
#include "commands/field_shower.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "commands/verbs.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

struct BroadcasterOptions {
    std::string broadcaster;
    GivenFields fields;  ///< Members of NewBroadcaster or BroadcasterPatch.
    bool force = false;
    bool yes = false;
    PageOptions page;
    ListOptions list;
};

Result<ExitCode> show(const Program& program, const Broadcaster& broadcaster, Timestamp now) {
    if (program.options.json) {
        program.host.out << to_json(broadcaster) << '\n';
    } else if (program.options.quiet) {
        program.host.out << broadcaster.id.to_string() << '\n';
    } else {
        Details details;
        details.add("Id", broadcaster.id.to_string());
        fields::for_each_field(broadcaster, FieldShower(details));
        if (broadcaster.disabled) details.add("Status", {"disabled", Colour::kWarning});
        details.add("Created", show_time(broadcaster.created_at, now));
        details.add("Changed", show_time(broadcaster.updated_at, now));
        details.print(program.host);
    }
    return ExitCode::kOk;
}

Result<ExitCode> add(const BroadcasterOptions& options, const Program& program) {
    NewBroadcaster input;
    if (auto read = read_fields(options.fields, {}, input); !read) return read.error();
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto created = (*admin)->broadcasters().create_broadcaster(input);
    if (!created) return created.error();
    const auto all = (*admin)->broadcasters().list_broadcasters({});
    const auto namesakes =
        all ? std::count_if(all->items.begin(), all->items.end(),
                            [&](const Broadcaster& each) {
                                return each.display_name == created->display_name;
                            })
            : 0;
    if (namesakes > 1) {
        show_warning(
            "another broadcaster has the same name. Where a broadcaster is required, give its id.",
            program.errors, program.host);
    }
    return show(program, *created, (*admin)->now());
}

const std::vector<Column>& broadcaster_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{
        {"id", kWide}, {"name", kAlways, 8}, {"status"}, {"live"}, {"keys"}, {"created"}};
    return columns;
}

/// How much a broadcaster has.
struct Belongings {
    std::uint64_t keys = 0;  ///< Those that are not revoked.
    std::uint64_t live = 0;  ///< Streams.
};

Result<std::unordered_map<BroadcasterId, Belongings>> count_belongings(AdminApi& admin) {
    std::unordered_map<BroadcasterId, Belongings> counts;
    const auto keys = admin.keys().list_stream_keys({}, {});
    if (!keys) return keys.error();
    for (const auto& key : keys->items) {
        if (!key.revoked_at) ++counts[key.broadcaster_id].keys;
    }
    StreamQuery query;
    query.state = StreamState::kLive;
    const auto streams = admin.streams().list_streams(query, {});
    if (!streams) return streams.error();
    for (const auto& item : streams->items) ++counts[item.stream.broadcaster_id].live;
    return counts;
}

ListCell status_cell(const Broadcaster& broadcaster, const Belongings& has) {
    if (broadcaster.disabled) return text_cell("disabled", Colour::kWarning);
    return has.live > 0 ? text_cell("live", Colour::kGood) : text_cell("not live", Colour::kFaint);
}

Result<ExitCode> list(const BroadcasterOptions& options, const Program& program) {
    const auto page = page_request(options.page.limit, options.page.cursor);
    if (!page) return page.error();
    return run_list(
        program, options.list, [&](AdminApi& admin, const ListForm& form) -> Result<ListOutput> {
            const auto found = admin.broadcasters().list_broadcasters(*page);
            if (!found) return found.error();
            std::unordered_map<BroadcasterId, Belongings> belongings;
            if (needs_names(form) && !found->items.empty()) {
                auto counted = count_belongings(admin);
                if (!counted) return std::move(counted).error();
                belongings = *std::move(counted);
            }
            ListOutput output{"broadcasters", broadcaster_columns(), {}, {}, found->next, {}, {}};
            output.empty = "There are no broadcasters yet: rescuestream-cli broadcaster add NAME";
            for (const auto& broadcaster : found->items) {
                const Belongings& has = belongings[broadcaster.id];
                output.rows.push_back(
                    {broadcaster.id.to_string(),
                     to_json(broadcaster),
                     {text_cell(broadcaster.id.to_string()), text_cell(broadcaster.display_name),
                      status_cell(broadcaster, has), number_cell(has.live), number_cell(has.keys),
                      time_cell(broadcaster.created_at, admin.now())}});
            }
            return output;
        });
}

Result<ExitCode> show_one(const BroadcasterOptions& options, const Program& program) {
    return with_target(program, options.broadcaster, resolve_broadcaster,
                       [&](AdminApi& admin, BroadcasterId id) -> Result<ExitCode> {
                           const auto found = admin.broadcasters().find_broadcaster(id);
                           if (!found) return found.error();
                           return show(program, *found, admin.now());
                       });
}

Result<ExitCode> edit(const BroadcasterOptions& options, const Program& program) {
    if (options.fields.empty()) {
        return usage_error("There is nothing to change: give --name or --metadata.");
    }
    BroadcasterPatch patch;
    if (auto read = read_fields(options.fields, {}, patch); !read) return read.error();
    return with_target(program, options.broadcaster, resolve_broadcaster,
                       [&](AdminApi& admin, BroadcasterId id) -> Result<ExitCode> {
                           const auto changed = admin.broadcasters().update_broadcaster(id, patch);
                           if (!changed) return changed.error();
                           return show(program, *changed, admin.now());
                       });
}

Result<ExitCode> remove(const BroadcasterOptions& options, const Program& program) {
    const auto question =
        fmt::format("Remove broadcaster {} and revoke all of its keys?", options.broadcaster);
    return confirm_and_change(
        program, options.broadcaster, options.yes, question, resolve_broadcaster,
        [&](AdminApi& admin, BroadcasterId id) -> Result<Change> {
            const auto report = admin.broadcasters().delete_broadcaster(id, options.force);
            if (!report) {
                Error error = report.error();
                if (error.code == ErrorCode::kConflict) {
                    error.message = "The broadcaster has a live stream. --force cuts it off.";
                }
                return error;
            }
            const std::string text = id.to_string();
            return Change{text, "id", to_json(text),
                          fmt::format("Broadcaster {} removed, its keys revoked.", text), *report};
        });
}

// Disables or enables a broadcaster by `act`; `done` completes the sentence.
Result<ExitCode> change_state(const BroadcasterOptions& options, const Program& program,
                              const std::string& question,
                              Result<ChangedBroadcaster> (BroadcasterApi::*act)(BroadcasterId),
                              const char* done) {
    return confirm_and_change(
        program, options.broadcaster, options.yes, question, resolve_broadcaster,
        [&](AdminApi& admin, BroadcasterId id) -> Result<Change> {
            const auto changed = (admin.broadcasters().*act)(id);
            if (!changed) return changed.error();
            return Change{id.to_string(), "broadcaster", to_json(changed->broadcaster),
                          fmt::format("Broadcaster {} {}.", id.to_string(), done), changed->cutoff};
        });
}

Result<ExitCode> disable(const BroadcasterOptions& options, const Program& program) {
    return change_state(
        options, program,
        fmt::format("Disable broadcaster {}, and cut off what it publishes?", options.broadcaster),
        &BroadcasterApi::disable_broadcaster, "disabled: none of its keys may publish");
}

Result<ExitCode> enable(const BroadcasterOptions& options, const Program& program) {
    return change_state(options, program, "", &BroadcasterApi::enable_broadcaster, "enabled");
}

}  // namespace

void add_broadcaster_commands(CLI::App& app, Program& program) {
    Verbs<BroadcasterOptions> verbs(app, program, "broadcaster",
                                    "People and units that own stream keys");
    const auto add_target_to = [&](CLI::App* verb) {
        add_target(verb, "BROADCASTER", verbs->broadcaster, "Id, or name if only one has it");
        return verb;
    };

    const OptionAdder adder(*verbs.add("add", "Add a broadcaster", add), verbs->fields);
    const NewBroadcaster any_new{};
    fields::for_each_field(any_new, [&](const Field& field, const auto& member) {
        if (field.name == fields::kDisplayName.name) {
            adder.argument(field, "NAME");
        } else {
            adder(field, member);
        }
    });

    auto* list_verb = verbs.add("list", "List broadcasters, newest first", list);
    add_page_options(*list_verb, verbs->page, "Maximum number of broadcasters (all)");
    add_list_options(*list_verb, verbs->list, broadcaster_columns());

    add_target_to(verbs.add("show", "Show one broadcaster", show_one));

    auto* edit_verb = add_target_to(verbs.add("edit", "Change name or metadata", edit));
    const BroadcasterPatch any_patch{};
    fields::for_each_field(any_patch, OptionAdder(*edit_verb, verbs->fields));

    add_yes(*add_target_to(verbs.add(
                "disable", "Refuse the encoders of all of its keys, and cut them off", disable)),
            verbs->yes);
    add_target_to(verbs.add("enable", "Allow its keys to publish again", enable));

    auto* remove_verb = add_target_to(
        verbs.add("remove", "Remove a broadcaster and revoke all of its keys", remove));
    remove_verb->add_flag("--force", verbs->force,
                          "Also while one of its streams is live, which is cut off");
    add_yes(*remove_verb, verbs->yes);
}

}  // namespace rescuestream::cli
