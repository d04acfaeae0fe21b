#pragma once

#include <string>

#include "storage/sql/database.hpp"

// What an incident consists of, as SQL. `incident` is the placeholder of its id.
namespace rescuestream::sql {

/// A SELECT with the texts of the ids of all that entries of the audit log about the incident are
/// about: itself, its broadcasters, keys, streams with their keys and broadcasters, guest links.
/// The column is `name`.
std::string subjects_of_incident(const Dialect& dialect, const std::string& incident);

/// A SELECT of the ids of its keys, and of those that have streamed for it.
std::string keys_of_incident(const std::string& incident);

/// A condition: the incident exists, and `from` is not after its end and `to` not before its
/// beginning.
std::string during_incident(const std::string& incident, const std::string& from,
                            const std::string& to);

}  // namespace rescuestream::sql
