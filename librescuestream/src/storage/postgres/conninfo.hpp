#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream::postgres {

/// Connection strings that are made from the user's URI: its parameters have precedence over the
/// settings of this library.
struct ConnInfo {
    std::string durable;      ///< A commit is on the disk when it returns.
    std::string shared;       ///< The same for statements with one plan for all values.
    std::string claims;       ///< Only for claims; a crash of the machine may undo commits.
    std::string unlimited;    ///< Durable, and statements have no time limit.
    std::string description;  ///< URI without password and parameters.
};

/// `deadline` becomes the server's own time limit of a statement. kInvalidArgument: libpq cannot
/// read the URI.
Result<ConnInfo> make_conninfo(std::string_view uri, std::chrono::milliseconds deadline);

}  // namespace rescuestream::postgres
