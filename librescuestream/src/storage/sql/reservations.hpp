#pragma once

#include <atomic>
#include <cstdint>

#include "rescuestream/storage/reservations.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps which requests were carried out.
class SqlReservations : public virtual ReservationStorage, private Access {
public:
    explicit SqlReservations(Database& database) : Access(database) {}

    Result<RepeatedRequest> reserve_request(const RequestReservation& reservation) override;
    Result<void> answer_request(const Uuid& reservation, const std::string& answer) override;
    Result<void> release_request(const Uuid& reservation) override;

protected:
    ~SqlReservations() = default;  // Owned as a Storage.

private:
    std::atomic<std::uint32_t> reserved_{0};
};

}  // namespace rescuestream::sql
