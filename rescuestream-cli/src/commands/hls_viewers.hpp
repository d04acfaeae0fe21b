#pragma once

#include <functional>
#include <optional>

#include "program.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/viewers.hpp"

namespace rescuestream::cli {

class AdminApi;

/// Says, after the right of viewers was taken, how many of them go on, because MediaMTX cannot end
/// an HLS session safely. `filter` and `concerns` choose these viewers; `concerns` returns nothing
/// for a viewer of whom that is unknown. Says nothing if none of them watches by HLS, and that
/// there may be some if that is unknown.
void tell_hls_viewers(const Program& program, AdminApi& admin, ViewerFilter filter,
                      const std::function<std::optional<bool>(const Viewer&)>& concerns);

/// A `concerns` for viewers who came by a guest link.
std::function<std::optional<bool>(const Viewer&)> came_by(const GuestLinkId& link);

}  // namespace rescuestream::cli
