#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/postgres/connection.hpp"

namespace rescuestream::postgres {

/// Establishes connections with a deadline. libpq's own limit is two seconds at least, which is all
/// the time that a caller has.
///
/// Thread-safety: all methods may be called from any thread. The destructor waits for connections
/// that are being established.
class Connector {
public:
    /// Throws ConnectionFailure.
    std::unique_ptr<Connection> connect(const std::string& conninfo,
                                        std::chrono::steady_clock::time_point deadline);

private:
    using Attempt = std::future<std::unique_ptr<Connection>>;

    std::mutex mutex_;
    std::vector<Attempt> abandoned_;  // attempts whose caller has given up
};

}  // namespace rescuestream::postgres
