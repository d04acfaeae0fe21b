#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "storage/copy/endpoint.hpp"
#include "storage/copy/tables.hpp"

namespace rescuestream::copy {

/// Rows of one table in the order of its columns.
using Page = std::vector<sql::Values>;

/// The most rows of a page. A statement that inserts them has fewer parameters than either database
/// allows.
constexpr std::size_t kPageRows = 500;

/// Reads the page behind the row whose key is `after`; the first page if that is empty. An empty
/// page is the end of the table.
Page read_page(sql::Connection& connection, const Endpoint& endpoint, const Table& table,
               const sql::Values& after);

/// Inserts the rows that are not there yet.
void insert_page(sql::Connection& connection, const Endpoint& endpoint, const Table& table,
                 const Page& page);

/// Returns the key of a row.
sql::Values key_of(const Table& table, const sql::Values& row);

/// Returns the key of the last row; empty: the table has no row, or the two kinds of databases do
/// not agree which row that is.
sql::Values last_key(sql::Connection& connection, const Endpoint& endpoint, const Table& table);

std::uint64_t count_rows(sql::Connection& connection, const Endpoint& endpoint, const Table& table);
bool has_rows(sql::Connection& connection, const Endpoint& endpoint, const Table& table);

/// Number and digest of rows: the sum of the digests of the rows, which does not depend on their
/// order.
class Digest {
public:
    void add(const Table& table, const sql::Values& row);

    std::uint64_t rows() const noexcept { return rows_; }
    std::string text() const;

    bool operator==(const Digest&) const = default;

private:
    std::uint64_t rows_ = 0;
    std::array<std::uint8_t, 32> sum_{};
};

}  // namespace rescuestream::copy
