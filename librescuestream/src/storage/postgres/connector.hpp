#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/postgres/connection.hpp"

namespace rescuestream::postgres {

/// Makes connections, and gives up on one in time: libpq's own limit is two seconds at the least,
/// which is all that a caller has.
///
/// Thread-safety: all methods from any thread. Its end waits for connections that are being made.
class Connector {
public:
    /// Throws ConnectionFailure.
    std::unique_ptr<Connection> connect(const std::string& conninfo,
                                        std::chrono::steady_clock::time_point deadline);

private:
    using Attempt = std::future<std::unique_ptr<Connection>>;

    std::mutex mutex_;
    std::vector<Attempt> abandoned_;  // nobody waits for them any more
};

}  // namespace rescuestream::postgres
