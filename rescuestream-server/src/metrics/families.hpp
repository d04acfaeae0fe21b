#pragma once

namespace rescuestream {
struct OperatingFigures;
}  // namespace rescuestream

namespace rescuestream::server {

class MetricSink;
struct EdgeFigures;

/// Writes the figures of an orchestrator. `per_stream`: also those of each stream.
void write_figures(MetricSink& sink, const OperatingFigures& figures, bool per_stream);
/// Writes what the operating system knows of this process, by the names that all programs use.
/// Source: Prometheus documentation, "Writing client libraries", process metrics.
void write_process(MetricSink& sink);
/// Writes the figures of a carrier.
void write_edge(MetricSink& sink, const EdgeFigures& figures);

}  // namespace rescuestream::server
