#pragma once

#include <string>

namespace rescuestream::postgres {

/// Connects once more and returns the text of the refusal with PostgreSQL's SQLSTATE in it, which
/// does not depend on the language of the server. Empty: the server did not refuse within a second.
std::string refusal_with_state(const std::string& conninfo);

}  // namespace rescuestream::postgres
