#pragma once

#include "rescuestream/storage/reservations.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps which requests were carried out.
class MemoryReservations : public virtual ReservationStorage {
public:
    explicit MemoryReservations(MemoryState& state) : state_(state) {}

    Result<RepeatedRequest> reserve_request(const RequestReservation& reservation) override;
    Result<void> answer_request(const Uuid& reservation, const std::string& answer) override;
    Result<void> release_request(const Uuid& reservation) override;

protected:
    ~MemoryReservations() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
