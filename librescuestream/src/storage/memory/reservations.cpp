#include "storage/memory/reservations.hpp"

namespace rescuestream::memory {

Result<RepeatedRequest> MemoryReservations::reserve_request(const RequestReservation& wanted) {
    const std::lock_guard lock(state_.mutex);
    std::erase_if(state_.reservations, [&](const auto& each) {
        const bool is_expired = each.second.expires_at <= wanted.now;
        if (is_expired) state_.reservation_keys.erase(each.second.id);
        return is_expired;
    });
    const auto found = state_.reservations.find(wanted.key);
    if (found != state_.reservations.end()) {
        auto known = known_of(found->second, wanted);
        if (known.state != RepeatState::kFirst) return known;
        state_.reservation_keys.erase(found->second.id);
    }
    MemoryState::Reservation& kept = state_.reservations[wanted.key];
    kept = {};
    kept.id = wanted.id;
    kept.content = wanted.content;
    kept.running_until = wanted.running_until;
    kept.expires_at = wanted.expires_at;
    state_.reservation_keys[wanted.id] = wanted.key;
    return RepeatedRequest{RepeatState::kFirst, wanted.id, {}, {}, {}};
}

Result<void> MemoryReservations::answer_request(const Uuid& reservation,
                                                const std::string& answer) {
    const std::lock_guard lock(state_.mutex);
    auto* kept = state_.reservation(reservation);
    if (kept != nullptr && kept->made) kept->answer = answer;
    return {};
}

Result<void> MemoryReservations::release_request(const Uuid& reservation) {
    const std::lock_guard lock(state_.mutex);
    const auto* kept = state_.reservation(reservation);
    if (kept == nullptr || kept->made) return {};
    const auto key = state_.reservation_keys.at(reservation);
    state_.reservation_keys.erase(reservation);
    state_.reservations.erase(key);
    return {};
}

}  // namespace rescuestream::memory
