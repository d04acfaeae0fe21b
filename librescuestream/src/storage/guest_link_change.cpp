#include "storage/guest_link_change.hpp"

#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "support/guest_secrets.hpp"

namespace rescuestream {
namespace {

Error bad_change(const char* pointer, const char* detail, const char* message) {
    return Error{ErrorCode::kInvalidArgument, message, {}, {{pointer, detail}}};
}

}  // namespace

Result<GuestLinkRow> changed_guest_link(const GuestLinkRow& row, const GuestLinkChange& change) {
    if (row.link.closed_at) return conflict(kGuestLinkClosed);
    const GuestLinkPatch& patch = change.patch;
    GuestLinkRow changed = row;
    GuestLink& link = changed.link;
    if (patch.label) link.label = *patch.label;
    if (patch.broadcaster_ids) link.targets.broadcaster_ids = *patch.broadcaster_ids;
    if (patch.stream_key_ids) link.targets.stream_key_ids = *patch.stream_key_ids;
    if (patch.expires_at) link.expires_at = patch.expires_at;
    if (patch.resets("expires_at")) link.expires_at.reset();
    if (patch.max_addresses) link.max_addresses = patch.max_addresses;
    if (patch.resets("max_addresses")) link.max_addresses.reset();
    if (patch.max_viewers) link.max_viewers = patch.max_viewers;
    if (patch.resets("max_viewers")) link.max_viewers.reset();
    if (patch.pin) set_pin(changed, change.pin);
    if (patch.resets("pin")) set_pin(changed, {});
    if (link.incident_id) return changed;
    if (link.targets == IncidentAssignment{}) {
        return bad_change("/stream_key_ids", "must not be empty: the link has no incident",
                          "The link would show nothing.");
    }
    if (!link.expires_at) {
        return bad_change("/reset", "must not contain expires_at: the link has no incident",
                          "The link would have no end.");
    }
    return changed;
}

}  // namespace rescuestream
