#pragma once

#include <optional>

#include "rescuestream/records.hpp"

namespace rescuestream {

/// Ends `stream` as a finished cut-off does; gives the line of its timeline.
StreamTransition end_by_cutoff(Stream& stream, const StreamKey& key, EndReason reason,
                               Timestamp now, const std::optional<StreamTotals>& totals);

}  // namespace rescuestream
