#include "storage/sql/database.hpp"

#include "storage/sql/unreadable_rows.hpp"

namespace rescuestream::sql {

Database::Database() : unreadable_(std::make_shared<UnreadableRows>()) {}

}  // namespace rescuestream::sql
