#include "storage/copy/pages.hpp"

#include <algorithm>

#include "support/crypto.hpp"

namespace rescuestream::copy {
namespace {

std::string names_of(const Table& table, std::size_t count) {
    std::string names;
    for (std::size_t i = 0; i < count; ++i) {
        names += (i == 0 ? "" : ", ") + std::string(table.columns[i].name);
    }
    return names;
}

// "($1, $2)", from $`first` on.
std::string placeholders(std::size_t count, std::size_t first) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += (i == 0 ? "($" : ", $") + std::to_string(first + i);
    }
    return text + ")";
}

sql::Value read_value(const sql::Rows& rows, std::size_t row, int column, Kind kind) {
    if (rows.is_null(row, column)) return {};
    switch (kind) {
        case Kind::kText:
            return rows.text(row, column);
        case Kind::kInteger:
            return rows.integer(row, column);
        case Kind::kBoolean:
            return rows.boolean(row, column);
        case Kind::kTime:
            return rows.time(row, column);
        case Kind::kUuid:
            return rows.uuid(row, column);
        case Kind::kDigest:
            return rows.digest(row, column);
    }
    return {};
}

Page read_rows(const sql::Rows& rows, const Table& table, std::size_t columns) {
    Page page(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        page[row].reserve(columns);
        for (std::size_t i = 0; i < columns; ++i) {
            page[row].push_back(read_value(rows, row, static_cast<int>(i), table.columns[i].kind));
        }
    }
    return page;
}

/// Appends a value so that no two different rows give the same text.
struct Append {
    std::string& text;

    void operator()(std::monostate /*null*/) const { text += "n;"; }
    void operator()(bool value) const { text += value ? "t;" : "f;"; }
    void operator()(std::int64_t value) const { text += "i" + std::to_string(value) + ";"; }
    void operator()(Timestamp value) const { (*this)(value.time_since_epoch().count()); }
    void operator()(const std::string& value) const {
        text += "s" + std::to_string(value.size()) + ":" + value;
    }
    void operator()(const Uuid& value) const { bytes(value.bytes()); }
    void operator()(const KeyDigest& value) const { bytes(value); }

private:
    template <class Bytes>
    void bytes(const Bytes& value) const {
        (*this)(std::string(value.begin(), value.end()));
    }
};

// The order of texts depends on the collation of the database.
bool has_common_order(const Table& table) {
    return std::all_of(table.columns.begin(),
                       table.columns.begin() + static_cast<std::ptrdiff_t>(table.key_columns),
                       [](const Column& column) { return column.kind != Kind::kText; });
}

}  // namespace

Page read_page(sql::Connection& connection, const Endpoint& endpoint, const Table& table,
               const sql::Values& after) {
    const std::string key = names_of(table, table.key_columns);
    std::string statement = "SELECT " + names_of(table, table.columns.size()) + " FROM " +
                            endpoint.qualified(table.name);
    if (!after.empty()) {
        statement += " WHERE (" + key + ") > " + placeholders(table.key_columns, 1);
    }
    statement += " ORDER BY " + key + " LIMIT " + std::to_string(kPageRows);
    return read_rows(*connection.run(statement, after), table, table.columns.size());
}

void insert_page(sql::Connection& connection, const Endpoint& endpoint, const Table& table,
                 const Page& page) {
    const std::size_t columns = table.columns.size();
    std::string statement = "INSERT INTO " + endpoint.qualified(table.name) + " (" +
                            names_of(table, columns) + ") VALUES ";
    sql::Values values;
    values.reserve(page.size() * columns);
    for (const auto& row : page) {
        statement += (values.empty() ? "" : ", ") + placeholders(columns, values.size() + 1);
        values.insert(values.end(), row.begin(), row.end());
    }
    connection.run(statement + " ON CONFLICT DO NOTHING", values);
}

sql::Values key_of(const Table& table, const sql::Values& row) {
    return {row.begin(), row.begin() + static_cast<std::ptrdiff_t>(table.key_columns)};
}

sql::Values last_key(sql::Connection& connection, const Endpoint& endpoint, const Table& table) {
    if (!has_common_order(table)) return {};
    std::string order;
    for (std::size_t i = 0; i < table.key_columns; ++i) {
        order += (i == 0 ? "" : ", ") + std::string(table.columns[i].name) + " DESC";
    }
    const auto rows =
        connection.run("SELECT " + names_of(table, table.key_columns) + " FROM " +
                           endpoint.qualified(table.name) + " ORDER BY " + order + " LIMIT 1",
                       {});
    const auto found = read_rows(*rows, table, table.key_columns);
    return found.empty() ? sql::Values() : found.front();
}

std::uint64_t count_rows(sql::Connection& connection, const Endpoint& endpoint,
                         const Table& table) {
    const auto rows = connection.run("SELECT count(*) FROM " + endpoint.qualified(table.name), {});
    return static_cast<std::uint64_t>(rows->integer(0, 0));
}

bool has_rows(sql::Connection& connection, const Endpoint& endpoint, const Table& table) {
    return connection
        .run("SELECT EXISTS (SELECT 1 FROM " + endpoint.qualified(table.name) + ")", {})
        ->boolean(0, 0);
}

void Digest::add(const Table& table, const sql::Values& row) {
    std::string text(table.name);
    for (const auto& value : row) std::visit(Append{text}, value);
    unsigned carry = 0;
    const auto digest = sha256(text);
    for (std::size_t i = 0; i < sum_.size(); ++i) {
        carry += static_cast<unsigned>(sum_[i]) + digest[i];
        sum_[i] = static_cast<std::uint8_t>(carry & 0xFF);
        carry >>= 8;
    }
    ++rows_;
}

std::string Digest::text() const {
    return to_hex(sum_);
}

}  // namespace rescuestream::copy
