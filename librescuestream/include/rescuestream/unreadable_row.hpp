#pragma once

#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream {

/// A row of a database that cannot be read, because another program, a defect or a half restored
/// backup has written it. What it describes is refused or left out; everything else works.
struct UnreadableRow {
    std::string table;
    std::string id;  ///< Empty: it cannot be read either, or is not for everybody.
    std::string column;

    bool operator==(const UnreadableRow&) const = default;
};

/// "column COLUMN of the row ID of the table TABLE".
std::string to_string(const UnreadableRow& row);

/// The message of the error (kInternal) of a step that needs the row.
std::string sentence_about(const UnreadableRow& row);
/// Whether an error has such a message, which clients should see.
bool is_about_unreadable_row(const Error& error) noexcept;

}  // namespace rescuestream
