#include "orchestrator/viewers.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "rescuestream/logger.hpp"
#include "rescuestream/storage/viewers.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr hours kViewerRetention{24};
// An RTSP client asks about its connection first and about its session then.
constexpr seconds kRtspHandshake{5};

bool uses_token(const Viewer& viewer, const std::string& id) {
    return std::any_of(viewer.grants.begin(), viewer.grants.end(),
                       [&](const PlaybackGrant& grant) { return grant.id == id; });
}

// Whether both are questions of one RTSP client.
bool may_be_same_client(const Viewer& a, const Viewer& b) {
    const auto between = a.since < b.since ? b.since - a.since : a.since - b.since;
    return a.protocol == Protocol::kRtsp && b.protocol == Protocol::kRtsp &&
           a.remote_address == b.remote_address && between < kRtspHandshake;
}

}  // namespace

bool Viewers::has_room(const PlaybackGrant& grant, const Viewer& newcomer) const {
    if (!grant.max_sessions) return true;
    std::int64_t sessions = 0;
    for (const auto& [id, viewer] : present_) {
        if (uses_token(viewer, grant.id) && !may_be_same_client(viewer, newcomer)) ++sessions;
    }
    return sessions < *grant.max_sessions;
}

ViewerDecision Viewers::admit(const Viewer& viewer) {
    const std::lock_guard lock(mutex_);
    if (present_.contains(viewer.id)) return ViewerDecision::kAccepted;
    for (const auto& grant : viewer.grants) {
        if (!has_room(grant, viewer)) return ViewerDecision::kTokenInUse;
    }
    if (present_.size() >= kMost || added_.size() >= kMost) return ViewerDecision::kViewersFull;
    present_.emplace(viewer.id, viewer);
    added_.push_back(viewer);
    return ViewerDecision::kAccepted;
}

void Viewers::end(const std::vector<ConnectionId>& ids, Timestamp until) {
    const std::lock_guard lock(mutex_);
    for (const auto& id : ids) {
        if (present_.erase(id) > 0) ended_.emplace(id, until);
    }
}

std::optional<Viewer> Viewers::find(const ConnectionId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = present_.find(id);
    return found == present_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Viewer> Viewers::present_at(const std::string& node) const {
    const std::lock_guard lock(mutex_);
    std::vector<Viewer> viewers;
    for (const auto& [id, viewer] : present_) {
        if (viewer.node == node) viewers.push_back(viewer);
    }
    return viewers;
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
        added = std::exchange(added_, {});
        for (const auto& [id, until] : std::exchange(ended_, {})) ended[until].push_back(id);
    }
    Result<void> stored;
    if (!added.empty()) stored = storage_.add_viewers(added, clock_.now() - kViewerRetention);
    if (!stored) {
        logger_.debug("viewers cannot be stored", {{"error", stored.error().message}});
        const std::lock_guard lock(mutex_);
        added_.insert(added_.end(), std::make_move_iterator(added.begin()),
                      std::make_move_iterator(added.end()));
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

bool Viewers::has_read() {
    if (!is_followed_) work();
    return has_read_;
}

bool Viewers::read() {
    auto changes = storage_.viewers_after(version_);
    if (!changes) return false;
    version_ = changes->version;
    has_read_ = true;
    bool has_removals = false;
    const std::lock_guard lock(mutex_);
    for (auto& viewer : changes->viewers) {
        if (viewer.until) {
            present_.erase(viewer.id);
        } else if (!ended_.contains(viewer.id)) {
            has_removals = has_removals || viewer.removed_at.has_value();
            const ConnectionId id = viewer.id;
            present_.insert_or_assign(id, std::move(viewer));
        }
    }
    return has_removals;
}

}  // namespace rescuestream
