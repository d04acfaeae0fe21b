#pragma once

#include <memory>
#include <string>

#include "support/process.hpp"
#include "support/temporary_directory.hpp"

namespace rescuestream::testing {

/// A PgBouncer in front of a PostgreSQL server, which knows every database of it.
class PgBouncer {
public:
    /// True if the program is installed.
    static bool is_installed();

    /// `mode` is "session" or "transaction". `server` is the URI of the server, with user, password
    /// and port. `settings` are more lines for the section [pgbouncer]. Returns when PgBouncer
    /// listens. Throws std::runtime_error.
    PgBouncer(const std::string& mode, const std::string& server, const std::string& settings = {});

    /// Returns `uri` with PgBouncer's host and port.
    std::string address(const std::string& uri) const;
    std::string log() const { return process_->errors(); }

private:
    TemporaryDirectory directory_;
    int port_;
    std::unique_ptr<Process> process_;
};

}  // namespace rescuestream::testing
