#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// Which streams a list shows. An empty member does not restrict the list.
struct StreamFilter {
    std::vector<StreamState> states;
    std::optional<StreamKeyId> stream_key_id;
    std::optional<BroadcasterId> broadcaster_id;
    std::optional<std::string> node;
    std::optional<Timestamp> from;  ///< Only streams that started then or later.
    std::optional<Timestamp> to;    ///< Only streams that started before then.
};

struct StoppedStream {
    Stream stream;
    CutoffReport cutoff;
};

}  // namespace rescuestream
