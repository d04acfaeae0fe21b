#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rescuestream/key_changes.hpp"
#include "rescuestream/storage_figures.hpp"
#include "storage/sql/failure.hpp"
#include "storage/sql/records.hpp"

namespace rescuestream {
class Logger;
}

// What becomes of a row that cannot be read, because another program, a defect or a half restored
// backup has written it. It never stops what concerns other rows:
//  - a list, and whatever follows changes, leaves it out (read_readable);
//  - what removes a right, or must know that something exists, reads what can be read
//    (read_leniently, read_first_leniently), so that a damaged key can still be revoked and a
//    cut-off is still carried out;
//  - a search for one record fails, with an error that names the row (read_named).
// Each row is told once in the log and remembered, for Storage::figures.
namespace rescuestream::sql {

/// From which columns a record is read.
struct RowSource {
    std::string_view table;                ///< Of columns without a name of a table before them.
    const std::string* columns = nullptr;  ///< As they stand in the SELECT.
    int offset = 0;                        ///< Columns before them.
};

/// Returns which value could not be read.
UnreadableRow describe(const RowSource& source, const Rows& rows, std::size_t row,
                       const Failure& failure);
/// Adds a message for clients that names the row.
Failure named(Failure failure, const RowSource& source, const Rows& rows, std::size_t row);
/// Returns the position of a column among those of `source`.
std::optional<int> position_of(const RowSource& source, std::string_view column);

/// Remembers the unreadable rows that were met.
///
/// Thread-safety: all methods may be called from any thread.
class UnreadableRows {
public:
    /// `logger` must outlive the object. Before it is given, nothing is logged.
    void log_to(Logger& logger) { logger_ = &logger; }

    void note(const RowSource& source, const Rows& rows, std::size_t row, const Failure& failure);
    /// Those that are known at present, at most `kMost`.
    std::vector<UnreadableRow> all() const;
    /// Notes which keys of a list are left out because they cannot be read, and returns how many
    /// there are with those of earlier changes.
    std::size_t count_left_out(const KeyListChanges& changes,
                               const std::vector<StreamKeyId>& left_out);
    /// Now and then, forgets the rows that were changed or deleted since. Throws Failure.
    void check_again(Connection& connection);
    /// Whether `check_again` would do something now.
    bool is_check_due() const;

    /// With more, the others are not remembered. At most so many are logged in an hour.
    static constexpr std::size_t kMost = 100;

private:
    using Instant = std::chrono::steady_clock::time_point;
    struct Entry {
        UnreadableRow shown;
        std::string statement;  // selects the value; empty: the row cannot be searched
        Value key;
        std::string value;
        Instant seen;
    };
    using Name = std::tuple<std::string, std::string, std::string>;  // table, id, column

    bool may_tell(Name name);

    Logger* logger_ = nullptr;
    mutable std::mutex mutex_;
    std::map<Name, Entry> entries_;
    std::map<Name, Instant> told_;
    std::set<StreamKeyId> left_out_;
    Instant checked_at_ = std::chrono::steady_clock::now();
};

/// Converts the rows that can be read. The others are noted and left out. `read` gets a reader that
/// stands at the columns of `source`.
template <class Read>
auto read_readable(const Rows& rows, const RowSource& source, UnreadableRows& unreadable, Read read,
                   std::optional<std::size_t> count = std::nullopt) {
    std::vector<decltype(read(RowReader(rows, 0)))> records;
    const std::size_t end = count.value_or(rows.size());
    records.reserve(end);
    for (std::size_t row = 0; row < end; ++row) {
        try {
            records.push_back(read(RowReader(rows, row, source.offset)));
        } catch (const Failure& failure) {
            unreadable.note(source, rows, row, failure);
        }
    }
    return records;
}

/// Converts all rows whose own id can be read. Rows with an unreadable value are noted.
template <class Read>
auto read_leniently(const Rows& rows, const RowSource& source, UnreadableRows* unreadable,
                    Read read) {
    std::vector<decltype(read(RowReader(rows, 0)))> records;
    records.reserve(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::optional<Failure> failure;
        try {
            records.push_back(read(RowReader(rows, row, source.offset, &failure)));
        } catch (Failure& of_id) {
            failure = std::move(of_id);
        }
        if (failure && unreadable != nullptr) unreadable->note(source, rows, row, *failure);
    }
    return records;
}

/// A record that was read as far as possible.
template <class Record>
struct Lenient {
    Record record;
    std::optional<Failure> failure;  ///< A value could not be read; its message names the row.

    /// Throws `failure`.
    void require_readable() const {
        if (failure) throw Failure(*failure);
    }
};

/// Converts a row as far as possible. Throws Failure if its own id cannot be read.
template <class Read>
auto read_one_leniently(const Rows& rows, std::size_t row, const RowSource& source, Read read) {
    std::optional<Failure> failure;
    try {
        Lenient<decltype(read(RowReader(rows, 0)))> result{
            read(RowReader(rows, row, source.offset, &failure)), std::nullopt};
        if (failure) result.failure = named(*std::move(failure), source, rows, row);
        return result;
    } catch (Failure& of_id) {
        throw named(std::move(of_id), source, rows, row);
    }
}

/// The same for the first row. Empty: there is none.
template <class Read>
auto read_first_leniently(const Rows& rows, const RowSource& source, Read read) {
    using Record = decltype(read(RowReader(rows, 0)));
    std::optional<Lenient<Record>> result;
    if (rows.size() > 0) result = read_one_leniently(rows, 0, source, read);
    return result;
}

/// Converts a row. Throws a Failure that names it.
template <class Read>
auto read_named(const Rows& rows, std::size_t row, const RowSource& source, Read read) {
    try {
        return read(RowReader(rows, row, source.offset));
    } catch (Failure& failure) {
        throw named(std::move(failure), source, rows, row);
    }
}

/// The same for the first row. Empty: there is none.
template <class Read>
auto read_first_named(const Rows& rows, const RowSource& source, Read read) {
    std::optional<decltype(read(RowReader(rows, 0)))> result;
    if (rows.size() > 0) result = read_named(rows, 0, source, read);
    return result;
}

}  // namespace rescuestream::sql
