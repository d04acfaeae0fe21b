#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
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
    /// `pooler` must outlive this object.
    explicit Connector(PoolerState& pooler) : pooler_(pooler) {}

    /// Throws ConnectionFailure.
    std::unique_ptr<Connection> connect(const Session& session,
                                        std::chrono::steady_clock::time_point deadline);

private:
    using Attempt = std::future<std::unique_ptr<Connection>>;

    PoolerState& pooler_;
    std::mutex mutex_;
    std::vector<Attempt> abandoned_;  // attempts whose caller has given up
};

}  // namespace rescuestream::postgres
