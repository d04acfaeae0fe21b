#include "orchestrator/viewers.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "rescuestream/logger.hpp"
#include "rescuestream/storage/viewers.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

ViewerDecision Viewers::admit(const Viewer& viewer) {
    const std::lock_guard lock(mutex_);
    return present_.admit(viewer);
}

bool Viewers::confirm(const ConnectionId& id) {
    const std::lock_guard lock(mutex_);
    return present_.confirm(id);
}

void Viewers::end(const std::vector<ConnectionId>& ids, Timestamp until) {
    const std::lock_guard lock(mutex_);
    for (const auto& id : ids) {
        if (present_.remove(id)) ended_.emplace(id, until);
    }
}

bool Viewers::contains(const ConnectionId& id) const {
    const std::lock_guard lock(mutex_);
    return present_.contains(id);
}

std::optional<PresentViewer> Viewers::find(const ConnectionId& id) const {
    const std::lock_guard lock(mutex_);
    return present_.find(id);
}

std::vector<PresentViewer> Viewers::present_at(const std::string& node) const {
    const std::lock_guard lock(mutex_);
    return present_.at(node);
}

std::size_t Viewers::size() const {
    const std::lock_guard lock(mutex_);
    return present_.size();
}

bool Viewers::work() {
    const std::lock_guard working(working_);
    store();
    return read();
}

void Viewers::store() {
    std::vector<Viewer> added;
    std::map<Timestamp, std::vector<ConnectionId>> ended;
    {
        const std::lock_guard lock(mutex_);
        const Timestamp now = clock_.now();
        present_.settle(now);
        added = present_.take_new();
        for (auto& id : present_.take_refused()) ended_.emplace(std::move(id), now);
        for (const auto& [id, until] : std::exchange(ended_, {})) ended[until].push_back(id);
    }
    Result<void> stored;
    if (!added.empty()) stored = add(added);
    if (!stored) {
        logger_.debug("viewers cannot be stored", {{"error", stored.error().message}});
        const std::lock_guard lock(mutex_);
        present_.put_back(std::move(added));
        for (const auto& [until, ids] : ended) {
            for (const auto& id : ids) ended_.emplace(id, until);
        }
        return;
    }
    for (const auto& [until, ids] : ended) {
        if (storage_.end_viewers(ids, until)) continue;
        const std::lock_guard lock(mutex_);
        for (const auto& id : ids) ended_.emplace(id, until);
    }
}

Result<void> Viewers::add(const std::vector<Viewer>& added) {
    const Timestamp now = clock_.now();
    auto stored =
        storage_.add_viewers(added, {with_token_.oldest(now), without_token_.oldest(now)});
    if (!stored) return stored;
    const auto bare = static_cast<std::size_t>(std::count_if(
        added.begin(), added.end(), [](const Viewer& viewer) { return viewer.grants.empty(); }));
    with_token_.note(now, added.size() - bare);
    without_token_.note(now, bare);
    return stored;
}

bool Viewers::has_read() {
    if (!is_followed_) work();
    return has_read_;
}

bool Viewers::read() {
    auto changes = storage_.viewers_after(version_);
    if (!changes) return false;
    version_ = changes->version;
    has_read_ = true;
    const Timestamp now = clock_.now();
    bool has_removals = false;
    const std::lock_guard lock(mutex_);
    for (const auto& viewer : changes->viewers) {
        if (viewer.until) {
            present_.remove(viewer.id);
        } else if (!ended_.contains(viewer.id)) {
            has_removals = has_removals || viewer.removed_at.has_value();
            present_.merge(viewer, now);
        }
    }
    return has_removals;
}

}  // namespace rescuestream
