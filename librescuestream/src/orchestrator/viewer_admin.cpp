#include "orchestrator/viewer_admin.hpp"

#include <chrono>
#include <thread>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/nodes.hpp"
#include "orchestrator/viewers.hpp"
#include "orchestrator/visibility.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/time.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kListedViewers = 1'000;
constexpr std::size_t kMostListedViewers = 10'000;
constexpr std::chrono::milliseconds kLookAgainAfter{50};
constexpr const char* kGoesOn =
    "MediaMTX cannot end an HLS session safely: it goes on until its player or the stream stops.";

}  // namespace

Result<Page<Viewer>> ViewerAdmin::list_viewers(const ViewerFilter& filter, const PageRequest& page,
                                               const ApiCredential* reader) {
    const std::size_t limit = page.limit.value_or(kListedViewers);
    if (limit < 1 || limit > kMostListedViewers) {
        Validation validation;
        validation.add("/limit", "must be 1 to 10000");
        return std::move(validation).error();
    }
    d_.viewers.work();  // so that the list contains whom this program has just accepted
    return seen_by(reader, filter, {limit, page.after});
}

Result<Viewer> ViewerAdmin::find_viewer(const ConnectionId& id, const ApiCredential* reader) {
    d_.viewers.work();
    ViewerFilter filter;
    filter.id = id;
    filter.present_only = false;
    auto found = seen_by(reader, filter, {1, std::nullopt});
    if (!found) return std::move(found).error();
    if (found->items.empty()) return Error{ErrorCode::kNotFound, kUnseenViewer, {}, {}};
    return std::move(found->items.front());
}

Result<Page<Viewer>> ViewerAdmin::seen_by(const ApiCredential* reader, const ViewerFilter& filter,
                                          const PageRequest& page) {
    if (!is_restricted(reader)) return d_.storage.list_viewers(filter, page);
    ViewerFilter own = filter;
    return merged_page<Viewer>(
        *reader, page,
        [&](BroadcasterId broadcaster) -> Result<Page<Viewer>> {
            if (filter.broadcaster_id && *filter.broadcaster_id != broadcaster) {
                return Page<Viewer>{};
            }
            own.broadcaster_id = broadcaster;
            return d_.storage.list_viewers(own, page);
        },
        [](const Viewer& viewer) {
            return Cursor{viewer.since, Uuid::parse(viewer.id.value).value_or(Uuid())};
        });
}

Result<RemovedViewer> ViewerAdmin::remove_viewer(const ConnectionId& id, const Caller& caller) {
    d_.viewers.work();
    const Timestamp now = d_.clock.now();
    AuditEntry entry =
        make_audit_entry(AuditSubject{"delete", "viewer", id.value, {}}, caller, now, d_.random);
    ViewerFilter of_id;
    of_id.id = id;
    const auto present = d_.storage.list_viewers(of_id, {1, std::nullopt});
    if (!present) return present.error();
    if (!present->items.empty() && present->items.front().protocol == Protocol::kHls) {
        entry.outcome = AuditOutcome::kFailure;
        entry.failure_reason = kGoesOn;
    }
    auto viewer =
        d_.storage.remove_viewer(id, now, AuditDraft(std::move(entry), caller.conditions));
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
