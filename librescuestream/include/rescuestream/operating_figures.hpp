#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rescuestream/distribution.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/storage_figures.hpp"

namespace rescuestream {

/// A count for each value of an enumeration, by its name (`to_string`), zeros too.
using NamedCounts = std::vector<std::pair<std::string_view, std::uint64_t>>;

/// Decisions on publish requests since the program started.
struct PublishFigures {
    std::uint64_t accepted = 0;
    std::uint64_t failed = 0;  ///< Not decided, because the storage did not answer.
    NamedCounts refused;       ///< By PublishRefusal.
};

/// Connections that this program had to remove, since it started.
struct CutoffFigures {
    NamedCounts ordered;         ///< By EndReason.
    std::uint64_t verified = 0;  ///< The media server confirmed that the connection is gone.
    std::size_t pending = 0;     ///< At the last poll, on the nodes that this program supervises.
    Distribution verified_seconds;  ///< From the order to the confirmation.
};

/// A stream that has not ended.
struct StreamGauge {
    StreamId stream_id;
    std::string path;           ///< The public path of its key.
    bool live = false;          ///< False: it is reconnecting.
    std::uint64_t bitrate = 0;  ///< Bits per second, averaged over about 10 s.
    std::uint32_t readers = 0;
};

/// The streams of a node at its last poll.
struct NodeGauges {
    std::size_t live = 0;
    std::size_t reconnecting = 0;
    std::size_t unknown = 0;  ///< Publishers that no program accepted.
    NamedCounts readers;      ///< By Protocol.
    std::vector<StreamGauge> streams;
};

/// What happened on a media server since the program started, as far as this program observed it
/// first. Each event is counted by one program of those that share a storage.
struct NodeFigures {
    std::string node;
    NodeState state = NodeState::kUnknown;
    /// Empty: another program supervises the node, or it does not answer.
    std::optional<NodeGauges> gauges;
    /// Since the end of the last poll that was answered. Empty: none was.
    std::optional<std::chrono::milliseconds> poll_age;
    Distribution poll_seconds;  ///< How long answered polls took.
    NamedCounts errors;         ///< Failed calls of the media server, by kind.
    std::uint64_t restarts = 0;
    std::uint64_t inbound_bytes = 0;  ///< From all publishers, while this program supervised it.
    std::uint64_t starts = 0;
    NamedCounts ends;  ///< By EndReason.
    std::uint64_t interruptions = 0;
    std::chrono::milliseconds interrupted_for{
        0};                       ///< Of interruptions that ended with a resumption.
    std::uint64_t takeovers = 0;  ///< A connection replaced another one that was live.
};

/// The facts of keys in memory.
struct KeyIndexFigures {
    std::size_t keys = 0;
    /// Since they were last known to be complete. Empty: they have not been read yet.
    std::optional<std::chrono::milliseconds> age;
};

/// The steps of one method of Storage.
struct StepFigures {
    std::string_view step;
    Distribution seconds;
    std::uint64_t failures = 0;  ///< The storage did not answer, was full, or had a defect.
};

/// The use of the storage.
struct StorageUse {
    std::string backend;
    std::vector<StepFigures> steps;  ///< Of methods that were called.
    Distribution claims_per_batch;
    StorageFigures backend_figures;
    std::optional<std::uint64_t> free_bytes;  ///< On its disk; empty: unknown.
};

/// What an orchestrator counts and measures about itself, for monitoring. All numbers are bounded:
/// nodes by the registry, names by enumerations, streams by `kMostStreams`.
struct OperatingFigures {
    /// Maximum of streams that are listed, over all nodes; the first by path.
    static constexpr std::size_t kMostStreams = 1'000;

    PublishFigures publish;
    CutoffFigures cutoffs;
    std::vector<NodeFigures> nodes;
    KeyIndexFigures keys;
    StorageUse storage;
    std::size_t streams_left_out = 0;  ///< Streams beyond kMostStreams, which are not listed.
};

}  // namespace rescuestream
