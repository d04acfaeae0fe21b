#include "storage/memory/guest_links.hpp"

#include <algorithm>

#include "rules/conditions.hpp"
#include "storage/assignment_errors.hpp"
#include "storage/errors.hpp"
#include "storage/guest_link_change.hpp"
#include "storage/messages.hpp"
#include "storage/room.hpp"

namespace rescuestream::memory {

Result<void> MemoryGuestLinks::check_open(const std::string& account, Timestamp now) const {
    const auto used = occupancy_of(
        state_.guest_links, account,
        [&](const auto& each) { return each.second.link.is_open_at(now); },
        [](const auto& each) -> const std::string& { return each.second.account; });
    return check_room(used, kMostOpenGuestLinks, account,
                      {kTooManyGuestLinks, kTooManyGuestLinksOfLimited});
}

Result<void> MemoryGuestLinks::create_guest_link(const GuestLinkRow& row, const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(audit); !mine) return mine.error();
    if (row.link.incident_id) {
        const auto incident = state_.incidents.find(*row.link.incident_id);
        if (incident == state_.incidents.end() || incident->second.closed_at) {
            return no_open_incident();
        }
    }
    if (state_.guest_links.contains(row.link.id)) return defect("guest link id exists");
    const Timestamp now = row.link.created_at;
    const std::string& account = audit.conditions().account;
    if (row.link.is_open_at(now)) {
        if (auto room = check_open(account, now); !room) return room;
    }
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    state_.guest_links[row.link.id] = row;
    state_.guest_links[row.link.id].account = account;
    state_.guest_link_order.insert({row.link.created_at, row.link.id.uuid()});
    state_.write_audit(audit.with_label(row.link.label));
    return {};
}

Result<GuestLinkRow> MemoryGuestLinks::find_guest_link(GuestLinkId id) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.guest_links.find(id);
    if (found == state_.guest_links.end()) return not_found(kNoGuestLink);
    return found->second;
}

Result<GuestLinkRow> MemoryGuestLinks::find_guest_link(const KeyDigest& digest) {
    const std::lock_guard lock(state_.mutex);
    for (const auto& [id, row] : state_.guest_links) {
        if (row.digest == digest) return row;
    }
    return not_found(kNoGuestLink);
}

Result<Page<GuestLink>> MemoryGuestLinks::list_guest_links(const GuestLinkFilter& filter,
                                                           const PageRequest& page) {
    const std::lock_guard lock(state_.mutex);
    return take_page<GuestLink>(state_.guest_link_order, page, [&](const Uuid& id) {
        const GuestLink& link = state_.guest_links.at(GuestLinkId(id)).link;
        const bool is_shown = (!filter.incident_id || link.incident_id == filter.incident_id) &&
                              (!filter.label || *filter.label == link.label) &&
                              (!filter.open || *filter.open == link.is_open_at(filter.at));
        return is_shown ? &link : nullptr;
    });
}

Result<GuestLink> MemoryGuestLinks::close_guest_link(GuestLinkId id, Timestamp now,
                                                     const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.guest_links.find(id);
    if (found == state_.guest_links.end()) return not_found(kNoGuestLink);
    GuestLink& link = found->second.link;
    if (auto same = rules::check_conditions(audit, link); !same) return same.error();
    if (link.closed_at) return link;
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    link.closed_at = now;
    state_.write_audit(audit.with_label(link.label));
    return link;
}

Result<ChangedGuestLink> MemoryGuestLinks::update_guest_link(const GuestLinkChange& change,
                                                             const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.guest_links.find(change.id);
    if (found == state_.guest_links.end()) return not_found(kNoGuestLink);
    GuestLinkRow& row = found->second;
    if (auto same = rules::check_conditions(audit, row.link); !same) return same.error();
    auto changed = changed_guest_link(row, change);
    if (!changed) return std::move(changed).error();
    ChangedGuestLink result{row.link, changed->link};
    if (*changed == row) return result;
    if (opens_again(row.link, changed->link, change.at)) {
        changed->account = audit.conditions().account;
        if (auto room = check_open(changed->account, change.at); !room) return room.error();
    }
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    row = *std::move(changed);
    state_.write_audit(audit.with_label(row.link.label));
    return result;
}

Result<void> MemoryGuestLinks::enter_guest_link(GuestLinkId id, const std::string& address,
                                                std::int64_t most, Timestamp now,
                                                const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.guest_links.find(id);
    if (found == state_.guest_links.end()) return not_found(kNoGuestLink);
    if (state_.guest_entries.contains({id, address})) return {};
    std::int64_t count = 0;
    auto place = state_.guest_entries.lower_bound({id, std::string()});
    for (; place != state_.guest_entries.end() && place->first.first == id; ++place) ++count;
    if (count >= most) return conflict(kGuestLinkFull);
    if (state_.audit_exists(audit.without_names())) return defect("audit id exists");
    state_.guest_entries[{id, address}] = now;
    state_.write_audit(audit.with_label(found->second.link.label));
    return {};
}

}  // namespace rescuestream::memory
