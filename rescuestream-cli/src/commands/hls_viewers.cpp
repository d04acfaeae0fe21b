#include "commands/hls_viewers.hpp"

#include <algorithm>
#include <ostream>

#include "admin/admin_api.hpp"

namespace rescuestream::cli {
namespace {

// More are not counted. The most that one page of the HTTP API has.
constexpr std::size_t kMostExamined = 1'000;
constexpr const char* kWhy = "MediaMTX cannot put them out.\n";

}  // namespace

void tell_hls_viewers(const Program& program, AdminApi& admin, ViewerFilter filter,
                      const std::function<std::optional<bool>(const Viewer&)>& concerns) {
    filter.present_only = true;
    PageRequest page;
    page.limit = kMostExamined;
    const auto viewers = admin.playback().list_viewers(filter, page);
    int count = 0;
    bool is_possible = !viewers || viewers->next;  // the credential may not see viewers
    if (viewers) {
        for (const auto& viewer : viewers->items) {
            if (viewer.protocol != Protocol::kHls) continue;
            const auto is_concerned = concerns(viewer);
            count += is_concerned.value_or(false) ? 1 : 0;
            is_possible = is_possible || !is_concerned;
        }
    }
    if (count == 1) {
        program.host.err << "1 viewer by HLS goes on until its player or the stream stops: "
                         << kWhy;
    } else if (count > 0) {
        program.host.err << count << " viewers by HLS go on until their players or the streams "
                         << "stop: " << kWhy;
    } else if (is_possible) {
        program.host.err << "Whoever watches by HLS goes on until the player or the stream stops: "
                         << kWhy;
    }
}

std::function<std::optional<bool>(const Viewer&)> came_by(const GuestLinkId& link) {
    return [owner = token_owner(link)](const Viewer& viewer) {
        return std::any_of(viewer.grants.begin(), viewer.grants.end(),
                           [&](const PlaybackGrant& grant) { return grant.owner == owner; });
    };
}

}  // namespace rescuestream::cli
