#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <ostream>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/hls_viewers.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "commands/public_paths.hpp"
#include "commands/verbs.hpp"
#include "output.hpp"
#include "qr.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/random_source.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

struct GuestOptions {
    std::string link;
    std::optional<std::string> label;
    std::string incident;
    std::string status;
    std::vector<std::string> keys;
    std::vector<std::string> broadcasters;
    std::string until;
    std::optional<std::int64_t> max_addresses;
    std::optional<std::int64_t> max_viewers;
    std::vector<std::string> reset;
    bool pin = false;
    bool qr = false;
    bool yes = false;
    PageOptions page;
    ListOptions list;
};

Cell guest_status(const GuestLink& link, Timestamp now) {
    if (link.closed_at) return {"closed", Colour::kFaint};
    if (!link.is_open_at(now)) return {"expired", Colour::kFaint};
    return {"open", Colour::kGood};
}

// Six digits, which somebody can say on the telephone.
Secret make_pin(RandomSource& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t number = 0;
    for (const auto byte : bytes) number = number << 8U | byte;
    return Secret(fmt::format("{:06}", number % 1'000'000));
}

Result<IncidentAssignment> targets_of(const GuestOptions& options, AdminApi& admin) {
    IncidentAssignment targets;
    for (const auto& text : options.broadcasters) {
        const auto id = resolve_broadcaster(admin, text);
        if (!id) return id.error();
        targets.broadcaster_ids.push_back(*id);
    }
    for (const auto& text : options.keys) {
        const auto id = resolve_stream_key(admin, text);
        if (!id) return id.error();
        targets.stream_key_ids.push_back(*id);
    }
    return targets;
}

Result<NewGuestLink> new_guest_link(const GuestOptions& options, AdminApi& admin) {
    NewGuestLink input;
    input.label = options.label.value_or("");
    auto targets = targets_of(options, admin);
    if (!targets) return std::move(targets).error();
    input.targets = *std::move(targets);
    if (!options.incident.empty()) {
        const auto id = resolve_incident(admin, options.incident);
        if (!id) return id.error();
        input.incident_id = *id;
    }
    if (!options.until.empty()) {
        const auto until = parse_future(options.until, "--until", admin.now());
        if (!until) return until.error();
        input.expires_at = *until;
    }
    input.max_addresses = options.max_addresses;
    input.max_viewers = options.max_viewers;
    if (options.pin) input.pin = make_pin(system_random());
    return input;
}

Result<GuestLinkPatch> guest_patch(const GuestOptions& options, AdminApi& admin) {
    GuestLinkPatch patch;
    patch.label = options.label;
    auto targets = targets_of(options, admin);
    if (!targets) return std::move(targets).error();
    // What the link shows is replaced as a whole.
    if (!options.broadcasters.empty() || !options.keys.empty()) {
        patch.broadcaster_ids = std::move(targets->broadcaster_ids);
        patch.stream_key_ids = std::move(targets->stream_key_ids);
    }
    if (!options.until.empty()) {
        const auto until = parse_future(options.until, "--until", admin.now());
        if (!until) return until.error();
        patch.expires_at = *until;
    }
    patch.max_addresses = options.max_addresses;
    patch.max_viewers = options.max_viewers;
    if (options.pin) patch.pin = make_pin(system_random());
    patch.reset = options.reset;
    return patch;
}

Details guest_details(const GuestLink& link, Timestamp now) {
    Details details;
    details.add("Id", link.id.to_string());
    details.add("Label", link.label.empty() ? "-" : link.label);
    details.add("Status", guest_status(link, now));
    if (link.incident_id) details.add("Incident", link.incident_id->to_string());
    for (const auto& id : link.targets.broadcaster_ids) {
        details.add("Broadcaster", id.to_string());
    }
    for (const auto& id : link.targets.stream_key_ids) details.add("Stream key", id.to_string());
    details.add("Until",
                link.expires_at ? show_expiry(*link.expires_at, now) : "its incident is closed");
    if (link.max_addresses)
        details.add("Addresses", fmt::format("at most {}", *link.max_addresses));
    if (link.max_viewers)
        details.add("Viewers", fmt::format("at most {} at once", *link.max_viewers));
    details.add("PIN", link.has_pin ? "required" : "none");
    details.add("Created", show_time(link.created_at, now) + " by " + link.created_by);
    if (link.closed_at) details.add("Closed", show_time(link.closed_at, now));
    return details;
}

void warn_of_public_paths(const Program& program, const GuestLink& link) {
    tell_public_paths(program, link.public_paths,
                      link.has_pin ? "without the link and its PIN" : "without the link");
}

Result<ExitCode> add_guest_link(const GuestOptions& options, const Program& program) {
    if (options.qr && (program.options.json || program.options.quiet)) {
        return usage_error("--qr is for people: it cannot be given with --json or --quiet.");
    }
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto input = new_guest_link(options, **admin);
    if (!input) return input.error();
    const auto created = (*admin)->guests().create_guest_link(*input);
    if (!created) return created.error();
    auto& out = program.host.out;
    const std::string& address = created->address.reveal();
    warn_of_public_paths(program, created->link);
    if (program.options.json) {
        out << to_json(*created, (*admin)->now()) << '\n';
        if (input->pin) program.host.err << "PIN: " << input->pin->reveal() << '\n';
        return ExitCode::kOk;
    }
    if (program.options.quiet) {
        out << created->link.id.to_string() << '\n';
        program.host.err << "Address (it is shown only once): " << printable(address) << '\n';
        if (input->pin) program.host.err << "PIN: " << input->pin->reveal() << '\n';
        return ExitCode::kOk;
    }
    guest_details(created->link, (*admin)->now()).print(program.host);
    out << "\nAddress (it is shown only once and stored nowhere):\n  " << printable(address)
        << '\n';
    if (input->pin) out << "\nPIN (tell it by another way):\n  " << input->pin->reveal() << '\n';
    if (!options.qr) return ExitCode::kOk;
    const auto code = qr_code(address, use_colour(program.host));
    if (!code) return code.error();
    out << "\nOpen with the phone's browser:\n\n" << *code;
    return ExitCode::kOk;
}

const std::vector<Column>& guest_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{
        {"id", kWide}, {"label", kAlways, 8}, {"status"},           {"until"},
        {"pin"},       {"created"},           {"created_by", kWide}};
    return columns;
}

Result<ExitCode> list_guest_links(const GuestOptions& options, const Program& program) {
    const auto page = part_request(options.page);
    if (!page) return page.error();
    return run_list(
        program, options.list, [&](AdminApi& admin, const ListForm&) -> Result<ListOutput> {
            GuestLinkFilter filter;
            if (!options.incident.empty()) {
                const auto id = resolve_incident(admin, options.incident);
                if (!id) return id.error();
                filter.incident_id = *id;
            }
            if (!options.status.empty()) filter.open = options.status == "open";
            const auto found = read_in_parts(*page, [&](const PageRequest& part) {
                return admin.guests().list_guest_links(filter, part);
            });
            if (!found) return found.error();
            ListOutput output{"guest_links",       guest_columns(), {}, {}, found->next, {},
                              more_of(found->next)};
            output.empty =
                filter.open ? "There are no such guest links." : "There are no guest links.";
            const Timestamp now = admin.now();
            for (const auto& link : found->items) {
                const Cell status = guest_status(link, now);
                output.rows.push_back(
                    {link.id.to_string(),
                     to_json(link, now),
                     {text_cell(link.id.to_string()), text_cell(link.label),
                      word_cell(status, status.text),
                      time_cell(link.expires_at, now, "its incident is closed"),
                      text_cell(link.has_pin ? "required" : "none"),
                      time_cell(link.created_at, now), text_cell(link.created_by)}});
            }
            return output;
        });
}

Result<ExitCode> show_guest_link(const GuestOptions& options, const Program& program) {
    return with_target(program, options.link, resolve_guest_link,
                       [&](AdminApi& admin, GuestLinkId id) -> Result<ExitCode> {
                           const auto found = admin.guests().find_guest_link(id);
                           if (!found) return found.error();
                           warn_of_public_paths(program, *found);
                           if (program.options.json) {
                               program.host.out << to_json(*found, admin.now()) << '\n';
                           } else if (program.options.quiet) {
                               program.host.out << id.to_string() << '\n';
                           } else {
                               guest_details(*found, admin.now()).print(program.host);
                           }
                           return ExitCode::kOk;
                       });
}

// See docs/guest-links.md.
bool puts_viewers_out(const GuestOptions& options) {
    return !options.keys.empty() || !options.broadcasters.empty() || !options.until.empty() ||
           options.pin || options.max_viewers || !options.reset.empty();
}

Result<ExitCode> edit_guest_link(const GuestOptions& options, const Program& program) {
    const bool changes_something = options.label || !options.keys.empty() ||
                                   !options.broadcasters.empty() || !options.until.empty() ||
                                   options.pin || options.max_addresses || options.max_viewers ||
                                   !options.reset.empty();
    if (!changes_something) {
        return usage_error("There is nothing to change: give --until, --pin or another option.");
    }
    return with_target(
        program, options.link, resolve_guest_link,
        [&](AdminApi& admin, GuestLinkId id) -> Result<ExitCode> {
            const auto patch = guest_patch(options, admin);
            if (!patch) return patch.error();
            const auto changed = admin.guests().update_guest_link(id, *patch);
            if (!changed) return changed.error();
            if (puts_viewers_out(options)) tell_hls_viewers(program, admin, {}, came_by(id));
            warn_of_public_paths(program, *changed);
            auto& out = program.host.out;
            const bool is_for_people = !program.options.json && !program.options.quiet;
            if (program.options.json) {
                out << to_json(*changed, admin.now()) << '\n';
            } else if (program.options.quiet) {
                out << id.to_string() << '\n';
            } else {
                guest_details(*changed, admin.now()).print(program.host);
            }
            if (!patch->pin) return ExitCode::kOk;
            if (is_for_people) {
                out << "\nPIN (tell it by another way):\n  " << patch->pin->reveal() << '\n';
            } else {
                program.host.err << "PIN: " << patch->pin->reveal() << '\n';
            }
            return ExitCode::kOk;
        });
}

Result<ExitCode> close_guest_link(const GuestOptions& options, const Program& program) {
    return with_target(
        program, options.link, resolve_guest_link,
        [&](AdminApi& admin, GuestLinkId id) -> Result<ExitCode> {
            const auto agreed = confirm(program.host, options.yes,
                                        fmt::format("Close guest link {} for ever?", options.link));
            if (!agreed || *agreed != ExitCode::kOk) return agreed;
            const auto closed = admin.guests().close_guest_link(id);
            if (!closed) return closed.error();
            if (program.options.json) {
                program.host.out << to_json(*closed, admin.now()) << '\n';
            } else if (program.options.quiet) {
                program.host.out << id.to_string() << '\n';
            } else {
                program.host.out << fmt::format("Guest link {} closed.\n", id.to_string());
            }
            tell_hls_viewers(program, admin, {}, came_by(id));
            return ExitCode::kOk;
        });
}

}  // namespace

void add_guest_commands(CLI::App& app, Program& program) {
    Verbs<GuestOptions> verbs(app, program, "guest",
                              "Addresses with which people without an account watch");
    const auto add_target_to = [&](CLI::App* verb) {
        add_target(verb, "GUEST", verbs->link, "Id; or label, if only one has it");
        return verb;
    };

    const auto add_members_to = [&](CLI::App* verb, const char* until, const char* pin) {
        verb->add_option("--label", verbs->label, "The title of the page")->type_name("TEXT");
        verb->add_option("--key", verbs->keys, "Id, label or path of a key; may be repeated")
            ->type_name("KEY")
            ->allow_extra_args(false);
        verb->add_option("-b,--broadcaster", verbs->broadcasters,
                         "Id or name of a broadcaster; may be repeated")
            ->type_name("BROADCASTER")
            ->allow_extra_args(false);
        verb->add_option("--until", verbs->until, until)->type_name("TIME");
        verb->add_option("--max-addresses", verbs->max_addresses,
                         "From so many addresses it may be used, 1 to 1000 (1000)")
            ->type_name("NUMBER");
        verb->add_option("--max-viewers", verbs->max_viewers,
                         "So many players may show signed streams by it at once")
            ->type_name("NUMBER");
        verb->add_flag("--pin", verbs->pin, pin);
    };

    auto* add_verb = verbs.add("add", "Make an address, which is shown once", add_guest_link);
    add_verb
        ->add_option("--incident", verbs->incident,
                     "It ends with this incident, and shows its keys if no others are given")
        ->type_name("INCIDENT");
    add_members_to(add_verb,
                   "18:00, tonight, 2026-12-01T10:00, or from now: 8h; required without --incident",
                   "Guests must also give a PIN, which is shown once");
    add_verb->add_flag("--qr", verbs->qr, "Also show the address as a QR code");

    auto* list_verb = verbs.add("list", "List guest links, newest first", list_guest_links);
    list_verb
        ->add_option("--incident", verbs->incident,
                     "Only links that end with this incident: id, name or reference")
        ->type_name("INCIDENT");
    one_of(list_verb->add_option("--status", verbs->status, "Only links with this status"),
           {"open", "closed"});
    add_part_options(*list_verb, verbs->page, "Maximum number of links (100)");
    add_list_options(*list_verb, verbs->list, guest_columns());

    auto* edit_verb = add_target_to(
        verbs.add("edit", "Change a guest link; its address stays the same", edit_guest_link));
    add_members_to(edit_verb, "18:00, tonight, 2026-12-01T10:00, or from now: 8h",
                   "Guests must give a new PIN, which is shown once");
    one_of(edit_verb->add_option("--reset", verbs->reset,
                                 "Remove the PIN or a limit; may be repeated"),
           resettable_guest_link_members())
        ->allow_extra_args(false);

    add_target_to(verbs.add("show", "Show one guest link", show_guest_link));
    add_yes(*add_target_to(verbs.add("close", "Close a guest link for ever", close_guest_link)),
            verbs->yes);
}

}  // namespace rescuestream::cli
