#include "storage/sqlite/rows.hpp"

namespace rescuestream::sqlite {

void CopiedRows::add(sqlite3_stmt* statement) {
    columns_ = sqlite3_column_count(statement);
    for (int column = 0; column < columns_; ++column) {
        Cell& cell = cells_.emplace_back();
        const int type = sqlite3_column_type(statement, column);
        cell.null = type == SQLITE_NULL;
        if (type == SQLITE_INTEGER) {
            cell.integer = sqlite3_column_int64(statement, column);
        } else if (!cell.null) {
            const void* bytes = sqlite3_column_blob(statement, column);
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
            if (size > 0) cell.bytes.assign(static_cast<const char*>(bytes), size);
        }
    }
    ++rows_;
}

}  // namespace rescuestream::sqlite
