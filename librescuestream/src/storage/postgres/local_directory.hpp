#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "storage/postgres/connection.hpp"

namespace rescuestream::postgres {

/// The directory of the server's data, where that is on this machine for certain: the connection is
/// a Unix socket whose other end has a process id here, and the directory that the server names
/// (it tells superusers and members of pg_read_all_settings) belongs to that process' user.
///
/// Thread-safety: all methods may be called from any thread.
class LocalDirectory {
public:
    /// Lends a connection to its argument; throws sql::Failure.
    using Lend = std::function<void(const std::function<void(Connection&)>&)>;

    /// Empty: not known. Asks the server by `lend`, and not again for a while when that tells
    /// nothing.
    std::optional<std::string> find(const Lend& lend);

private:
    std::mutex mutex_;
    std::optional<std::string> found_;
    std::optional<std::chrono::steady_clock::time_point> asked_at_;
};

}  // namespace rescuestream::postgres
