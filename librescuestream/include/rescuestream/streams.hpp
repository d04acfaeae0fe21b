#pragma once

#include <cstdint>
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
    /// The present or last name of their broadcasters. Several broadcasters may have it.
    std::optional<std::string> broadcaster_name;
    std::optional<std::string> label;  ///< The present label of their keys.
    std::optional<IncidentId> incident_id;

    /// All live streams.
    static StreamFilter live() {
        StreamFilter filter;
        filter.states = {StreamState::kLive};
        return filter;
    }

    bool operator==(const StreamFilter&) const = default;
};

/// A stream with what a list shows beside it. Names are the present ones; those of a broadcaster
/// that was removed are its last ones.
struct ListedStream : Stream {
    std::string key_label;  ///< May be empty.
    std::string broadcaster_name;
    /// Bits per second over about 10 s. Empty: unknown to this program. Not stored.
    std::optional<std::uint64_t> bitrate;
    /// The number of viewers at the last poll. Empty: unknown to this program. Not stored.
    std::optional<std::uint32_t> viewers;
    /// Since when the source has exceeded the key's max_bitrate, according to the polls of this
    /// program. Empty: it does not, or that is unknown. Not stored.
    std::optional<Timestamp> over_bitrate_since;
    /// Who may watch at its path: what counts of the policies of its keys and the installation's.
    /// Empty: unknown to this program. Not stored.
    std::optional<PlaybackPolicy> playback_policy;

    bool operator==(const ListedStream&) const = default;
};

struct StoppedStream {
    ListedStream stream;
    CutoffReport cutoff;
};

}  // namespace rescuestream
