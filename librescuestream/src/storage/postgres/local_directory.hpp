#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "storage/postgres/connection.hpp"

namespace rescuestream::postgres {

/// Finds the data directory of the server if it is certainly on this machine: the connection is a
/// Unix socket whose other end is a process of this machine, and the directory that the server
/// names (only to superusers and members of pg_read_all_settings) belongs to the user of that
/// process.
///
/// Thread-safety: all methods may be called from any thread.
class LocalDirectory {
public:
    /// Lends a connection to its argument; throws sql::Failure.
    using Lend = std::function<void(const std::function<void(Connection&)>&)>;

    /// Returns the directory, or an empty optional if it is unknown. Asks the server with a
    /// connection of `lend`; without a result it does not ask again for some time.
    std::optional<std::string> find(const Lend& lend);

private:
    std::mutex mutex_;
    std::optional<std::string> found_;
    std::optional<std::chrono::steady_clock::time_point> asked_at_;
};

}  // namespace rescuestream::postgres
