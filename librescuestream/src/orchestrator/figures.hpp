#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rescuestream/figures.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/operating_figures.hpp"
#include "rescuestream/sessions.hpp"
#include "rules/bitrate.hpp"

namespace rescuestream {

/// Measures the sources of a media server from the samples that its polls give: bytes, bitrates and
/// readers. Kept only in memory; after a restart of the program the measurement begins anew.
///
/// Thread-safety: all methods may be called from any thread.
class Figures {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// What a source delivered according to the last sample.
    struct Delivery {
        bool grew = false;  ///< It has sent more bytes than at the previous sample.
        std::chrono::milliseconds silence{0};  ///< How long it has sent no bytes.
    };

    /// Stores the byte count of every publisher in `paths`, and forgets publishers that are not in
    /// it. Time is measured by `steady_now`, because the wall clock may be set. Returns how many
    /// bytes the publishers have sent since the previous sample; 0 for the first one.
    std::uint64_t sample(const std::vector<MediaPath>& paths, SteadyTime steady_now);
    /// Returns an empty optional if no sample contained this source.
    std::optional<Delivery> delivery(const ConnectionId& source) const;

    /// Who publishes on a path.
    struct Presence {
        ConnectionId source;
        std::chrono::milliseconds silence{0};
    };
    /// Returns an empty optional if the last sample has no publisher on that path.
    std::optional<Presence> present_on(const std::string& path) const;

    struct Publisher {
        std::string path;
        Presence presence;
    };
    /// Returns all publishers of the last sample.
    std::vector<Publisher> publishers() const;

    /// Updates the figures of a stream from its path. Call it after `sample`.
    void measure(const Session& session, const MediaPath& path, Timestamp now);
    std::optional<StreamFigures> of(StreamId stream) const;
    /// What a list shows of a stream.
    struct Load {
        std::optional<std::uint64_t> bitrate;  ///< Empty: there was only one sample.
        std::uint32_t viewers = 0;
        /// Since when it has exceeded its key's max_bitrate. Empty: it does not.
        std::optional<Timestamp> over_bitrate_since;
    };
    /// Returns an empty optional if the stream was not measured.
    std::optional<Load> load_of(StreamId stream) const;
    /// Sets the bitrate and the readers of each stream that was measured.
    void add_to(std::vector<StreamGauge>& streams) const;
    std::optional<StreamTotals> totals_of(StreamId stream) const;
    /// Who published the stream when it was last measured.
    struct Owner {
        StreamKeyId key;
        BroadcasterId broadcaster;
        ConnectionId source;
    };
    /// Returns an empty optional if the stream was not measured.
    std::optional<Owner> owner_of(StreamId stream) const;
    /// Forgets all streams except those of `sessions`.
    void keep_only(const std::vector<Session>& sessions);

private:
    struct Sample {
        SteadyTime at;
        std::uint64_t bytes;
    };
    struct Source {
        std::deque<Sample> samples;  // of the last seconds
        SteadyTime last_growth;
        SteadyTime last_sample;
        bool grew = false;
        std::string path;
        std::optional<std::uint64_t> bitrate() const;
    };
    struct Measured {
        StreamFigures figures;
        bool has_bitrate = false;
        StreamKeyId key;
        BroadcasterId broadcaster;
        ConnectionId source;
        std::uint64_t bytes_before = 0;  // of the sources before this one
        std::uint64_t bytes_of_source = 0;
        rules::BitrateWatch watch;
        std::optional<Timestamp> over_bitrate_since;
    };

    mutable std::mutex mutex_;
    std::unordered_map<ConnectionId, Source> sources_;
    std::unordered_map<StreamId, Measured> streams_;
    bool has_sampled_ = false;
};

}  // namespace rescuestream
