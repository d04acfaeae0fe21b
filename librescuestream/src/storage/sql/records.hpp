#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "rescuestream/records.hpp"
#include "rescuestream/storage.hpp"
#include "rules/room.hpp"
#include "storage/sql/database.hpp"

// Converts rows to records and records to parameters, in the order of the columns in
// statements.hpp. Reading throws Failure if the database contains a row that is not a valid record.
namespace rescuestream::sql {

/// Reads the columns of one row from left to right. A value that cannot be read is thrown as a
/// Failure that has its position. A lenient reader only remembers the first of them, and gives an
/// empty value or the caller's in place of each.
class RowReader {
public:
    RowReader(const Rows& rows, std::size_t row, int column = 0,
              std::optional<Failure>* first_failure = nullptr)
        : rows_(rows), row_(row), column_(column), first_failure_(first_failure) {}

    /// Whether a value that a lenient reader, or a copy of it, has read was unreadable.
    bool has_failed() const { return first_failure_ != nullptr && first_failure_->has_value(); }
    bool is_lenient() const { return first_failure_ != nullptr; }
    void remember(Failure failure) const {
        if (!*first_failure_) *first_failure_ = std::move(failure);
    }

    bool at_null() const { return rows_.is_null(row_, column_); }
    void skip(int columns) { column_ += columns; }

    std::string text() { return rows_.text(row_, column_++); }
    std::int64_t integer() { return rows_.integer(row_, column_++); }
    bool boolean() { return rows_.boolean(row_, column_++); }
    Timestamp time(Timestamp otherwise = {}) {
        return cell([this](int column) { return rows_.time(row_, column); }, otherwise);
    }
    KeyDigest digest() {
        return cell([this](int column) { return rows_.digest(row_, column); });
    }
    JsonObject json();

    template <class IdType>
    IdType id() {
        return IdType(cell([this](int column) { return rows_.uuid(row_, column); }));
    }
    /// Fails also in a lenient reader: without it nobody knows what the row is about.
    template <class IdType>
    IdType own_id() {
        return IdType(RowReader(rows_, row_, column_++).id<Uuid>());
    }
    template <class Enum>
    Enum name(Enum otherwise = {}) {
        const auto parse = [](const std::string& word) {
            const auto value = parse_enum<Enum>(word);
            if (!value) fail();
            return *value;
        };
        return parsed(parse, otherwise);
    }
    /// What `parse` makes of a text; it throws a Failure if it cannot.
    template <class Parse>
    auto parsed(Parse parse, decltype(parse(std::string())) otherwise = {}) {
        return cell([&](int column) { return parse(rows_.text(row_, column)); },
                    std::move(otherwise));
    }
    /// Returns an empty optional for NULL, else the result of `read`.
    template <class Read>
    auto optional(Read read) -> std::optional<decltype(read())> {
        if (at_null()) return skip(1), std::nullopt;
        return read();
    }
    std::optional<std::string> optional_text() {
        return optional([this] { return text(); });
    }
    std::optional<Timestamp> optional_time() {
        return optional([this] { return time(); });
    }

private:
    [[noreturn]] static void fail();

    template <class Read, class T = decltype(std::declval<Read>()(0))>
    T cell(Read read, T otherwise = {}) {
        const int column = column_++;
        try {
            return read(column);
        } catch (Failure& failure) {
            failure.column = column;
            if (!is_lenient()) throw;
            remember(std::move(failure));
            return otherwise;
        }
    }

    const Rows& rows_;
    std::size_t row_;
    int column_;
    std::optional<Failure>* first_failure_;
};

// With a lenient reader, a key is one that nobody may publish with (rules::mark_unreadable, or a
// time that ends its use) if a value is unreadable that decides about that, and a stream is without
// what cannot be read. Only what identifies the record must be readable then.
Broadcaster read_broadcaster(RowReader row);
/// The columns kPolicyColumns; moves `row` behind them.
StreamKeyPolicies read_policies(RowReader& row);
StreamKey read_key(RowReader row);
KeyFact read_key_fact(RowReader row);
Session read_session(RowReader row);
Stream read_stream(RowReader row);
ListedStream read_listed_stream(RowReader row);
StreamTransition read_transition(RowReader row);
Cutoff read_cutoff(RowReader row);
AuditEntry read_audit(RowReader row);
Incident read_incident(RowReader row);

Values values_of(const Broadcaster& broadcaster);
Values values_of(const StreamKeyRow& row);
/// What the creator of a key expects of its broadcaster: the name (or NULL), and whether it is
/// disabled.
Values values_of(const Stream& stream);
Values values_of(StreamId stream, const StreamTransition& transition);
/// Parameters of kUpdateKey.
Values update_values(const StreamKey& key);
Values values_of(const Cutoff& cutoff);
/// Parameters of kInsertIncident and kUpdateIncident.
Values values_of(const Incident& incident);
Values values_of(const AuditEntry& entry);

/// The row of a statement that `occupancy` made.
inline rules::Occupancy read_occupancy(const Rows& rows) {
    const auto count = [&](int column) {
        return static_cast<std::size_t>(rows.integer(0, column));
    };
    return {count(0), count(1), count(2)};
}

/// NULL for an empty id.
template <class Tag>
Value uuid_of(const std::optional<Id<Tag>>& value) {
    return value ? Value(value->uuid()) : Value();
}

/// Returns the parameters of a statement with two records.
inline Values joined(Values first, const Values& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

template <class Enum>
Value name_of(Enum value) {
    return std::string(to_string(value));
}

template <class Enum>
Value name_of(const std::optional<Enum>& value) {
    return value ? name_of(*value) : Value();
}

/// Converts all rows to records.
template <class Read>
auto read_all(const Rows& rows, Read read) {
    std::vector<decltype(read(RowReader(rows, 0)))> records;
    records.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) records.push_back(read(RowReader(rows, i)));
    return records;
}

/// Converts the first row. Empty: there is none.
template <class Read>
auto read_first(const Rows& rows, Read read) -> std::optional<decltype(read(RowReader(rows, 0)))> {
    if (rows.size() == 0) return std::nullopt;
    return read(RowReader(rows, 0));
}

}  // namespace rescuestream::sql
