#pragma once

#include "rescuestream/guest_links.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// Returns the link after the change, for all storages. See GuestLinkStorage::update_guest_link for
/// errors.
Result<GuestLinkRow> changed_guest_link(const GuestLinkRow& row, const GuestLinkChange& change);

/// Whether a change opens a link that had expired.
inline bool opens_again(const GuestLink& before, const GuestLink& after, Timestamp now) {
    return !before.is_open_at(now) && after.is_open_at(now);
}

}  // namespace rescuestream
