#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "admin/admin_api.hpp"
#include "connection.hpp"
#include "rescuestream/time.hpp"
#include "settings/given.hpp"

namespace rescuestream::cli {

/// The environment of a command: everything outside of its own memory. Tests provide their own.
struct Host {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    Environment environment;
    const Clock& clock;
    /// Absolute path of this program, which the hooks of a media server run.
    std::string program_path;
    /// Name of the user, for the audit log.
    std::string user;
    std::function<Result<std::unique_ptr<AdminApi>>(const Connection&)> open_admin;
};

}  // namespace rescuestream::cli
