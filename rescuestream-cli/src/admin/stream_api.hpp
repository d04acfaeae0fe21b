#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/streams.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

struct StreamWithAddresses {
    ListedStream stream;
    ViewerAddresses addresses;
    /// Present if a single stream was requested and its figures are measured.
    std::optional<StreamFigures> figures;
};

struct StoppedStreamWithAddresses {
    StreamWithAddresses stopped;
    CutoffReport cutoff;
};

/// Selects streams. An empty member matches any stream.
struct StreamQuery {
    std::optional<StreamState> state;
    std::optional<StreamKeyId> stream_key_id;
    std::optional<BroadcasterId> broadcaster_id;
    std::optional<IncidentId> incident_id;
    std::optional<std::string> label;  ///< Of the key.
    std::optional<std::string> node;
    std::optional<Timestamp> from;  ///< Started at this time or later.
    std::optional<Timestamp> to;    ///< Started before this time.
};

/// The operations on streams; see AdminApi.
class StreamApi {
public:
    virtual ~StreamApi() = default;

    virtual Result<Page<StreamWithAddresses>> list_streams(const StreamQuery& query,
                                                           const PageRequest& page) = 0;
    virtual Result<StreamWithAddresses> find_stream(StreamId id) = 0;
    virtual Result<std::vector<StreamTransition>> stream_timeline(StreamId id) = 0;
    virtual Result<StoppedStreamWithAddresses> stop_stream(StreamId id,
                                                           std::chrono::seconds block) = 0;
};

}  // namespace rescuestream::cli
