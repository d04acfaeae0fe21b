#include "rescuestream/unreadable_row.hpp"

namespace rescuestream {
namespace {

constexpr std::string_view kBeginning = "A row of the database cannot be read: ";

}  // namespace

std::string to_string(const UnreadableRow& row) {
    return "column " + row.column + " of " + (row.id.empty() ? "a row" : "the row " + row.id) +
           " of the table " + row.table;
}

std::string sentence_about(const UnreadableRow& row) {
    return std::string(kBeginning) + to_string(row) +
           ". Another program, a defect or a damaged backup has written it. Until it is repaired "
           "or removed, what it describes is refused.";
}

bool is_about_unreadable_row(const Error& error) noexcept {
    return error.code == ErrorCode::kInternal && error.message.starts_with(kBeginning);
}

}  // namespace rescuestream
