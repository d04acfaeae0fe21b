#pragma once

#include <string>

#include "rescuestream/repeatable_requests.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The part of a Storage that keeps which requests were carried out, so that a repeated one is not
/// carried out again.
///
/// A change with RequestConditions::reservation marks the reservation in its own transaction, when
/// it writes its audit entry. If the reservation does not exist any more, or is marked already, the
/// step returns kConflict and changes nothing. So one reservation leads to one change at most,
/// whatever is killed when.
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class ReservationStorage {
public:
    /// Reserves the request, or returns what is known about it; the answer is still sealed. A
    /// reservation without a change whose time is up is replaced; so is an expired one. May delete
    /// a few expired ones.
    virtual Result<RepeatedRequest> reserve_request(const RequestReservation& reservation) = 0;
    /// Stores the sealed answer of a request whose change was made. A reservation that does not
    /// exist is not an error.
    virtual Result<void> answer_request(const Uuid& reservation, const std::string& answer) = 0;
    /// Deletes a reservation without a change. If there is none, this does nothing.
    virtual Result<void> release_request(const Uuid& reservation) = 0;

protected:
    ~ReservationStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
