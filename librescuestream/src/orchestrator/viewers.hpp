#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/present_viewers.hpp"
#include "orchestrator/viewer_history.hpp"
#include "rescuestream/viewers.hpp"

namespace rescuestream {

class Clock;
class Logger;
class ViewerStorage;

/// The present viewers of all programs on one storage, in memory. Those that this program accepts
/// are stored in batches.
///
/// Thread-safety: all methods may be called from any thread. Only `work` calls the storage.
class Viewers {
public:
    /// More viewers are not accepted on signed paths, and not recorded on public ones.
    static constexpr std::size_t kMost = PresentViewers::kMost;

    Viewers(ViewerStorage& storage, const Clock& clock, Logger& logger)
        : storage_(storage), clock_(clock), logger_(logger) {}

    /// Adds a viewer who was accepted, unless its tokens permit no more sessions. kAccepted,
    /// kTokenInUse or kViewersFull. A viewer who is known already is accepted again.
    ViewerDecision admit(const Viewer& viewer);
    /// Notes that the media server lists a viewer as a reader. Returns false if its tokens permit
    /// fewer sessions.
    bool confirm(const ConnectionId& id);
    /// Notes that viewers are gone.
    void end(const std::vector<ConnectionId>& ids, Timestamp until);

    bool contains(const ConnectionId& id) const;
    std::optional<PresentViewer> find(const ConnectionId& id) const;
    /// Without their grants.
    std::vector<PresentViewer> present_at(const std::string& node) const;
    std::size_t size() const;

    /// Stores what has changed here, and reads what others have changed. Returns true if somebody
    /// has asked for the removal of a viewer since the last call. Somebody must call it regularly
    /// while `is_followed` is true.
    bool work();
    /// Returns the state before.
    bool set_followed(bool is_followed) { return is_followed_.exchange(is_followed); }
    bool is_followed() const { return is_followed_; }
    /// Returns whether there was a reading; does the work unless somebody else does.
    bool has_read();

private:
    void store();
    Result<void> add(const std::vector<Viewer>& added);
    bool read();

    ViewerStorage& storage_;
    const Clock& clock_;
    Logger& logger_;
    mutable std::mutex mutex_;
    PresentViewers present_;
    std::unordered_map<ConnectionId, Timestamp> ended_;  // not stored yet
    std::mutex working_;
    std::int64_t version_ = -1;  // while `working_` is held, like the next two
    ViewerHistory with_token_{100'000};
    ViewerHistory without_token_{20'000};
    std::atomic<bool> is_followed_{false};
    std::atomic<bool> has_read_{false};
};

}  // namespace rescuestream
