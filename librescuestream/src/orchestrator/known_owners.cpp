#include "orchestrator/known_owners.hpp"

namespace rescuestream {

std::optional<KnownOwners::Owner> KnownOwners::find(BroadcasterId id) const {
    const std::lock_guard lock(mutex_);
    const auto found = owners_.find(id);
    return found == owners_.end() ? std::nullopt : std::optional(found->second);
}

void KnownOwners::keep(const Broadcaster& broadcaster) {
    const std::lock_guard lock(mutex_);
    if (owners_.size() >= kMost && !owners_.contains(broadcaster.id)) owners_.clear();
    owners_.insert_or_assign(broadcaster.id, Owner{broadcaster.display_name, broadcaster.disabled});
}

void KnownOwners::forget(BroadcasterId id) {
    const std::lock_guard lock(mutex_);
    owners_.erase(id);
}

}  // namespace rescuestream
