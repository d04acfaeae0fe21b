#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "admin/admin_api.hpp"
#include "connection.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// Value of an environment variable; empty when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

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
