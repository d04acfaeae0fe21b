#include "lists/list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lists/csv.hpp"
#include "lists/yaml.hpp"
#include "rescuestream/json.hpp"
#include "support/redaction.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

std::vector<std::size_t> chosen_columns(const ListOutput& list, const ListForm& form) {
    std::vector<std::size_t> chosen;
    for (const auto& name : form.columns) {
        const auto found = std::find_if(list.columns.begin(), list.columns.end(),
                                        [&](const Column& each) { return each.name == name; });
        if (found != list.columns.end()) {
            chosen.push_back(static_cast<std::size_t>(found - list.columns.begin()));
        }
    }
    if (!chosen.empty()) return chosen;
    // Programs get all values, because they have no terminal that is too narrow.
    const bool all = form.kind == ListForm::Kind::kCsv;
    for (std::size_t i = 0; i < list.columns.size(); ++i) {
        const auto shown = list.columns[i].shown;
        if (all || shown == Column::Shown::kAlways ||
            (form.wide && shown == Column::Shown::kWide)) {
            chosen.push_back(i);
        }
    }
    return chosen;
}

std::string title_of(const std::string& name) {
    std::string title = name;
    for (char& c : title) {
        c = c == '_' ? ' ' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return title;
}

std::string json_of(const ListOutput& list) {
    std::string out = fmt::format("{{\"{}\":[", list.name);
    for (const auto& row : list.rows) {
        if (&row != &list.rows.front()) out += ',';
        out += row.json;
    }
    out += "],";
    if (!list.json_tail.empty()) return out + list.json_tail + "}\n";
    out += fmt::format("\"count\":{}", list.rows.size());
    if (list.next) out += ",\"next_cursor\":" + to_json(list.next->encode());
    return out + "}\n";
}

std::string csv_of(const ListOutput& list, const std::vector<std::size_t>& columns) {
    std::vector<CsvField> fields;
    fields.reserve(columns.size());
    for (const auto column : columns) fields.push_back({list.columns[column].name, false});
    std::string out = csv_line(fields);
    for (const auto& row : list.rows) {
        fields.clear();
        for (const auto column : columns) {
            const ListCell& cell = row.cells[column];
            fields.push_back({redact_key_values(cell.value), cell.number.has_value()});
        }
        out += csv_line(fields);
    }
    return out;
}

std::string table_of(const ListOutput& list, const std::vector<std::size_t>& columns,
                     const ListForm& form) {
    if (list.rows.empty()) return list.empty.empty() ? "" : list.empty + "\n";
    std::vector<std::string> titles;
    std::vector<std::size_t> narrowest;
    for (const auto column : columns) {
        titles.push_back(title_of(list.columns[column].name));
        narrowest.push_back(list.columns[column].narrowest);
    }
    Table table(std::move(titles));
    for (const auto& row : list.rows) {
        std::vector<Cell> cells;
        for (const auto column : columns) {
            const ListCell& cell = row.cells[column];
            cells.push_back(cell.shown);
            if (form.wide && !cell.wide.empty()) cells.back().text = cell.wide;
        }
        table.add(std::move(cells));
    }
    if (form.width > 0 && !form.wide) table.fit(form.width, narrowest);
    return table.text(form.coloured);
}

// Compares as numbers where both have one. True: `left` comes before `right`.
bool comes_before(const ListCell& left, const ListCell& right, bool descending) {
    const bool left_is_empty = left.value.empty();
    const bool right_is_empty = right.value.empty();
    if (left_is_empty || right_is_empty) return !left_is_empty && right_is_empty;
    if (left.number && right.number) {
        return descending ? *left.number > *right.number : *left.number < *right.number;
    }
    return descending ? left.value > right.value : left.value < right.value;
}

}  // namespace

ListCell text_cell(std::string text, Colour colour) {
    return {{text.empty() ? "-" : text, colour}, {}, text, {}};
}

ListCell word_cell(Cell shown, std::string value) {
    return {std::move(shown), {}, std::move(value), {}};
}

ListCell number_cell(std::optional<std::uint64_t> number) {
    if (!number) return text_cell("");
    return {{std::to_string(*number)}, {}, std::to_string(*number), static_cast<double>(*number)};
}

ListCell bitrate_cell(std::optional<std::uint64_t> bits_per_second) {
    ListCell cell = number_cell(bits_per_second);
    if (bits_per_second) cell.shown.text = show_bitrate(*bits_per_second);
    return cell;
}

ListCell length_cell(std::chrono::microseconds length) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(length).count();
    return {
        {show_duration(length)}, {}, std::to_string(seconds), static_cast<double>(length.count())};
}

ListCell time_cell(const std::optional<Timestamp>& time, Timestamp now, const char* none) {
    if (!time) return {{none}, {}, {}, {}};
    return {{show_distance(*time, now)}, show_moment(*time), format_rfc3339(*time), {}};
}

void sort_rows(ListOutput& list, const std::string& column, bool descending) {
    const auto found = std::find_if(list.columns.begin(), list.columns.end(),
                                    [&](const Column& each) { return each.name == column; });
    if (found == list.columns.end()) return;
    const auto index = static_cast<std::size_t>(found - list.columns.begin());
    std::stable_sort(list.rows.begin(), list.rows.end(),
                     [&](const ListRow& left, const ListRow& right) {
                         return comes_before(left.cells[index], right.cells[index], descending);
                     });
}

std::string render(const ListOutput& list, const ListForm& form) {
    switch (form.kind) {
        case ListForm::Kind::kJson:
            return json_of(list);
        case ListForm::Kind::kYaml:
            return yaml_of(json_of(list));
        case ListForm::Kind::kCsv:
            return csv_of(list, chosen_columns(list, form));
        case ListForm::Kind::kIds: {
            std::string out;
            for (const auto& row : list.rows) {
                if (!row.id.empty()) out += row.id + "\n";
            }
            return out;
        }
        case ListForm::Kind::kTable:
            break;
    }
    return table_of(list, chosen_columns(list, form), form);
}

}  // namespace rescuestream::cli
