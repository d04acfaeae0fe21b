#pragma once

#include <string>
#include <string_view>

#include "storage/sql/failure.hpp"

namespace rescuestream::postgres {

/// The names in an address, for the SQL in messages.
struct Names {
    std::string database;
    std::string user;
    bool has_several_hosts = false;
};

/// One reason for which PostgreSQL, or a pooler in front of it, cannot be used.
struct Trouble {
    /// kUnauthorized: it stays until somebody changes something. kUnavailable: it may pass.
    sql::Failure::Kind kind = sql::Failure::Kind::kUnavailable;
    /// For clients and logs; names no role, database or host.
    const char* sentence = "";
    /// The SQL or the setting that ends it, with {database} and {user}. For logs.
    const char* mend = "";
};

/// Returns the reason for a refused statement or connection, or null for one that is not known.
/// `state` is PostgreSQL's SQLSTATE, empty if it is unknown; `text` is the text of server or libpq.
/// Without a state only English texts are known.
const Trouble* find_trouble(std::string_view state, std::string_view text);

/// Returns the reason for which libpq could not connect. `text` may have one part for each address
/// that was tried, and parts of one server contradict each other less than those of several: one
/// host is given up when every address of it that answered refuses, several hosts when all refuse.
const Trouble* find_connect_trouble(std::string_view text, const Names& names);

/// Returns true if the text says that a pooler refuses the start-up parameter `options`.
bool refuses_options(std::string_view text);

/// Returns a failure with the sentence and, in its detail, the mend and `text`.
sql::Failure failure_of(const Trouble& trouble, const Names& names, std::string_view text);

}  // namespace rescuestream::postgres
