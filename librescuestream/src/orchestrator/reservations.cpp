#include "orchestrator/reservations.hpp"

#include <utility>

namespace rescuestream {
namespace {

constexpr std::size_t kMost = 1'000;

}  // namespace

void Reservations::add(Reservation reservation) {
    const std::lock_guard lock(mutex_);
    if (reservations_.size() >= kMost) reservations_.pop_front();
    reservations_.push_back(std::move(reservation));
}

std::vector<Reservation> Reservations::all() const {
    const std::lock_guard lock(mutex_);
    return {reservations_.begin(), reservations_.end()};
}

void Reservations::remove(const ConnectionId& connection) {
    const std::lock_guard lock(mutex_);
    std::erase_if(reservations_,
                  [&](const Reservation& each) { return each.connection == connection; });
}

}  // namespace rescuestream
