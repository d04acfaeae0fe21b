#include "orchestrator/operating_figures.hpp"

#include <algorithm>
#include <string>

namespace rescuestream {

std::size_t limit_streams(std::vector<NodeFigures>& nodes) {
    std::vector<std::string> paths;
    for (const auto& node : nodes) {
        if (!node.gauges) continue;
        for (const auto& stream : node.gauges->streams) paths.push_back(stream.path);
    }
    if (paths.size() <= OperatingFigures::kMostStreams) return 0;
    const auto first_left_out =
        paths.begin() + static_cast<std::ptrdiff_t>(OperatingFigures::kMostStreams);
    std::nth_element(paths.begin(), first_left_out, paths.end());
    std::size_t left_out = 0;
    for (auto& node : nodes) {
        if (!node.gauges) continue;
        left_out += std::erase_if(node.gauges->streams, [&](const StreamGauge& stream) {
            return stream.path >= *first_left_out;
        });
    }
    return left_out;
}

}  // namespace rescuestream
