#pragma once

#include <vector>

namespace rescuestream {

/// The version of a storage's schema.
struct SchemaStatus {
    int current = 0;           ///< Number of the newest applied migration; 0: none.
    int latest = 0;            ///< Number of the newest migration that this program knows.
    std::vector<int> pending;  ///< Migrations that are not applied yet, in order.

    bool operator==(const SchemaStatus&) const = default;
};

}  // namespace rescuestream
