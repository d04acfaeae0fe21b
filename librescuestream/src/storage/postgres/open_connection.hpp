#pragma once

#include <atomic>
#include <memory>
#include <pqxx/pqxx>

#include "rescuestream/pooler.hpp"
#include "storage/postgres/session.hpp"
#include "storage/sql/failure.hpp"

namespace rescuestream::postgres {

/// A failure on a connection, and what a caller may do then.
struct ConnectionFailure : sql::Failure {
    bool broken = false;  ///< The connection cannot be used any more.
    bool retry = false;   ///< Nothing was changed; the same work may succeed when it is repeated.
};

/// What is known about a pooler in front of the server.
///
/// Thread-safety: all members may be used from any thread.
struct PoolerState {
    const Pooler setting = Pooler::kAuto;
    /// A connection led to a pooler, so the next one is tried without start-up options first.
    std::atomic<bool> seen{false};
};

struct OpenConnection {
    std::unique_ptr<pqxx::connection> connection;
    /// A transaction may run on another session of the server than the one before it. So nothing
    /// that belongs to a session may be used: settings, prepared statements, LISTEN.
    bool pooled = false;
};

/// Connects, finds out whether a pooler stands in front of the server, and checks that the database
/// can hold every text. Throws ConnectionFailure.
OpenConnection open_connection(const Session& session, PoolerState& pooler);

}  // namespace rescuestream::postgres
