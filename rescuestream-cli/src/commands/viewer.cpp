#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <ostream>
#include <set>

#include "commands/commands.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "commands/verbs.hpp"
#include "output.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

// Without --limit.
constexpr std::size_t kMostViewers = 1'000;

struct ViewerOptions {
    std::string id;
    std::string path;
    std::string viewer;
    bool all = false;
    PageOptions page;
    bool yes = false;
    ListOptions list;
};

// With those that have ended, their ends are shown, too.
std::vector<Column> viewer_columns(bool with_ended) {
    using enum Column::Shown;
    return {{"id"},
            {"path", kAlways, 8},
            {"protocol"},
            {"address"},
            {"viewer", kAlways, 8},
            {"guest_link", kAlways, 8},
            {"since"},
            {"until", with_ended ? kAlways : kWide},
            {"token", kWide},
            {"node", kWide},
            {"user_agent", kWide, 12}};
}

using LinkNames = std::map<GuestLinkId, std::string>;

// The labels of guest links. Empty: nobody came by one, or the caller may not see them.
LinkNames names_of_links(AdminApi& admin, const std::vector<Viewer>& viewers) {
    std::set<GuestLinkId> ids;
    for (const auto& viewer : viewers) {
        if (viewer.grants.empty()) continue;
        if (const auto id = guest_link_of(viewer.grants.front().owner)) ids.insert(*id);
    }
    LinkNames names;
    for (const auto& id : ids) {
        const auto link = admin.guests().find_guest_link(id);
        if (link && !link->label.empty()) names.emplace(id, link->label);
        if (!link && link.error().code != ErrorCode::kNotFound) break;
    }
    return names;
}

std::string name_of_link(const PlaybackGrant& grant, const LinkNames& names) {
    const auto link = guest_link_of(grant.owner);
    if (!link) return {};
    const auto found = names.find(*link);
    return found == names.end() ? link->to_string() : found->second;
}

ListRow row_of_viewer(const Viewer& viewer, const LinkNames& links, Timestamp now) {
    const PlaybackGrant none;
    const PlaybackGrant& grant = viewer.grants.empty() ? none : viewer.grants.front();
    return {viewer.id.value,
            to_json(viewer),
            {text_cell(viewer.id.value), text_cell(viewer.path),
             text_cell(std::string(to_string(viewer.protocol))), text_cell(viewer.remote_address),
             text_cell(grant.viewer_id.value_or("")), text_cell(name_of_link(grant, links)),
             time_cell(viewer.since, now), time_cell(viewer.until, now), text_cell(grant.id),
             text_cell(viewer.node), text_cell(viewer.user_agent)}};
}

Result<ExitCode> show_viewers(const ViewerOptions& options, const Program& program) {
    const std::size_t limit = options.page.limit == 0 ? kMostViewers : options.page.limit;
    const auto page = page_request(limit, options.page.cursor);
    if (!page) return page.error();
    return run_list(program, options.list,
                    [&](AdminApi& admin, const ListForm& form) -> Result<ListOutput> {
                        ViewerFilter filter;
                        if (!options.path.empty()) filter.path = options.path;
                        if (!options.viewer.empty()) filter.viewer_id = options.viewer;
                        filter.present_only = !options.all;
                        const auto viewers = read_in_parts(*page, [&](const PageRequest& part) {
                            return admin.playback().list_viewers(filter, part);
                        });
                        if (!viewers) return viewers.error();
                        ListOutput output{
                            "viewers", viewer_columns(options.all), {}, {}, viewers->next, {}, {}};
                        output.empty = "Nobody watches.";
                        const auto links =
                            needs_names(form) ? names_of_links(admin, viewers->items) : LinkNames();
                        for (const auto& viewer : viewers->items) {
                            output.rows.push_back(row_of_viewer(viewer, links, admin.now()));
                        }
                        return output;
                    });
}

Result<ExitCode> remove_one_viewer(const ViewerOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto agreed =
        confirm(program.host, options.yes, fmt::format("Remove viewer {}?", printable(options.id)));
    if (!agreed || *agreed != ExitCode::kOk) return agreed;
    const auto removed = (*admin)->playback().remove_viewer(options.id);
    if (!removed) return removed.error();
    if (!removed->is_gone && removed->viewer.protocol == Protocol::kHls) {
        return Error{ErrorCode::kUnsupported,
                     "The viewer is not gone: MediaMTX cannot end an HLS session safely. It ends "
                     "with its player. Revoke its token, so that it cannot begin another one.",
                     {},
                     {}};
    }
    if (program.options.json) {
        program.host.out << to_json(removed->viewer) << '\n';
    } else if (program.options.quiet) {
        program.host.out << printable(options.id) << '\n';
    } else if (removed->is_gone) {
        program.host.out << "The viewer is gone. Its token stays valid.\n";
    } else {
        program.host.out << "The viewer is removed when its media server answers.\n";
    }
    return ExitCode::kOk;
}

}  // namespace

void add_viewer_commands(CLI::App& app, Program& program) {
    Verbs<ViewerOptions> verbs(app, program, "viewer", "Who watches");
    auto* list_verb = verbs.add("list", "List viewers, newest first", show_viewers);
    list_verb->add_option("--path", verbs->path, "Only at this path")->type_name("PATH");
    list_verb->add_option("--viewer", verbs->viewer, "Only with tokens of this viewer")
        ->type_name("TEXT");
    list_verb->add_flag("--all", verbs->all, "Also those that have ended within a day");
    add_page_options(*list_verb, verbs->page, "Maximum number of viewers (1000)");
    add_list_options(*list_verb, verbs->list, viewer_columns(true));
    auto* remove_verb =
        verbs.add("remove", "Remove a viewer; its token stays valid", remove_one_viewer);
    add_target(remove_verb, "ID", verbs->id, "Its id");
    add_yes(*remove_verb, verbs->yes);
}

}  // namespace rescuestream::cli
