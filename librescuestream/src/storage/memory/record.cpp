#include "storage/memory/record.hpp"

#include <algorithm>

#include "storage/errors.hpp"

namespace rescuestream::memory {
namespace {

char lower_ascii(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool contains_ignoring_case(const std::string& text, const std::string& part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
               return lower_ascii(a) == lower_ascii(b);
           }) != text.end();
}

// std::search does not find an empty part in an empty text.
bool actor_matches(const std::string& actor, const std::string& part) {
    return part.empty() || contains_ignoring_case(actor, part);
}

using Scope = std::optional<MemoryState::IncidentScope>;

Scope scope_of(const MemoryState& state, const AuditFilter& filter) {
    return filter.incident_id ? state.scope_of(*filter.incident_id) : std::nullopt;
}

bool is_within(const Scope& scope, const AuditEntry& entry) {
    return scope && entry.resource_id && scope->ids.contains(*entry.resource_id) &&
           scope->overlaps(entry.timestamp, entry.timestamp);
}

bool matches(const AuditFilter& filter, const Scope& scope, const AuditEntry& entry) {
    return (!filter.action || entry.action == *filter.action) &&
           (!filter.actor_contains || actor_matches(entry.actor, *filter.actor_contains)) &&
           (!filter.resource_type || entry.resource_type == filter.resource_type) &&
           (!filter.resource_id || entry.resource_id == filter.resource_id) &&
           (!filter.origin || entry.origin == *filter.origin) &&
           (!filter.incident_id || is_within(scope, entry)) &&
           (!filter.from || entry.timestamp >= *filter.from) &&
           (!filter.to || entry.timestamp <= *filter.to);
}

}  // namespace

Result<AuditPage> MemoryRecord::list_audit(const AuditFilter& filter) {
    const std::lock_guard lock(state_.mutex);
    AuditPage page;
    const auto scope = scope_of(state_, filter);
    for (const auto& place : state_.audit_order) {
        const AuditEntry& entry = state_.audit.at(AuditEntryId(place.id));
        if (!matches(filter, scope, entry)) continue;
        if (page.total >= filter.offset && page.entries.size() < filter.limit) {
            page.entries.push_back(entry);
        }
        ++page.total;
    }
    page.total_is_exact = page.total <= kMostCountedEntries;
    if (!page.total_is_exact) page.total = kMostCountedEntries + 1;
    return page;
}

Result<Page<AuditEntry>> MemoryRecord::export_audit(const AuditFilter& filter,
                                                    const PageRequest& page) {
    const std::lock_guard lock(state_.mutex);
    const auto scope = scope_of(state_, filter);
    return take_page<AuditEntry>(state_.audit_order, page,
                                 [&](const Uuid& id) -> const AuditEntry* {
                                     const AuditEntry& entry = state_.audit.at(AuditEntryId(id));
                                     return matches(filter, scope, entry) ? &entry : nullptr;
                                 });
}

Result<void> MemoryRecord::append_audit(const AuditDraft& entry) {
    const std::lock_guard lock(state_.mutex);
    if (auto mine = state_.check_reservation(entry); !mine) return mine.error();
    if (state_.audit_exists(entry.without_names())) return defect("audit id exists");
    state_.write_audit(entry.complete());
    return {};
}

Result<Timestamp> MemoryRecord::note_signature(const KeyDigest& digest, Timestamp now,
                                               Timestamp expires_at) {
    const std::lock_guard lock(state_.mutex);
    state_.forget_signatures(now);
    const auto [seen, is_new] = state_.signatures.try_emplace(digest, now);
    if (is_new) state_.signature_expiry.emplace(expires_at, digest);
    return seen->second;
}

}  // namespace rescuestream::memory
