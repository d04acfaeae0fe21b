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

/// Which part of a list is wanted.
struct PageOptions {
    std::size_t limit = 0;  ///< 0: the whole list.
    std::string cursor;
};

/// Adds --limit and --cursor to `verb`.
void add_page_options(CLI::App& verb, PageOptions& options, const char* limit_help);

/// A list in one of the three forms.
struct ListOutput {
    std::string name;                ///< JSON member, "stream_keys".
    std::vector<std::string> ids;    ///< For --quiet.
    std::vector<std::string> items;  ///< For --json.
    Table table;
    std::string empty;  ///< What a person is told when there is nothing.
    std::optional<Cursor> next;
};

void print_list(const Program& program, const ListOutput& output);

/// Names of all broadcasters by id, for tables. Empty when they cannot be had.
std::function<std::string(BroadcasterId)> broadcaster_names(BroadcasterApi& admin);

/// Name and id for a detail; the id alone when its name cannot be had.
std::string show_broadcaster(BroadcasterApi& admin, BroadcasterId id);

}  // namespace rescuestream::cli
