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
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

struct StreamWithAddresses {
    Stream stream;
    ViewerAddresses addresses;
    std::optional<StreamFigures> figures;  ///< Of one that was asked for alone, and is measured.
};

struct StoppedStreamWithAddresses {
    StreamWithAddresses stopped;
    CutoffReport cutoff;
};

/// Which streams are wanted. Empty members: any.
struct StreamQuery {
    std::optional<StreamState> state;
    std::optional<StreamKeyId> stream_key_id;
    std::optional<BroadcasterId> broadcaster_id;
    std::optional<std::string> node;
    std::optional<Timestamp> from;  ///< Started then or later.
    std::optional<Timestamp> to;    ///< Started before.
};

/// What commands on streams ask for; see AdminApi.
class StreamApi {
public:
    virtual Result<Page<StreamWithAddresses>> list_streams(const StreamQuery& query,
                                                           const PageRequest& page) = 0;
    virtual Result<StreamWithAddresses> find_stream(StreamId id) = 0;
    virtual Result<std::vector<StreamTransition>> stream_timeline(StreamId id) = 0;
    virtual Result<StoppedStreamWithAddresses> stop_stream(StreamId id,
                                                           std::chrono::seconds block) = 0;

protected:
    ~StreamApi() = default;  // Owned as an AdminApi.
};

}  // namespace rescuestream::cli
