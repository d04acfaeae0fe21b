#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "rescuestream/distribution.hpp"
#include "rescuestream/unreadable_row.hpp"

namespace rescuestream {

/// The connections of a backend to its database.
struct PoolFigures {
    std::size_t busy = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0;    ///< Calls that wait for a connection.
    Distribution wait_seconds;  ///< Of each call: how long it waited for a connection.
};

/// What a backend measures about itself. An empty member does not apply to the backend.
struct StorageFigures {
    std::optional<PoolFigures> pool;
    std::optional<Distribution> checkpoint_seconds;  ///< SQLite: copies of the write-ahead log.
    std::optional<Distribution> group_sizes;         ///< SQLite: calls that shared one transaction.
    std::vector<UnreadableRow> unreadable_rows;      ///< Those met lately, at most 100.
};

}  // namespace rescuestream
