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

/// Everything that a command touches outside of its own memory. Tests bring their own.
struct Host {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    Environment environment;
    const Clock& clock;
    /// Path of this very program, absolute: what hooks of a media server run.
    std::string program_path;
    /// Name of the person at the keyboard, for the record.
    std::string user;
    std::function<Result<std::unique_ptr<AdminApi>>(const Connection&)> open_admin;
};

}  // namespace rescuestream::cli
