#include <algorithm>

#include "storage/memory/errors.hpp"
#include "storage/memory/memory_storage.hpp"

namespace rescuestream {
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

bool matches(const AuditFilter& filter, const AuditEntry& entry) {
    return (!filter.action || entry.action == *filter.action) &&
           (!filter.actor_contains || actor_matches(entry.actor, *filter.actor_contains)) &&
           (!filter.resource_type || entry.resource_type == filter.resource_type) &&
           (!filter.resource_id || entry.resource_id == filter.resource_id) &&
           (!filter.from || entry.timestamp >= *filter.from) &&
           (!filter.to || entry.timestamp <= *filter.to);
}

}  // namespace

bool MemoryStorage::audit_exists(const AuditEntry& entry) const {
    return audit_.contains(entry.id);
}

void MemoryStorage::write_audit(const AuditEntry& entry) {
    audit_.emplace(entry.id, entry);
    audit_order_.insert({entry.timestamp, entry.id.uuid()});
}

Result<AuditPage> MemoryStorage::list_audit(const AuditFilter& filter) {
    const std::lock_guard lock(mutex_);
    AuditPage page;
    for (const auto& place : audit_order_) {
        const AuditEntry& entry = audit_.at(AuditEntryId(place.id));
        if (!matches(filter, entry)) continue;
        if (page.total >= filter.offset && page.entries.size() < filter.limit) {
            page.entries.push_back(entry);
        }
        ++page.total;
    }
    return page;
}

Result<void> MemoryStorage::append_audit(const AuditEntry& entry) {
    const std::lock_guard lock(mutex_);
    if (audit_exists(entry)) return memory::defect("audit id exists");
    write_audit(entry);
    return {};
}

Result<Timestamp> MemoryStorage::note_signature(const KeyDigest& digest, Timestamp now,
                                                Timestamp expires_at) {
    const std::lock_guard lock(mutex_);
    const auto expired = signature_expiry_.lower_bound(now);
    for (auto each = signature_expiry_.begin(); each != expired; ++each) {
        signatures_.erase(each->second);
    }
    signature_expiry_.erase(signature_expiry_.begin(), expired);
    const auto [seen, is_new] = signatures_.try_emplace(digest, now);
    if (is_new) signature_expiry_.emplace(expires_at, digest);
    return seen->second;
}

}  // namespace rescuestream
