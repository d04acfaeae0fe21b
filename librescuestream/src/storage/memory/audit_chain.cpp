#include "storage/memory/audit_chain.hpp"

#include <set>

#include "storage/errors.hpp"
#include "support/time_range.hpp"

namespace rescuestream::memory {
namespace {

// Calls `visit(place)` for each place from `from` on, oldest first, until it returns false.
template <class Visit>
void visit_places(const NewestFirst& order, const Cursor& from, Visit visit) {
    // The order is newest first.
    for (auto next = order.upper_bound(from); next != order.begin();) {
        if (!visit(*--next)) return;
    }
}

AuditSeal head_of(const AuditSeal& seal) {
    AuditSeal head = seal;
    head.entries.clear();
    return head;
}

}  // namespace

Result<AuditTail> MemoryAuditChain::audit_tail(std::chrono::microseconds overlap, Timestamp until,
                                               std::size_t limit) {
    const std::lock_guard lock(state_.mutex);
    AuditTail tail;
    Cursor from{kEarliestTime, {}};
    if (!state_.seals.empty()) {
        tail.newest = head_of(state_.seals.rbegin()->second);
        from.time = tail.newest->through.time - overlap;
    }
    std::set<Uuid> sealed;
    for (auto seal = state_.seals.rbegin();
         seal != state_.seals.rend() && seal->second.through.time >= from.time; ++seal) {
        for (const auto& entry : seal->second.entries) sealed.insert(entry.id.uuid());
    }
    visit_places(state_.audit_order, from, [&](const Cursor& place) {
        if (tail.unsealed.size() == limit || place.time > until) return false;
        if (!sealed.contains(place.id)) {
            tail.unsealed.push_back(state_.audit.at(AuditEntryId(place.id)));
        }
        return true;
    });
    return tail;
}

Result<void> MemoryAuditChain::append_audit_seal(const AuditSeal& seal) {
    const std::lock_guard lock(state_.mutex);
    const bool is_first = state_.seals.empty();
    const AuditSeal* const newest = is_first ? nullptr : &state_.seals.rbegin()->second;
    const bool follows = newest == nullptr
                             ? seal.number == 1
                             : newest->number + 1 == seal.number && newest->digest == seal.previous;
    if (!follows) return conflict("Another program has added a seal of the audit log.");
    state_.seals[seal.number] = seal;
    if (!seal.cut_number) return {};
    const auto end = state_.seals.upper_bound(*seal.cut_number);
    for (auto each = state_.seals.begin(); each != end; ++each) {
        for (const auto& sealed : each->second.entries) {
            const auto entry = state_.audit.find(sealed.id);
            if (entry == state_.audit.end()) continue;
            state_.audit_order.erase({entry->second.timestamp, sealed.id.uuid()});
            state_.audit.erase(entry);
        }
    }
    state_.seals.erase(state_.seals.begin(), end);
    return {};
}

Result<std::vector<AuditSeal>> MemoryAuditChain::audit_seals(std::int64_t after,
                                                             std::size_t limit) {
    const std::lock_guard lock(state_.mutex);
    std::vector<AuditSeal> seals;
    auto next = state_.seals.upper_bound(after);
    for (; next != state_.seals.end() && seals.size() < limit; ++next)
        seals.push_back(next->second);
    return seals;
}

Result<std::vector<AuditEntry>> MemoryAuditChain::find_audit_entries(
    const std::vector<AuditEntryId>& ids) {
    const std::lock_guard lock(state_.mutex);
    std::vector<AuditEntry> entries;
    for (const auto& id : ids) {
        const auto found = state_.audit.find(id);
        if (found != state_.audit.end()) entries.push_back(found->second);
    }
    return entries;
}

Result<std::vector<Cursor>> MemoryAuditChain::audit_places(const Cursor& after, std::size_t limit) {
    const std::lock_guard lock(state_.mutex);
    std::vector<Cursor> places;
    visit_places(state_.audit_order, after, [&](const Cursor& place) {
        if (places.size() == limit) return false;
        if (place != after) places.push_back(place);
        return true;
    });
    return places;
}

// Nobody else writes this memory.
Result<std::vector<std::optional<AuditEntryId>>> MemoryAuditChain::misplaced_audit_rows(
    std::size_t /*limit*/) {
    return std::vector<std::optional<AuditEntryId>>{};
}

}  // namespace rescuestream::memory
