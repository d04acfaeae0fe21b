#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "storage/sql/database.hpp"
#include "support/time_range.hpp"

namespace rescuestream::sqlite {

/// The rows of a result, copied from the statement.
class CopiedRows final : public sql::Rows {
public:
    /// Adds the row at which `statement` stands.
    void add(sqlite3_stmt* statement);

    std::size_t size() const override { return rows_; }
    bool is_null(std::size_t row, int column) const override { return at(row, column).null; }
    std::string text(std::size_t row, int column) const override { return at(row, column).bytes; }
    std::int64_t integer(std::size_t row, int column) const override {
        return at(row, column).integer;
    }
    bool boolean(std::size_t row, int column) const override { return integer(row, column) != 0; }
    Timestamp time(std::size_t row, int column) const override {
        const Timestamp time(std::chrono::microseconds(integer(row, column)));
        if (!is_in_written_years(time)) {
            throw sql::Failure{sql::Failure::Kind::kDefect, "a stored time is out of range"};
        }
        return time;
    }
    Uuid uuid(std::size_t row, int column) const override {
        return Uuid(bytes<Uuid::Bytes>(row, column));
    }
    KeyDigest digest(std::size_t row, int column) const override {
        return bytes<KeyDigest>(row, column);
    }

private:
    struct Cell {
        bool null = false;
        std::int64_t integer = 0;
        std::string bytes;
    };

    const Cell& at(std::size_t row, int column) const {
        return cells_.at(row * static_cast<std::size_t>(columns_) +
                         static_cast<std::size_t>(column));
    }
    template <class Bytes>
    Bytes bytes(std::size_t row, int column) const {
        const auto& source = at(row, column).bytes;
        Bytes result{};
        if (source.size() != result.size()) {
            throw sql::Failure{sql::Failure::Kind::kDefect, "a stored value has a wrong length"};
        }
        std::memcpy(result.data(), source.data(), result.size());
        return result;
    }

    std::size_t rows_ = 0;
    int columns_ = 0;
    std::vector<Cell> cells_;
};

}  // namespace rescuestream::sqlite
