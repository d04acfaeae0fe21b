#include "orchestrator/viewer_admin.hpp"

#include <chrono>
#include <thread>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/viewers.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/time.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kListedViewers = 1'000;
constexpr std::size_t kMostListedViewers = 10'000;
constexpr std::chrono::milliseconds kLookAgainAfter{50};

}  // namespace

Result<Page<Viewer>> ViewerAdmin::list_viewers(const ViewerFilter& filter,
                                               const PageRequest& page) {
    const std::size_t limit = page.limit.value_or(kListedViewers);
    if (limit < 1 || limit > kMostListedViewers) {
        Validation validation;
        validation.add("/limit", "must be 1 to 10000");
        return std::move(validation).error();
    }
    d_.viewers.work();  // so that the list contains whom this program has just accepted
    return d_.storage.list_viewers(filter, {limit, page.after});
}

Result<RemovedViewer> ViewerAdmin::remove_viewer(const ConnectionId& id, const Caller& caller) {
    d_.viewers.work();
    const Timestamp now = d_.clock.now();
    auto viewer = d_.storage.remove_viewer(
        id, now, make_audit_draft({"delete", "viewer", id.value, {}}, caller, now, d_.random));
    if (!viewer) return std::move(viewer).error();
    RemovedViewer removed{*std::move(viewer), false};
    removed.is_gone = removed.viewer.until.has_value();
    d_.viewers.work();
    if (!d_.viewers.is_followed() || removed.viewer.protocol == Protocol::kHls) return removed;
    d_.nodes.poll_soon();
    const auto latest = std::chrono::steady_clock::now() + d_.settings.cutoff_deadline;
    while (!removed.is_gone && std::chrono::steady_clock::now() < latest) {
        std::this_thread::sleep_for(kLookAgainAfter);
        removed.is_gone = !d_.viewers.contains(id);
    }
    return removed;
}

}  // namespace rescuestream
