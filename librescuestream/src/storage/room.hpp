#pragma once

#include <cstddef>
#include <string>

#include "rescuestream/result.hpp"
#include "rules/room.hpp"
#include "storage/errors.hpp"

namespace rescuestream {

/// The messages for a caller who may use up a limited number, and for one who may not.
struct NoRoom {
    const char* all;
    const char* of_limited;
};

/// Returns kConflict if `account` may not make one more record, of at most `most`. Empty account:
/// the caller is not limited.
inline Result<void> check_room(const rules::Occupancy& used, std::size_t most,
                               const std::string& account, const NoRoom& messages) {
    if (rules::has_room(used, most, !account.empty())) return {};
    return conflict(used.all >= most ? messages.all : messages.of_limited);
}

/// Counts records in memory. `account_of` returns the account for which one counts.
template <class Records, class Counts, class AccountOf>
rules::Occupancy occupancy_of(const Records& records, const std::string& account, Counts counts,
                              AccountOf account_of) {
    rules::Occupancy used;
    for (const auto& record : records) {
        if (!counts(record)) continue;
        const std::string& of = account_of(record);
        used.all += 1;
        used.of_limited += of.empty() ? 0 : 1;
        used.of_account += !of.empty() && of == account ? 1 : 0;
    }
    return used;
}

}  // namespace rescuestream
