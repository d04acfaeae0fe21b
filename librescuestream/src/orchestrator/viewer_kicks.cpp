#include "orchestrator/viewer_kicks.hpp"

#include <atomic>
#include <utility>

#include "orchestrator/side_by_side.hpp"

namespace rescuestream {
namespace {

bool is_no_answer(const Result<void>& kicked) {
    return !kicked && (kicked.error().code == ErrorCode::kUnavailable ||
                       kicked.error().code == ErrorCode::kTimeout);
}

}  // namespace

void kick_viewers(MediaServer& media_server, std::vector<ViewerKick>& kicks) {
    // The client makes requests about RTSP sessions one at a time, so they are one task: otherwise
    // threads that could kick others would wait for each other.
    std::vector<std::vector<ViewerKick*>> tasks;
    std::optional<std::size_t> of_rtsp;
    for (auto& kick : kicks) {
        const bool is_rtsp = protocol_of(kick.kind) == Protocol::kRtsp;
        if (is_rtsp && of_rtsp) {
            tasks[*of_rtsp].push_back(&kick);
            continue;
        }
        if (is_rtsp) of_rtsp = tasks.size();
        tasks.push_back({&kick});
    }
    std::atomic<bool> answers{true};
    side_by_side(tasks.size(), kKicksAtOnce, [&](std::size_t i) {
        for (ViewerKick* const kick : tasks[i]) {
            if (!answers) return;
            kick->outcome = media_server.kick(kick->kind, kick->id);
            if (is_no_answer(*kick->outcome)) answers = false;
        }
    });
}

}  // namespace rescuestream
