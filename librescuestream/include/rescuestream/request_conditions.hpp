#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/ids.hpp"

namespace rescuestream {

/// What must be true for a change to be made, and who makes it. The step of the storage checks it
/// in the transaction of the change; if it is not true, nothing is changed.
struct RequestConditions {
    /// The record must have one of these versions (record_version.hpp), or else the step returns
    /// kChangedMeanwhile. Empty: it may have any.
    std::vector<std::string> versions = {};
    /// The request may be repeated: the change marks this reservation (ReservationStorage), or else
    /// the step returns kConflict. Empty: it has none.
    std::optional<Uuid> reservation = {};
    /// The account for which the change counts where the number of records is limited
    /// (ApiCredential::account). Empty: the caller may use all of it.
    std::string account = {};
};

}  // namespace rescuestream
