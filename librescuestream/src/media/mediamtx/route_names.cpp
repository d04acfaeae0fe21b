#include "media/mediamtx/route_names.hpp"

namespace rescuestream::mediamtx {

void RouteNames::learn(const MediaServerInfo& info) {
    const std::lock_guard lock(mutex_);
    if (release_.identity == info) return;
    release_ = release_of(info);
    has_worked_ = false;
}

bool RouteNames::rtsp_ids_agree() const {
    const std::lock_guard lock(mutex_);
    return release_.rtsp_ids_agree;
}

std::pair<RouteSpelling, bool> RouteNames::current() const {
    const std::lock_guard lock(mutex_);
    return {release_.spelling, has_worked_};
}

void RouteNames::remember(RouteSpelling spelling) {
    const std::lock_guard lock(mutex_);
    release_.spelling = spelling;
    has_worked_ = true;
}

}  // namespace rescuestream::mediamtx
