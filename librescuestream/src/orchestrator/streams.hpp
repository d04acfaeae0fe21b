#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/streams.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about streams; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class Streams {
public:
    explicit Streams(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<Page<ListedStream>> list_streams(const StreamFilter& filter, const PageRequest& page,
                                            const ApiCredential* reader);
    Result<ListedStream> find_stream(StreamId id, const ApiCredential* reader);
    Result<std::vector<StreamTransition>> stream_timeline(StreamId id, const ApiCredential* reader,
                                                          const TimelinePart& part);
    std::optional<StreamFigures> stream_figures(StreamId id);
    Result<StoppedStream> stop_stream(StreamId id, std::chrono::seconds block,
                                      const Caller& caller);

private:
    // What a stop that cannot be written needs to know of its stream.
    struct Publisher {
        StreamKeyId key;
        std::optional<ConnectionId> source;
    };
    // By memory if the storage cannot be read.
    Result<Publisher> publisher_of(StreamId id, const ApiCredential* reader);
    // The step. `at` is the time of the request, because a step that cannot be written is repeated
    // later.
    Result<CutoffReport> stop_stream(StreamId id, std::optional<Timestamp> block_until,
                                     const Caller& caller, Timestamp at);

    const RequestDependencies d_;
};

}  // namespace rescuestream
