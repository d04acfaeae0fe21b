#include "storage/sql/reservations.hpp"

#include "storage/reservation_state.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

// One call in this number removes expired reservations, several times as many as were added since.
constexpr std::uint32_t kReservationsPerRemoval = 16;

KeptReservation read_reservation(RowReader row) {
    KeptReservation kept;
    kept.content = row.digest();
    kept.running_until = row.time();
    kept.expires_at = row.time();
    kept.made = row.boolean();
    kept.made_type = row.text();
    kept.made_id = row.text();
    kept.answer = row.optional_text();
    return kept;
}

}  // namespace

Result<RepeatedRequest> SqlReservations::reserve_request(const RequestReservation& wanted) {
    const bool removes = reserved_++ % kReservationsPerRemoval == 0;
    return write<RepeatedRequest>([&](Connection& connection) -> Result<RepeatedRequest> {
        if (removes) {
            connection.run(remove_expired_reservations(dialect().skip_locked), {wanted.now});
        }
        const Values values{wanted.key, wanted.content, wanted.id, wanted.running_until,
                            wanted.expires_at};
        if (connection.run(kInsertReservation, values)->size() > 0) {
            return RepeatedRequest{RepeatState::kFirst, wanted.id, {}, {}, {}};
        }
        const auto kept = read_first(
            *connection.run(kFindReservation + dialect().lock_row, {wanted.key}), read_reservation);
        // It was released between the two statements, which the caller may take for still running.
        if (!kept) return RepeatedRequest{RepeatState::kRunning, {}, {}, {}, {}};
        auto known = known_of(*kept, wanted);
        if (known.state == RepeatState::kFirst) connection.run(kReplaceReservation, values);
        return known;
    });
}

Result<void> SqlReservations::answer_request(const Uuid& reservation, const std::string& answer) {
    return write<void>([&](Connection& connection) -> Result<void> {
        connection.run(kAnswerReservation, {reservation, answer});
        return {};
    });
}

Result<void> SqlReservations::release_request(const Uuid& reservation) {
    return write<void>([&](Connection& connection) -> Result<void> {
        connection.run(kReleaseReservation, {reservation});
        return {};
    });
}

}  // namespace rescuestream::sql
