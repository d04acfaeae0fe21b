#include "commands/lists.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <sstream>
#include <unordered_map>

#include "arguments.hpp"
#include "commands/options.hpp"
#include "support/text.hpp"
#include "times.hpp"

namespace rescuestream::cli {

void add_page_options(CLI::App& verb, PageOptions& options, const char* limit_help) {
    verb.add_option("--limit", options.limit, limit_help)
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000).description(""));
    verb.add_option("--cursor", options.cursor, "Continue where an earlier list ended")
        ->type_name("CURSOR");
}

void add_part_options(CLI::App& verb, PageOptions& options, const char* limit_help) {
    add_page_options(verb, options, limit_help);
    verb.add_flag("--all", options.all, "Without a limit")->excludes(verb.get_option("--limit"));
}

Result<PageRequest> part_request(const PageOptions& options) {
    auto page = page_request(options.limit, options.cursor);
    if (page && !page->limit && !options.all) page->limit = kUsualItems;
    return page;
}

std::string more_of(const std::optional<Cursor>& next) {
    return next ? "There are more: --all, or --cursor " + next->encode() : std::string();
}

void add_list_options(CLI::App& verb, ListOptions& options, const std::vector<Column>& columns) {
    std::vector<std::string> names;
    std::vector<std::string> orders;
    for (const auto& column : columns) {
        names.push_back(column.name);
        orders.insert(orders.end(), {column.name, "-" + column.name});
    }
    one_of(verb.add_option("--output", options.output, "Form of the list (table)"),
           {"table", "json", "yaml", "csv"});
    // The words are offered by the completion; in the help they would take three lines.
    auto* chosen =
        verb.add_option("--columns", options.columns, "Columns of the table: " + listed(names))
            ->type_name("A,B")
            ->delimiter(',')
            ->allow_extra_args(false)
            ->transform(CLI::IsMember(names, CLI::ignore_case, CLI::ignore_space).description(""));
    offer(chosen, names);
    auto* order =
        verb.add_option("--sort", options.sort, "Sort by a column; -COLUMN: greatest first")
            ->type_name("COLUMN")
            ->transform(CLI::IsMember(orders, CLI::ignore_case, CLI::ignore_space).description(""));
    offer(order, names);
    verb.add_flag("--wide", options.wide, "All columns, ids and full times; nothing is cut");
    auto* watch = verb.add_option("--watch", options.interval,
                                  "Show the list again every 2 s, or SECONDS, until Ctrl-C");
    watch->expected(0, 1)->type_name("[SECONDS]");
    verb.parse_complete_callback([&options, watch] { options.watches = watch->count() > 0; });
}

namespace {

Result<ListForm> form_of(const Program& program, const ListOptions& options) {
    const Host& host = program.host;
    ListForm form;
    form.columns = options.columns;
    form.wide = options.wide;
    form.coloured = use_colour(host);
    if (host.out_is_terminal && host.terminal_size) form.width = host.terminal_size().columns;
    using enum ListForm::Kind;
    if (options.output == "json") form.kind = kJson;
    if (options.output == "yaml") form.kind = kYaml;
    if (options.output == "csv") form.kind = kCsv;
    if (program.options.quiet && form.kind == kTable) form.kind = kIds;
    if (!program.options.json) return form;
    if (form.kind == kYaml || form.kind == kCsv) {
        return usage_error("--json and --output " + options.output + " exclude each other.");
    }
    form.kind = kJson;
    return form;
}

Result<ListOutput> read_sorted(AdminApi& admin, const ListForm& form, const ListOptions& options,
                               const ReadList& read) {
    auto list = read(admin, form);
    if (!list || options.sort.empty()) return list;
    const bool descending = options.sort.front() == '-';
    sort_rows(*list, options.sort.substr(descending ? 1 : 0), descending);
    return list;
}

// Whoever looks at the end of a long list asks whether it is the end.
bool is_longer_than_screen(const ListOutput& list, const ListForm& form, const Host& host) {
    if (form.kind != ListForm::Kind::kTable || !host.out_is_terminal || !host.terminal_size) {
        return false;
    }
    const std::size_t rows = host.terminal_size().rows;
    return rows > 0 && list.rows.size() + 1 > rows;
}

void tell_of_more(const ListOutput& list, const ListForm& form, const Host& host) {
    auto& err = host.err;
    if (form.kind == ListForm::Kind::kJson) return;  // it has the cursor
    if (!list.more.empty()) {
        err << list.more << '\n';
    } else if (list.next) {
        err << "There are more: --cursor " << list.next->encode() << '\n';
    } else if (is_longer_than_screen(list, form, host)) {
        err << fmt::format("These are all {}. To read them page by page: … --wide | less -S\n",
                           list.rows.size());
    }
}

// One picture of the list on a terminal. It is written over the one before, line by line, so that
// it does not flicker; lines that are too long are cut by the terminal, not wrapped.
std::string frame_of(const std::string& text, std::size_t rows, bool is_first) {
    std::string out = is_first ? "\x1b[2J" : "";
    out += "\x1b[H\x1b[?7l";
    std::istringstream lines(text);
    std::size_t shown = 0;
    for (std::string line; std::getline(lines, line); ++shown) {
        if (rows > 1 && shown + 1 == rows) break;
        out += line + "\x1b[K\n";
    }
    return out + "\x1b[J\x1b[?7h";
}

Result<ExitCode> watch_list(const Program& program, const ListOptions& options,
                            const ReadList& read) {
    const auto interval =
        parse_length(options.interval.empty() ? "2" : options.interval, "--watch");
    if (!interval) return interval.error();
    if (interval->count() < 1) return usage_error("--watch: must be at least 1 s.");
    const auto admin = program.open();
    if (!admin) return admin.error();
    const Host& host = program.host;
    for (bool is_first = true;; is_first = false) {
        const auto form = form_of(program, options);
        if (!form) return form.error();
        const auto list = read_sorted(**admin, *form, options, read);
        // Later failures may pass: a server is restarted.
        if (!list && is_first) return list.error();
        const std::string text = list ? render(*list, *form) : list.error().message + "\n";
        const bool is_table = form->kind == ListForm::Kind::kTable;
        const std::string title =
            is_table ? fmt::format("{}, every {}, Ctrl-C ends it\n\n", show_moment((*admin)->now()),
                                   show_duration(*interval))
                     : "";
        if (is_table && host.out_is_terminal) {
            const TerminalSize size = host.terminal_size ? host.terminal_size() : TerminalSize{};
            host.out << frame_of(title + text, size.rows, is_first);
        } else {
            host.out << (list ? "" : "rescuestream-cli: ") << title << text;
        }
        host.out.flush();
        if (!host.out || !host.pause || !host.pause(*interval)) return ExitCode::kOk;
    }
}

}  // namespace

Result<ExitCode> run_list(const Program& program, const ListOptions& options,
                          const ReadList& read) {
    if (options.watches) return watch_list(program, options, read);
    const auto form = form_of(program, options);
    if (!form) return form.error();
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto list = read_sorted(**admin, *form, options, read);
    if (!list) return list.error();
    program.host.out << render(*list, *form);
    tell_of_more(*list, *form, program.host);
    return ExitCode::kOk;
}

bool needs_names(const ListForm& form) {
    return form.kind == ListForm::Kind::kTable || form.kind == ListForm::Kind::kCsv;
}

std::function<std::string(BroadcasterId)> broadcaster_names(BroadcasterApi& admin) {
    auto names = std::make_shared<std::unordered_map<BroadcasterId, std::string>>();
    if (const auto list = admin.list_broadcasters({})) {
        for (const auto& broadcaster : list->items) {
            names->emplace(broadcaster.id, broadcaster.display_name);
        }
    }
    return [names](BroadcasterId id) {
        const auto found = names->find(id);
        return found == names->end() ? id.to_string() : found->second;
    };
}

std::string show_broadcaster(BroadcasterApi& admin, BroadcasterId id) {
    const auto broadcaster = admin.find_broadcaster(id);
    const std::string text = id.to_string();
    return broadcaster ? broadcaster->display_name + " (" + text + ")" : text;
}

}  // namespace rescuestream::cli
