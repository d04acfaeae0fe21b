#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"
#include "storage/postgres/foreign_parameters.hpp"
#include "storage/postgres/session.hpp"

namespace rescuestream::postgres {

/// The kinds of connections that are made from the user's URI: its parameters have precedence over
/// those of this library.
struct ConnInfo {
    Session durable;            ///< A commit is on the disk when it returns.
    Session shared;             ///< The same for statements with one plan for all values.
    Session claims;             ///< Only for claims; a crash of the machine may undo commits.
    Session unlimited;          ///< Durable, and statements have no time limit.
    std::string description;    ///< URI without password and parameters.
    bool names_pooler = false;  ///< A parameter says that a pooler stands before the server.
    std::vector<ForeignParameterNote> notes;
};

/// `deadline` becomes the server's own time limit of a statement. kInvalidArgument: libpq cannot
/// read the URI; the message names a parameter that it does not know.
Result<ConnInfo> make_conninfo(std::string_view uri, std::chrono::milliseconds deadline);

}  // namespace rescuestream::postgres
