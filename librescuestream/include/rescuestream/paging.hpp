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

/// A position in a list that is ordered newest first by (time, id).
struct Cursor {
    Timestamp time{};
    Uuid id;

    /// Returns the cursor as an opaque, URL-safe text.
    std::string encode() const;
    /// Reads a text of `encode`. Returns an empty optional for any other text.
    static std::optional<Cursor> decode(std::string_view text);

    auto operator<=>(const Cursor&) const = default;
};

/// The part of a list that is requested.
struct PageRequest {
    std::optional<std::size_t> limit;  ///< At least 1.
    std::optional<Cursor> after;       ///< Only items older than this. Empty: from the newest.
};

/// Part of a list, newest first.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<Cursor> next;  ///< Set when older items exist beyond this page.
};

}  // namespace rescuestream
