#pragma once

#include <functional>
#include <string>
#include <vector>

#include "output.hpp"
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

/// A list in each of the three output forms.
struct ListOutput {
    std::string name;                ///< JSON member, "stream_keys".
    std::vector<std::string> ids;    ///< For --quiet.
    std::vector<std::string> items;  ///< For --json.
    Table table;
    std::string empty;  ///< The message for people when the list is empty.
    std::optional<Cursor> next;
};

void print_list(const Program& program, const ListOutput& output);

/// Returns a function that maps ids to names of broadcasters, for tables. A name is empty when the
/// names cannot be read.
std::function<std::string(BroadcasterId)> broadcaster_names(BroadcasterApi& admin);

/// Returns name and id for a detail line, or the id alone when its name cannot be read.
std::string show_broadcaster(BroadcasterApi& admin, BroadcasterId id);

}  // namespace rescuestream::cli
