// The figures of an orchestrator, collected from its parts. Calls no backend.

#include "rescuestream/operating_figures.hpp"

#include <algorithm>
#include <cstddef>

#include "orchestrator/impl.hpp"

namespace rescuestream {
namespace {

// Leaves the first streams by path, so that the same ones are listed each time. Returns how many
// there were more.
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

}  // namespace

OperatingFigures StreamOrchestrator::figures() const {
    OperatingFigures figures;
    figures.publish = impl_->publish_meter.read();
    figures.cutoffs = impl_->cutoff_meter.read();
    for (const auto& watch : impl_->nodes.all()) {
        NodeFigures node = watch->meter().read();
        node.node = watch->node().name;
        node.state = watch->state();
        figures.cutoffs.pending += watch->meter().pending_cutoffs();
        figures.nodes.push_back(std::move(node));
    }
    figures.streams_left_out = limit_streams(figures.nodes);
    figures.keys = impl_->keys.figures();
    figures.storage.backend = std::string(impl_->storage->backend());
    figures.storage.steps = impl_->storage_meter.steps();
    figures.storage.claims_per_batch = impl_->storage_meter.claims_per_batch();
    figures.storage.backend_figures = impl_->storage->figures();
    figures.storage.free_bytes = impl_->care.free_bytes();
    return figures;
}

}  // namespace rescuestream
