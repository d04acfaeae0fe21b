#pragma once

#include <string>

namespace rescuestream::server {

/// Returns the table of docs/access.md: which scope each route needs, and what each scope permits.
/// It is made from the table of routes.
std::string permissions_as_markdown();

}  // namespace rescuestream::server
