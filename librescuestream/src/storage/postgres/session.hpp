#pragma once

#include <string>

#include "storage/postgres/trouble.hpp"

namespace rescuestream::postgres {

/// How one kind of connection is established, and with which settings it works.
struct Session {
    std::string conninfo;  ///< libpq's, with the settings as start-up options.
    std::string bare;      ///< The same without them, for poolers, which refuse or forget them.
    /// Statements that make the same settings for the rest of one transaction, each ended by a
    /// semicolon.
    std::string local;
    Names names;
};

}  // namespace rescuestream::postgres
