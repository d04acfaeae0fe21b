#include "orchestrator/node_gauges.hpp"

#include <algorithm>

#include "rescuestream/secret.hpp"
#include "support/counters.hpp"

namespace rescuestream {

std::size_t count_unknown(const Plan& plan) {
    const auto count =
        std::count_if(plan.actions.begin(), plan.actions.end(), [](const Action& action) {
            return std::holds_alternative<RemoveSource>(action) ||
                   std::holds_alternative<ListSource>(action);
        });
    return static_cast<std::size_t>(count);
}

NodeGauges gauges_of(const Round& round, const Figures& figures, bool has_relays) {
    NodeGauges gauges;
    for (const auto& session : round.sessions) {
        if (!session.stream) continue;
        const bool live = session.stream->state == StreamState::kLive;
        ++(live ? gauges.live : gauges.reconnecting);
        if (!key_value_of_path(session.key.playback_path).empty()) continue;
        const StreamGauge gauge{session.stream->id, session.key.playback_path, live, 0, 0};
        // Keys that share a path may have a stream each, of which one is live.
        const auto same =
            std::find_if(gauges.streams.begin(), gauges.streams.end(),
                         [&](const StreamGauge& each) { return each.path == gauge.path; });
        if (same == gauges.streams.end() || !session.key.policies.priority) {
            gauges.streams.push_back(gauge);
        } else if (live) {
            *same = gauge;
        }
    }
    figures.add_to(gauges.streams);

    Counters<Protocol, Protocol::kMoq> readers;
    for (const auto& [name, path] : round.paths) {
        if (has_relays && !key_value_of_path(name).empty()) continue;
        for (const auto& reader : path.readers) readers.add(reader.protocol);
    }
    gauges.readers = readers.read();
    return gauges;
}

}  // namespace rescuestream
