#pragma once

#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream {

/// A PostgreSQL address for its own programs, such as pg_dump.
struct ToolAddress {
    std::string text;  ///< "host=db user=rescuestream dbname=rescuestream", without any password.
    bool had_password = false;  ///< The address has one, which the programs need too.
};

/// Rewrites the address `uri` (`postgresql://…`). kInvalidArgument: it cannot be read.
Result<ToolAddress> address_for_tools(std::string_view uri);

}  // namespace rescuestream
