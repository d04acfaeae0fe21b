#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

// What a copy of a database consists of. tests/migrations compares these lists with the schema of
// both dialects, so that a migration cannot add a column that a copy would leave out.
namespace rescuestream::copy {

enum class Kind { kText, kInteger, kBoolean, kTime, kUuid, kDigest };

struct Column {
    std::string_view name;
    Kind kind;
};

struct Table {
    std::string_view name;
    std::size_t key_columns;  ///< So many of the columns, from the first on, are the primary key.
    std::vector<Column> columns;
};

/// What each database makes for itself.
struct NotCopied {
    std::string_view table;
    std::string_view column;  ///< Empty: the whole table.
    std::string_view reason;
};

/// Returns the tables in an order in which each stands behind those that it refers to.
const std::vector<Table>& tables();
const std::vector<NotCopied>& not_copied();

}  // namespace rescuestream::copy
