#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "rescuestream/paging.hpp"
#include "storage/sql/records.hpp"

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

/// Runs `query` for one page in the order (`time`, `id`), two columns. `read` converts a row to a
/// record, `place` a record to its cursor. `IdValue`: the type of the column of ids.
template <class IdValue = Uuid, class Read, class Place>
auto run_page(Connection& connection, Query query, const PageRequest& page, const std::string& time,
              const std::string& id, Read read, Place place) {
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
    // One row more shows whether there is a next page.
    if (page.limit) query.append(" LIMIT " + query.bind(count_of(*page.limit + 1)));

    const auto rows = connection.run(query.text(), query.values());
    Page<decltype(read(RowReader(*rows, 0)))> result;
    result.items = read_all(*rows, read);
    if (page.limit && result.items.size() > *page.limit) {
        result.items.pop_back();
        result.next = place(result.items.back());
    }
    return result;
}

}  // namespace rescuestream::sql
