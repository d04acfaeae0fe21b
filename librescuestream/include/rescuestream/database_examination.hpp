#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rescuestream/pooler.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// What a PostgreSQL server says about itself and about the rights of the role that asks.
struct DatabaseExamination {
    std::string description;    ///< The address without a password.
    std::string version;        ///< "15.8 (Debian …)"
    Timestamp clock{};          ///< Of the server, when it answered.
    std::string user;           ///< The role.
    bool is_pooled = false;     ///< A pooler that may change the session stands before it.
    bool is_read_only = false;  ///< A standby, or transactions of this role are read-only.
    /// Rights that the role lacks on our tables: "INSERT on streams, …". Empty: none, or there are
    /// no tables.
    std::string missing_rights;
    std::int64_t connections_left = 0;  ///< For this role, of what the server permits.
};

/// Connects once and reads these facts; changes nothing. `uri` is `postgresql://…`.
/// kUnsupported: it names another kind of storage. kInvalidArgument: it cannot be read.
/// kUnauthorized, kUnavailable: as Storage; the message says what ends it.
Result<DatabaseExamination> examine_database(std::string_view uri, Pooler pooler);

}  // namespace rescuestream
