// The figures of an orchestrator as metrics.

#include <chrono>
#include <string_view>

#include "metrics/families.hpp"
#include "metrics/sink.hpp"
#include "rescuestream/operating_figures.hpp"

namespace rescuestream::server {
namespace {

using enum MetricKind;

double seconds_of(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

double number(std::uint64_t count) {
    return static_cast<double>(count);
}

void write_streams(MetricSink& sink, const std::vector<NodeFigures>& nodes) {
    sink.family("rescuestream_streams",
                "Streams at the last poll, by status; unknown: publishers that were not accepted "
                "here. Absent while the node does not answer.",
                kGauge);
    for (const auto& node : nodes) {
        if (!node.gauges) continue;
        sink.value({{"node", node.node}, {"status", "live"}}, number(node.gauges->live));
        sink.value({{"node", node.node}, {"status", "reconnecting"}},
                   number(node.gauges->reconnecting));
        sink.value({{"node", node.node}, {"status", "unknown"}}, number(node.gauges->unknown));
    }
    sink.family("rescuestream_stream_starts_total", "Streams that became live.", kCounter);
    for (const auto& node : nodes) sink.value({{"node", node.node}}, number(node.starts));
    sink.family("rescuestream_stream_ends_total", "Streams that ended, by reason.", kCounter);
    for (const auto& node : nodes) {
        for (const auto& [reason, count] : node.ends) {
            sink.value({{"node", node.node}, {"reason", reason}}, number(count));
        }
    }
    sink.family("rescuestream_stream_interruptions_total",
                "Times that a live stream lost its source, or its source stopped delivering.",
                kCounter);
    for (const auto& node : nodes) sink.value({{"node", node.node}}, number(node.interruptions));
    sink.family("rescuestream_stream_interruption_seconds_total",
                "Total length of the interruptions after which the stream was live again.",
                kCounter);
    for (const auto& node : nodes) {
        sink.value({{"node", node.node}}, seconds_of(node.interrupted_for));
    }
    sink.family("rescuestream_stream_takeovers_total",
                "Times that a live stream was taken over by another connection.", kCounter);
    for (const auto& node : nodes) sink.value({{"node", node.node}}, number(node.takeovers));
    sink.family("rescuestream_readers", "Viewers at the last poll, by protocol.", kGauge);
    for (const auto& node : nodes) {
        if (!node.gauges) continue;
        for (const auto& [protocol, count] : node.gauges->readers) {
            sink.value({{"node", node.node}, {"protocol", protocol}}, number(count));
        }
    }
    sink.family("rescuestream_inbound_bytes_total",
                "Bytes that publishers have sent to the node, while this server supervised it.",
                kCounter);
    for (const auto& node : nodes) sink.value({{"node", node.node}}, number(node.inbound_bytes));
}

void write_each_stream(MetricSink& sink, const OperatingFigures& figures) {
    const auto each = [&](auto write) {
        for (const auto& node : figures.nodes) {
            if (!node.gauges) continue;
            for (const auto& stream : node.gauges->streams) write(stream);
        }
    };
    sink.family("rescuestream_stream_live", "1: the stream is live; 0: it is reconnecting.",
                kGauge);
    each([&](const StreamGauge& stream) {
        sink.value({{"path", stream.path}}, stream.live ? 1 : 0);
    });
    sink.family("rescuestream_stream_inbound_bytes_per_second",
                "What the publisher of the stream sends, averaged over about 10 s.", kGauge);
    each([&](const StreamGauge& stream) {
        sink.value({{"path", stream.path}}, number(stream.bitrate) / 8);
    });
    sink.family("rescuestream_stream_readers", "Viewers of the stream at the last poll.", kGauge);
    each([&](const StreamGauge& stream) {
        sink.value({{"path", stream.path}}, number(stream.readers));
    });
    sink.single("rescuestream_streams_left_out",
                "Streams that have no metrics of their own, because there are too many.", kGauge,
                number(figures.streams_left_out));
}

void write_nodes(MetricSink& sink, const std::vector<NodeFigures>& nodes) {
    sink.family("rescuestream_node_state", "1 for the state of the node, as in `node list`.",
                kGauge);
    for (const auto& node : nodes) {
        for (const auto state : {NodeState::kUnknown, NodeState::kUp, NodeState::kNotAsking,
                                 NodeState::kDegraded, NodeState::kUnreachable}) {
            sink.value({{"node", node.node}, {"state", to_string(state)}},
                       node.state == state ? 1 : 0);
        }
    }
    sink.family("rescuestream_node_poll_seconds", "How long polls of MediaMTX took.", kHistogram);
    for (const auto& node : nodes) sink.distribution({{"node", node.node}}, node.poll_seconds);
    sink.family("rescuestream_node_poll_age_seconds",
                "Time since the last poll that MediaMTX answered.", kGauge);
    for (const auto& node : nodes) {
        if (node.poll_age) sink.value({{"node", node.node}}, seconds_of(*node.poll_age));
    }
    sink.family("rescuestream_node_errors_total", "Failed calls of MediaMTX, by kind.", kCounter);
    for (const auto& node : nodes) {
        for (const auto& [kind, count] : node.errors) {
            sink.value({{"node", node.node}, {"kind", kind}}, number(count));
        }
    }
    sink.family("rescuestream_node_restarts_total", "Restarts of MediaMTX that polls detected.",
                kCounter);
    for (const auto& node : nodes) sink.value({{"node", node.node}}, number(node.restarts));
}

void write_decisions(MetricSink& sink, const OperatingFigures& figures) {
    sink.family("rescuestream_publish_refusals_total", "Publishers that were refused, by reason.",
                kCounter);
    for (const auto& [reason, count] : figures.publish.refused) {
        sink.value({{"reason", reason}}, number(count));
    }
    sink.family("rescuestream_cutoffs_ordered_total",
                "Connections that had to be removed because a right ended, by cause.", kCounter);
    for (const auto& [cause, count] : figures.cutoffs.ordered) {
        sink.value({{"cause", cause}}, number(count));
    }
    sink.single("rescuestream_cutoffs_verified_total", "Removals that MediaMTX has confirmed.",
                kCounter, number(figures.cutoffs.verified));
    sink.single("rescuestream_cutoffs_pending",
                "Connections that are not removed yet, on the nodes that this server supervises.",
                kGauge, number(figures.cutoffs.pending));
    sink.family("rescuestream_cutoff_verified_seconds",
                "Time from the order of a removal to its confirmation.", kHistogram);
    sink.distribution({}, figures.cutoffs.verified_seconds);
    sink.single("rescuestream_key_index_keys", "Stream keys in memory.", kGauge,
                number(figures.keys.keys));
    if (figures.keys.age) {
        sink.single("rescuestream_key_index_age_seconds",
                    "Time since the keys in memory were known to be complete.", kGauge,
                    seconds_of(*figures.keys.age));
    }
}

void write_pool(MetricSink& sink, const PoolFigures& pool) {
    sink.family("rescuestream_storage_pool_connections", "Connections to the database.", kGauge);
    sink.value({{"state", "busy"}}, number(pool.busy));
    sink.value({{"state", "idle"}}, number(pool.idle));
    sink.single("rescuestream_storage_pool_waiting", "Calls that wait for a connection.", kGauge,
                number(pool.waiting));
    sink.family("rescuestream_storage_pool_wait_seconds", "How long calls waited for a connection.",
                kHistogram);
    sink.distribution({}, pool.wait_seconds);
}

void write_storage(MetricSink& sink, const StorageUse& storage) {
    sink.family("rescuestream_storage_step_seconds", "How long steps of the database took.",
                kHistogram);
    for (const auto& step : storage.steps) {
        sink.distribution({{"step", step.step}, {"backend", storage.backend}}, step.seconds);
    }
    sink.family("rescuestream_storage_failures_total",
                "Steps that the database could not carry out.", kCounter);
    for (const auto& step : storage.steps) {
        sink.value({{"step", step.step}, {"backend", storage.backend}}, number(step.failures));
    }
    sink.family("rescuestream_claims_per_batch", "Publish decisions that shared one step.",
                kHistogram);
    sink.distribution({}, storage.claims_per_batch);
    if (storage.backend_figures.pool) write_pool(sink, *storage.backend_figures.pool);
    sink.family("rescuestream_sqlite_checkpoint_seconds",
                "How long copies of SQLite's write-ahead log took.", kHistogram);
    if (const auto& seconds = storage.backend_figures.checkpoint_seconds) {
        sink.distribution({}, *seconds);
    }
    sink.family("rescuestream_sqlite_group_size", "Calls that shared one transaction of SQLite.",
                kHistogram);
    if (const auto& sizes = storage.backend_figures.group_sizes) sink.distribution({}, *sizes);
    if (storage.free_bytes) {
        sink.single("rescuestream_storage_free_bytes", "Free space on the disk of the database.",
                    kGauge, number(*storage.free_bytes));
    }
}

}  // namespace

void write_figures(MetricSink& sink, const OperatingFigures& figures, bool per_stream) {
    write_streams(sink, figures.nodes);
    if (per_stream) write_each_stream(sink, figures);
    write_nodes(sink, figures.nodes);
    write_decisions(sink, figures);
    write_storage(sink, figures.storage);
}

}  // namespace rescuestream::server
