#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// A place in a list that is ordered newest first by (time, id).
struct Cursor {
    Timestamp time{};
    Uuid id;

    /// Opaque, URL-safe text of a cursor.
    std::string encode() const;
    /// Empty when `text` was not made by `encode`.
    static std::optional<Cursor> decode(std::string_view text);

    auto operator<=>(const Cursor&) const = default;
};

/// Which part of a list is wanted. Empty members: from the newest, to the end.
struct PageRequest {
    std::optional<std::size_t> limit;  ///< At least 1.
    std::optional<Cursor> after;       ///< Only what is older than this.
};

/// Part of a list, newest first.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<Cursor> next;  ///< Set when older items exist beyond this page.
};

}  // namespace rescuestream
