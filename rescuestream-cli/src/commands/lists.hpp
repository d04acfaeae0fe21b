#pragma once

#include <functional>
#include <optional>
#include <string>
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
};

/// Adds --limit and --cursor to `verb`.
void add_page_options(CLI::App& verb, PageOptions& options, const char* limit_help);

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
