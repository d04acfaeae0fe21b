#include "fields/incident.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>
#include <set>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/field_options.hpp"
#include "commands/field_shower.hpp"
#include "commands/hls_viewers.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "commands/public_paths.hpp"
#include "commands/verbs.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::size_t kMostLinks = 1'000;

struct IncidentOptions {
    std::string incident;
    GivenFields fields;  ///< Members of NewIncident or IncidentPatch.
    std::string status;
    std::vector<std::string> keys;
    std::vector<std::string> broadcasters;
    std::string format = "markdown";
    bool yes = false;
    PageOptions page;
    ListOptions list;
};

Cell status_of(const Incident& incident) {
    if (incident.closed_at) return {"closed", Colour::kFaint};
    return {"open", Colour::kGood};
}

Details details_of(const Incident& incident, Timestamp now) {
    Details details;
    details.add("Id", incident.id.to_string());
    fields::for_each_field(incident, FieldShower(details));
    details.add("Status", status_of(incident));
    details.add("Opened", show_time(incident.created_at, now) + " by " + incident.created_by);
    if (incident.closed_at) {
        details.add("Closed", show_time(incident.closed_at, now) + " by " + incident.closed_by);
    }
    return details;
}

Result<ExitCode> show_incident(const Program& program, const Incident& incident, Timestamp now) {
    if (program.options.json) {
        program.host.out << to_json(incident) << '\n';
    } else if (program.options.quiet) {
        program.host.out << incident.id.to_string() << '\n';
    } else {
        details_of(incident, now).print(program.host);
    }
    return ExitCode::kOk;
}

Result<ExitCode> show_incident(const Program& program, AdminApi& admin,
                               const IncidentDetails& found) {
    tell_public_paths(program, found.public_paths, "without its guest links");
    if (program.options.json) {
        program.host.out << to_json(found) << '\n';
        return ExitCode::kOk;
    }
    if (program.options.quiet) return show_incident(program, found.incident, admin.now());
    Details details = details_of(found.incident, admin.now());
    for (const auto& id : found.assigned.broadcaster_ids) {
        details.add("Broadcaster", show_broadcaster(admin.broadcasters(), id));
    }
    for (const auto& id : found.assigned.stream_key_ids) {
        const auto key = admin.keys().find_stream_key(id);
        if (!key) return key.error();
        details.add("Stream key",
                    fmt::format("{} ({}){}", key->label.empty() ? key->playback_path : key->label,
                                id.to_string(), key->until_closed ? ", until it is closed" : ""));
    }
    details.print(program.host);
    if (found.has_more_broadcasters || found.has_more_stream_keys) {
        program.host.err << fmt::format(
            "There are more broadcasters or keys. All keys: rescuestream-cli key list --incident "
            "{}\n",
            found.incident.id.to_string());
    }
    return ExitCode::kOk;
}

Result<ExitCode> open_incident(const IncidentOptions& options, const Program& program) {
    NewIncident input;
    if (auto read = read_fields(options.fields, {}, input); !read) return read.error();
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto created = (*admin)->incidents().create_incident(input);
    if (!created) return created.error();
    return show_incident(program, *created, (*admin)->now());
}

const std::vector<Column>& incident_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{
        {"id", kWide}, {"name", kAlways, 8}, {"reference"},       {"status"},
        {"opened"},    {"opened_by", kWide}, {"closed", kAlways}, {"closed_by", kWide}};
    return columns;
}

Result<ExitCode> list_incidents(const IncidentOptions& options, const Program& program) {
    const auto page = part_request(options.page);
    if (!page) return page.error();
    return run_list(
        program, options.list, [&](AdminApi& admin, const ListForm&) -> Result<ListOutput> {
            IncidentFilter filter;
            if (!options.status.empty()) filter.open = options.status == "open";
            const auto found = read_in_parts(*page, [&](const PageRequest& part) {
                return admin.incidents().list_incidents(filter, part);
            });
            if (!found) return found.error();
            ListOutput output{"incidents", incident_columns(),  {}, {}, found->next,
                              {},          more_of(found->next)};
            output.empty = filter.open
                               ? "There are no such incidents."
                               : "There are no incidents yet: rescuestream-cli incident open NAME";
            for (const auto& incident : found->items) {
                const Cell status = status_of(incident);
                output.rows.push_back(
                    {incident.id.to_string(),
                     to_json(incident),
                     {text_cell(incident.id.to_string()), text_cell(incident.name),
                      text_cell(incident.reference), word_cell(status, status.text),
                      time_cell(incident.created_at, admin.now()), text_cell(incident.created_by),
                      time_cell(incident.closed_at, admin.now()), text_cell(incident.closed_by)}});
            }
            return output;
        });
}

Result<ExitCode> show_one_incident(const IncidentOptions& options, const Program& program) {
    return with_target(program, options.incident, resolve_incident,
                       [&](AdminApi& admin, IncidentId id) -> Result<ExitCode> {
                           const auto found = admin.incidents().find_incident(id);
                           if (!found) return found.error();
                           return show_incident(program, admin, *found);
                       });
}

Result<ExitCode> edit_incident(const IncidentOptions& options, const Program& program) {
    if (options.fields.empty()) {
        return usage_error("There is nothing to change: give --name, --reference or --metadata.");
    }
    IncidentPatch patch;
    if (auto read = read_fields(options.fields, {}, patch); !read) return read.error();
    return with_target(program, options.incident, resolve_incident,
                       [&](AdminApi& admin, IncidentId id) -> Result<ExitCode> {
                           const auto changed = admin.incidents().update_incident(id, patch);
                           if (!changed) return changed.error();
                           return show_incident(program, *changed, admin.now());
                       });
}

Result<IncidentAssignment> assignment_of(const IncidentOptions& options, AdminApi& admin) {
    IncidentAssignment given;
    for (const auto& text : options.broadcasters) {
        const auto id = resolve_broadcaster(admin, text);
        if (!id) return id.error();
        given.broadcaster_ids.push_back(*id);
    }
    for (const auto& text : options.keys) {
        const auto id = resolve_stream_key(admin, text);
        if (!id) return id.error();
        given.stream_key_ids.push_back(*id);
    }
    return given;
}

Result<ExitCode> change_assignment(
    const IncidentOptions& options, const Program& program,
    Result<IncidentDetails> (IncidentApi::*change)(IncidentId, const IncidentAssignment&)) {
    if (options.keys.empty() && options.broadcasters.empty()) {
        return usage_error("Give --key or --broadcaster.");
    }
    return with_target(program, options.incident, resolve_incident,
                       [&](AdminApi& admin, IncidentId id) -> Result<ExitCode> {
                           const auto given = assignment_of(options, admin);
                           if (!given) return given.error();
                           const auto changed = (admin.incidents().*change)(id, *given);
                           if (!changed) return changed.error();
                           return show_incident(program, admin, *changed);
                       });
}

Result<ExitCode> assign(const IncidentOptions& options, const Program& program) {
    return change_assignment(options, program, &IncidentApi::assign_to_incident);
}

Result<ExitCode> unassign(const IncidentOptions& options, const Program& program) {
    return change_assignment(options, program, &IncidentApi::take_from_incident);
}

// The owners of the tokens of its guest links.
std::set<std::string> links_of(AdminApi& admin, IncidentId id) {
    GuestLinkFilter filter;
    filter.incident_id = id;
    PageRequest page;
    page.limit = kMostLinks;
    std::set<std::string> owners;
    const auto links = admin.guests().list_guest_links(filter, page);
    if (!links) return owners;
    for (const auto& link : links->items) owners.insert(token_owner(link.id));
    return owners;
}

Result<ExitCode> close_incident(const IncidentOptions& options, const Program& program) {
    const auto question = fmt::format(
        "Close incident {}, end the keys that were made for it, and cut off what they publish?",
        options.incident);
    return confirm_and_change(
        program, options.incident, options.yes, question, resolve_incident,
        [&](AdminApi& admin, IncidentId id) -> Result<Change> {
            const auto links = links_of(admin, id);
            const auto closed = admin.incidents().close_incident(id);
            if (!closed) return closed.error();
            tell_hls_viewers(program, admin, {}, [&](const Viewer& viewer) -> std::optional<bool> {
                if (viewer.grants.empty()) return false;
                const std::string& owner = viewer.grants.front().owner;
                if (links.contains(owner) || owner == token_owner(id)) return true;
                // A server does not tell for which incident a token was made.
                return owner.empty() ? std::nullopt : std::optional(false);
            });
            return Change{id.to_string(), "incident", to_json(closed->incident),
                          fmt::format("Incident {} closed, {} key{} ended.", closed->incident.name,
                                      closed->ended_keys, closed->ended_keys == 1 ? "" : "s"),
                          closed->cutoff};
        });
}

Result<ExitCode> reopen_incident(const IncidentOptions& options, const Program& program) {
    return with_target(program, options.incident, resolve_incident,
                       [&](AdminApi& admin, IncidentId id) -> Result<ExitCode> {
                           const auto reopened = admin.incidents().reopen_incident(id);
                           if (!reopened) return reopened.error();
                           return show_incident(program, *reopened, admin.now());
                       });
}

Result<ExitCode> report_incident(const IncidentOptions& options, const Program& program) {
    const bool is_json = program.options.json || options.format == "json";
    return with_target(program, options.incident, resolve_incident,
                       [&](AdminApi& admin, IncidentId id) -> Result<ExitCode> {
                           const auto report = admin.incidents().incident_report(
                               id, is_json ? ReportForm::kJson : ReportForm::kMarkdown);
                           if (!report) return report.error();
                           program.host.out << *report << (is_json ? "\n" : "");
                           return ExitCode::kOk;
                       });
}

void add_members(CLI::App& verb, IncidentOptions& options) {
    verb.add_option("--key", options.keys, "Id, label or path of a key; may be repeated")
        ->type_name("KEY")
        ->allow_extra_args(false);
    verb.add_option("-b,--broadcaster", options.broadcasters,
                    "Id or name of a broadcaster, for all of its keys; may be repeated")
        ->type_name("BROADCASTER")
        ->allow_extra_args(false);
}

}  // namespace

void add_incident_commands(CLI::App& app, Program& program) {
    Verbs<IncidentOptions> verbs(
        app, program, "incident",
        "Operations of your team: what was on air, and what ends with them");
    const auto add_target_to = [&](CLI::App* verb) {
        add_target(verb, "INCIDENT", verbs->incident,
                   "Id; or name or reference, if only one has it");
        return verb;
    };

    const OptionAdder adder(*verbs.add("open", "Open an incident", open_incident), verbs->fields);
    const NewIncident any_new{};
    fields::for_each_field(any_new, [&](const Field& field, const auto& member) {
        if (field.name == fields::kIncidentName.name) {
            adder.argument(field, "NAME");
        } else {
            adder(field, member);
        }
    });

    auto* list_verb = verbs.add("list", "List incidents, newest first", list_incidents);
    one_of(list_verb->add_option("--status", verbs->status, "Only incidents with this status"),
           {"open", "closed"});
    add_part_options(*list_verb, verbs->page, "Maximum number of incidents (100)");
    add_list_options(*list_verb, verbs->list, incident_columns());

    add_target_to(
        verbs.add("show", "Show one incident and what is assigned to it", show_one_incident));

    auto* edit_verb =
        add_target_to(verbs.add("edit", "Change name, reference or metadata", edit_incident));
    const IncidentPatch any_patch{};
    fields::for_each_field(any_patch, OptionAdder(*edit_verb, verbs->fields));

    add_members(*add_target_to(verbs.add(
                    "assign", "Assign keys and broadcasters: their streams belong to it", assign)),
                verbs.options());
    add_members(
        *add_target_to(verbs.add("unassign", "Take keys and broadcasters out of it", unassign)),
        verbs.options());

    add_yes(*add_target_to(verbs.add("close", "Close an incident, and end what was made for it",
                                     close_incident)),
            verbs->yes);
    add_target_to(verbs.add("reopen", "Open it again, within a day; what ended stays ended",
                            reopen_incident));

    auto* report_verb = add_target_to(
        verbs.add("report", "Print who was on air when, and who did what", report_incident));
    one_of(report_verb->add_option("--format", verbs->format, "Form of the report (markdown)"),
           {"markdown", "json"});
}

}  // namespace rescuestream::cli
