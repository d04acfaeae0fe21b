#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "rescuestream/paging.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/unreadable_rows.hpp"

namespace rescuestream::sql {

/// A SELECT whose conditions depend on a filter. It contains only the conditions that are needed,
/// so that the database can choose the right index.
class Query {
public:
    explicit Query(std::string select) : text_(std::move(select)) {}

    /// Adds a parameter and returns its placeholder.
    std::string bind(Value value) {
        values_.push_back(std::move(value));
        return "$" + std::to_string(values_.size());
    }
    void where(const std::string& condition) {
        text_ += (has_condition_ ? " AND " : " WHERE ") + condition;
        has_condition_ = true;
    }
    void append(const std::string& text) { text_ += text; }

    const std::string& text() const noexcept { return text_; }
    const Values& values() const noexcept { return values_; }

private:
    std::string text_;
    Values values_;
    bool has_condition_ = false;
};

inline Value count_of(std::size_t count) {
    constexpr auto kLargest = std::numeric_limits<std::int64_t>::max() - 1;
    return static_cast<std::int64_t>(std::min(count, static_cast<std::size_t>(kLargest)));
}

/// Which rows a page is made of.
struct PageOfRows {
    const RowSource& source;
    const char* time;  ///< The two columns of the order, of `source`.
    const char* id;
    UnreadableRows& unreadable;
};

/// Returns the place of the last of the first `count` rows that has one.
template <class IdValue>
std::optional<Cursor> last_place(const Rows& rows, std::size_t count, const PageOfRows& page) {
    const auto time = position_of(page.source, page.time);
    const auto id = position_of(page.source, page.id);
    while (time && id && count-- > 0) {
        try {
            Cursor place;
            place.time = rows.time(count, page.source.offset + *time);
            if constexpr (std::is_same_v<IdValue, std::string>) {
                place.id = Uuid::parse(rows.text(count, page.source.offset + *id)).value_or(Uuid());
            } else {
                place.id = rows.uuid(count, page.source.offset + *id);
            }
            return place;
        } catch (const Failure&) {
            continue;  // the row before it
        }
    }
    return std::nullopt;
}

/// Runs `query` for one page in the order (time, id). `read` converts a row to a record. Rows that
/// cannot be read are left out, so that a page may be shorter than the next one. `IdValue`: the
/// type of the column of ids.
template <class IdValue = Uuid, class Read>
auto run_page(Connection& connection, Query query, const PageRequest& page, const PageOfRows& of,
              Read read) {
    const std::string time = of.time;
    const std::string id = of.id;
    if (page.after) {
        const auto after_time = query.bind(page.after->time);
        const Uuid& last = page.after->id;
        const auto after_id = query.bind([&]() -> Value {
            if constexpr (std::is_same_v<IdValue, std::string>) {
                return last.to_string();
            } else {
                return last;
            }
        }());
        query.where("(" + time + ", " + id + ") < (" + after_time + ", " + after_id + ")");
    }
    query.append(" ORDER BY " + time + " DESC, " + id + " DESC");

    Page<decltype(read(RowReader(std::declval<const Rows&>(), 0)))> result;
    for (std::size_t most = page.limit.value_or(0);; most *= 8) {
        Query limited = query;
        // One row more shows whether there is a next page.
        if (page.limit) limited.append(" LIMIT " + limited.bind(count_of(most + 1)));
        const auto rows = connection.run(limited.text(), limited.values());
        std::optional<std::size_t> count;
        if (page.limit && rows->size() > most) {
            // If not one of them has a place, the page ends with the next one that has.
            for (count = *page.limit; *count <= most && !result.next; ++*count) {
                result.next = last_place<IdValue>(*rows, *count, of);
                if (result.next) break;
            }
            if (!result.next) continue;
        }
        result.items = read_readable(*rows, of.source, of.unreadable, read, count);
        return result;
    }
}

}  // namespace rescuestream::sql
