#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lists/list.hpp"
#include "program.hpp"

namespace CLI {
class App;
}

namespace rescuestream::cli {

/// Selects a part of a list.
struct PageOptions {
    std::size_t limit = 0;  ///< 0: the whole list.
    std::string cursor;
    bool all = false;  ///< Of a list that is read in parts: without a limit.
};

/// Adds --limit and --cursor to `verb`.
void add_page_options(CLI::App& verb, PageOptions& options, const char* limit_help);

/// So many items a list without end shows unless the caller says another number.
constexpr std::size_t kUsualItems = 100;
/// Adds --limit, --cursor and --all to `verb`, whose list is read by `read_in_parts`.
void add_part_options(CLI::App& verb, PageOptions& options, const char* limit_help);
/// Returns the page that these options select; without a limit, all items.
Result<PageRequest> part_request(const PageOptions& options);
/// What the user is told if there are more items than shown.
std::string more_of(const std::optional<Cursor>& next);

/// Reads the items that `wanted` selects by `read(PageRequest)`, in parts that a server gives.
template <class Read>
auto read_in_parts(const PageRequest& wanted, Read read) -> decltype(read(wanted)) {
    constexpr std::size_t kPart = 500;
    PageRequest part = wanted;
    part.limit = std::min(wanted.limit.value_or(kPart), kPart);
    auto list = read(part);
    while (list && list->next) {
        if (wanted.limit) {
            if (list->items.size() >= *wanted.limit) break;
            part.limit = std::min(*wanted.limit - list->items.size(), kPart);
        }
        part.after = list->next;
        auto more = read(part);
        if (!more) return more;
        for (auto& item : more->items) list->items.push_back(std::move(item));
        list->next = more->next;
    }
    return list;
}

/// How a list is printed, and how often.
struct ListOptions {
    std::string output = "table";
    std::vector<std::string> columns;
    std::string sort;  ///< The name of a column, with `-` in front in descending order.
    bool wide = false;
    bool watches = false;
    std::string interval;  ///< Between two pictures; empty: two seconds.
};

/// Adds --output, --columns, --sort, --wide and --watch to `verb`, which lists `columns`.
void add_list_options(CLI::App& verb, ListOptions& options, const std::vector<Column>& columns);

/// Reads the list. The form says what is needed of it.
using ReadList = std::function<Result<ListOutput>(AdminApi& admin, const ListForm& form)>;

/// Opens the database or the server, reads the list and prints it, with --watch again and again
/// until the user interrupts it.
Result<ExitCode> run_list(const Program& program, const ListOptions& options, const ReadList& read);

/// Whether a list in this form shows names that its items do not contain.
bool needs_names(const ListForm& form);

/// Returns a function that maps ids to names of broadcasters, for tables. A name is empty when the
/// names cannot be read.
std::function<std::string(BroadcasterId)> broadcaster_names(BroadcasterApi& admin);

/// Returns name and id for a detail line, or the id alone when its name cannot be read.
std::string show_broadcaster(BroadcasterApi& admin, BroadcasterId id);

}  // namespace rescuestream::cli
