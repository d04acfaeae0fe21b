#pragma once

#include <string>

#include "rescuestream/guest_links.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// `now` is the time by which the status is judged.
std::string to_json(const GuestLink& link, Timestamp now);
/// The same with `url`, the address that is shown once.
std::string to_json(const CreatedGuestLink& created, Timestamp now);

}  // namespace rescuestream
