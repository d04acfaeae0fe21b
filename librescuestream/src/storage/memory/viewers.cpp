#include "storage/memory/viewers.hpp"

#include <algorithm>
#include <tuple>

#include "storage/errors.hpp"
#include "storage/messages.hpp"

namespace rescuestream::memory {
namespace {

bool has_grant(const Viewer& viewer, const ViewerFilter& filter) {
    if (!filter.viewer_id && !filter.token_id) return true;
    return std::any_of(viewer.grants.begin(), viewer.grants.end(), [&](const auto& grant) {
        return (!filter.viewer_id || grant.viewer_id == filter.viewer_id) &&
               (!filter.token_id || grant.id == *filter.token_id);
    });
}

bool is_wanted(const Viewer& viewer, const ViewerFilter& filter) {
    return (!filter.id || viewer.id == *filter.id) &&
           (!filter.path || viewer.path == *filter.path) &&
           (!filter.node || viewer.node == *filter.node) &&
           (!filter.present_only || !viewer.until) && has_grant(viewer, filter);
}

bool is_at_key_of(const MemoryState& state, BroadcasterId broadcaster, const Viewer& viewer) {
    const auto found = state.keys_by_path.find(viewer.path);
    if (found == state.keys_by_path.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](StreamKeyId id) {
        const StreamKey& key = state.keys.at(id).key;
        return key.broadcaster_id == broadcaster && key.created_at <= viewer.since;
    });
}

}  // namespace

Result<void> MemoryViewers::add_viewers(const std::vector<Viewer>& viewers,
                                        const ViewerRetention& retention) {
    const std::lock_guard lock(state_.mutex);
    ViewerState& all = state_.viewers;
    std::erase_if(all.by_id, [&](const auto& each) {
        const Viewer& viewer = each.second.value;
        return viewer.until &&
               *viewer.until <
                   (viewer.grants.empty() ? retention.oldest_without_token : retention.oldest);
    });
    const std::int64_t version = ++all.version;
    for (const auto& viewer : viewers) {
        all.by_id.try_emplace(viewer.id, ViewerState::Versioned{viewer, version});
    }
    return {};
}

Result<void> MemoryViewers::end_viewers(const std::vector<ConnectionId>& ids, Timestamp until) {
    const std::lock_guard lock(state_.mutex);
    const std::int64_t version = ++state_.viewers.version;
    for (const auto& id : ids) {
        const auto found = state_.viewers.by_id.find(id);
        if (found == state_.viewers.by_id.end() || found->second.value.until) continue;
        found->second.value.until = until;
        found->second.version = version;
    }
    return {};
}

Result<Viewer> MemoryViewers::remove_viewer(const ConnectionId& id, Timestamp now,
                                            const AuditDraft& audit) {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.viewers.by_id.find(id);
    if (found == state_.viewers.by_id.end()) return not_found(kNoViewer);
    auto& [viewer, version] = found->second;
    if (!viewer.until && !viewer.removed_at) {
        viewer.removed_at = now;
        version = ++state_.viewers.version;
        state_.write_audit(audit.without_names());
    }
    return viewer;
}

Result<Page<Viewer>> MemoryViewers::list_viewers(const ViewerFilter& filter,
                                                 const PageRequest& page) {
    const std::lock_guard lock(state_.mutex);
    const std::string after_id = page.after ? page.after->id.to_string() : std::string();
    const auto is_behind = [&](const Viewer& viewer) {
        return !page.after ||
               std::tie(viewer.since, viewer.id.value) < std::tie(page.after->time, after_id);
    };
    Page<Viewer> found;
    for (const auto& [id, each] : state_.viewers.by_id) {
        if (!is_wanted(each.value, filter) || !is_behind(each.value)) continue;
        if (!filter.broadcaster_id || is_at_key_of(state_, *filter.broadcaster_id, each.value)) {
            found.items.push_back(each.value);
        }
    }
    std::sort(found.items.begin(), found.items.end(), [](const Viewer& a, const Viewer& b) {
        return std::tie(a.since, a.id) > std::tie(b.since, b.id);
    });
    if (page.limit && found.items.size() > *page.limit) {
        found.items.resize(*page.limit);
        const Viewer& last = found.items.back();
        found.next = Cursor{last.since, Uuid::parse(last.id.value).value_or(Uuid())};
    }
    return found;
}

Result<ViewerChanges> MemoryViewers::viewers_after(std::int64_t version) {
    const std::lock_guard lock(state_.mutex);
    ViewerChanges changes;
    changes.version = state_.viewers.version;
    changes.from_start = version > changes.version;
    const bool all = changes.from_start || version < 0;
    for (const auto& [id, each] : state_.viewers.by_id) {
        if (all ? !each.value.until : each.version > version) {
            changes.viewers.push_back(each.value);
        }
    }
    return changes;
}

}  // namespace rescuestream::memory
