#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "output.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// One column of a list.
struct Column {
    enum class Shown {
        kAlways,
        kWide,       ///< Only with --wide or when it is chosen.
        kOnRequest,  ///< Only when it is chosen.
    };

    std::string name;  ///< "last_used": for --columns, --sort and CSV. The title is "LAST USED".
    Shown shown = Shown::kAlways;
    /// The narrowest width to which a table may cut its cells; 0: they are never cut.
    std::size_t narrowest = 0;
};

/// One value of a list: as people read it and as programs do.
struct ListCell {
    Cell shown;
    std::string wide;              ///< What --wide shows instead; empty: the same.
    std::string value;             ///< For CSV: times in RFC 3339, numbers without a unit.
    std::optional<double> number;  ///< By which it is sorted instead of by `value`.
};

ListCell text_cell(std::string text, Colour colour = Colour::kNone);
/// A word in which people see `shown`.
ListCell word_cell(Cell shown, std::string value);
ListCell number_cell(std::optional<std::uint64_t> number);
ListCell bitrate_cell(std::optional<std::uint64_t> bits_per_second);
ListCell length_cell(std::chrono::microseconds length);
/// Shown as a distance from now: "3 h ago", "in 2 d"; with --wide as the time. `none` is shown if
/// there is no time.
ListCell time_cell(const std::optional<Timestamp>& time, Timestamp now, const char* none = "-");

struct ListRow {
    std::string id;  ///< For --quiet.
    std::string json;
    std::vector<ListCell> cells;  ///< One for each column.
};

/// A list in all of its output forms.
struct ListOutput {
    std::string name;  ///< JSON member, "stream_keys".
    std::vector<Column> columns;
    std::vector<ListRow> rows;
    std::string empty;  ///< The message for people when the list is empty.
    std::optional<Cursor> next;
    /// Members behind the rows in JSON. Empty: `"count":…`, and the cursor if there are more.
    std::string json_tail;
    std::string more;  ///< For people: how the list continues. Empty: by the cursor.
};

/// How a list is printed.
struct ListForm {
    enum class Kind { kTable, kJson, kYaml, kCsv, kIds };

    Kind kind = Kind::kTable;
    std::vector<std::string> columns;  ///< Empty: the usual ones.
    bool wide = false;
    std::size_t width = 0;  ///< Of the terminal in columns; 0: cells are never cut.
    bool coloured = false;
};

/// Sorts the rows by a column; `descending` puts the greatest first. Rows without a value come
/// last.
void sort_rows(ListOutput& list, const std::string& column, bool descending);

/// Returns the whole output.
std::string render(const ListOutput& list, const ListForm& form);

}  // namespace rescuestream::cli
