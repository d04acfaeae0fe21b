#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

namespace rescuestream::postgres {

/// Connection strings made from the user's URI: his words first, our settings where he has none.
struct ConnInfo {
    std::string durable;      ///< A commit is on the disk when it returns.
    std::string shared;       ///< The same, for statements whose plan is good for all values.
    std::string claims;       ///< For claims alone; a crash of the machine may take commits back.
    std::string unlimited;    ///< Durable, statements may take as long as they need.
    std::string description;  ///< URI without password and parameters.
};

/// `deadline` becomes the server's own limit of a statement. kInvalidArgument: libpq cannot read
/// it.
Result<ConnInfo> make_conninfo(std::string_view uri, std::chrono::milliseconds deadline);

}  // namespace rescuestream::postgres
